namespace CircuitSpecs.Snapshots;

/// <summary>One number of a snapshot.</summary>
/// <param name="Label">Its place in words, unique in its snapshot: <c>head 4.11</c>, <c>head 4.11, query 3 " Mary" → key 1 " When"</c>.</param>
/// <param name="Value">The number.</param>
/// <param name="Masked">Whether this is a zero by construction, as above the diagonal of a causal pattern: nothing but an exact zero matches it.</param>
public readonly record struct SnapshotCell(string Label, double Value, bool Masked = false);
