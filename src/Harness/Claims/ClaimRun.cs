using System.Collections.Immutable;

namespace CircuitSpecs.Claims;

/// <summary>A result and what of it is to be compared with snapshots.</summary>
/// <param name="Result">The result.</param>
/// <param name="Snapshots">The snapshots that the claim asks for; empty where it was not judged.</param>
public sealed record ClaimRun(ClaimResult Result, ImmutableArray<SnapshotRequest> Snapshots);
