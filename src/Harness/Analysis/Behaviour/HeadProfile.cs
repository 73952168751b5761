using System.Collections.Immutable;
using CircuitSpecs.Components;

namespace CircuitSpecs.Analysis;

/// <summary>The attention of one head by role: each the mean share of its attention that the role's tokens get, from 0 to 1.</summary>
/// <param name="Head">The head.</param>
/// <param name="Scores">A share for each role; they overlap where a token has two roles, and the rest goes elsewhere.</param>
public sealed record HeadProfile(Head Head, ImmutableSortedDictionary<HeadRole, double> Scores)
{
    /// <summary>The role with the largest share.</summary>
    public HeadRole Strongest => Scores.MaxBy(pair => pair.Value).Key;

    /// <summary>The roles that get at least a share of the head's attention; none for a head without one of these habits.</summary>
    /// <param name="least">The share.</param>
    public IReadOnlyList<HeadRole> Roles(double least = HeadTaxonomy.DefaultShare) => [.. Scores.Where(pair => pair.Value >= least).OrderByDescending(pair => pair.Value).Select(pair => pair.Key)];
}
