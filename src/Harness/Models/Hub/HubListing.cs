using System.Collections.Immutable;

namespace CircuitSpecs.Models.Hub;

/// <summary>What a revision of a model holds.</summary>
/// <param name="Commit">The commit, 40 hexadecimal digits.</param>
/// <param name="Files">The paths of its files, all of them safe to put below a folder.</param>
internal sealed record HubListing(string Commit, ImmutableArray<string> Files);
