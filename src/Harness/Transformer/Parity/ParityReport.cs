using System.Collections.Immutable;

namespace CircuitSpecs.Transformer.Parity;

/// <summary>A model against a reference, key by key.</summary>
/// <param name="Rows">One row for every key of the reference, and for every key that should be there and is not.</param>
public sealed record ParityReport(ImmutableArray<ParityRow> Rows)
{
    /// <summary>Whether every key was compared and is within its tolerance, and there was one.</summary>
    public bool Passed => Rows.Length > 0 && Rows.All(row => row.Passed);
}
