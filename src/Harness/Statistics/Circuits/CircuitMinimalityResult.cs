using System.Collections.Immutable;

namespace CircuitSpecs.Statistics;

/// <summary>What <see cref="CircuitMinimality"/> found, with its edges one by one; the statistic is the smallest W, the p the smallest adjusted one.</summary>
public sealed record CircuitMinimalityResult : CircuitTestResult
{
    internal CircuitMinimalityResult(string nullHypothesis, double statistic, double p, double supportP, double level, string summary, ImmutableArray<EdgeMinimality> edges)
        : base("minimality", nullHypothesis, statistic, p, supportP, p, level, p > level, summary) => Edges = edges;

    /// <summary>In the order given.</summary>
    public ImmutableArray<EdgeMinimality> Edges { get; }

    /// <summary>Names of the edges that are shown to be removable.</summary>
    public IEnumerable<string> Removable => Edges.Where(edge => edge.AdjustedP <= Level).Select(edge => edge.Edge);
}
