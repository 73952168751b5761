using System.Collections.Immutable;

namespace CircuitSpecs.Discovery;

/// <summary>
/// How well scores of edges tell a known circuit's edges from the others, over all thresholds (Conmy et al. 2023, arXiv 2304.14997, section 4.1).
/// </summary>
public sealed class EdgeRoc
{
    private EdgeRoc(ImmutableArray<(double, double, double)> points) => Points = points;

    /// <summary>The curve from (0, 0), nothing found, to (1, 1), everything found; one point for each distinct score, edges of at least that score being found.</summary>
    public ImmutableArray<(double Threshold, double FalsePositiveRate, double TruePositiveRate)> Points { get; }

    /// <summary>The area under it: the probability that an edge of the circuit scores higher than another one, ties counting half.</summary>
    public double Area => Points.Zip(
        Points.Skip(1),
        (left, right) => (right.FalsePositiveRate - left.FalsePositiveRate) * (left.TruePositiveRate + right.TruePositiveRate) / 2).Sum();

    /// <summary>The curve of some scores.</summary>
    /// <param name="scores">The scores.</param>
    /// <param name="known">The circuit to be found.</param>
    /// <param name="absolute">Whether to rank by magnitude.</param>
    /// <exception cref="ArgumentException">The circuit has no edge, or every edge, or is of another graph.</exception>
    public static EdgeRoc Of(EdgeScores scores, Circuit known, bool absolute = true)
    {
        ArgumentNullException.ThrowIfNull(scores);
        ArgumentNullException.ThrowIfNull(known);
        if (!scores.Graph.IsSameAs(known.Graph))
        {
            throw new ArgumentException($"The scores are of a graph of {scores.Graph}, the circuit of one of {known.Graph}.", nameof(known));
        }

        int others = known.Graph.Edges.Length - known.Count;
        if (known.IsEmpty || others == 0)
        {
            throw new ArgumentException($"A ROC curve needs edges inside and outside of the known circuit; it has {known}.", nameof(known));
        }

        var points = ImmutableArray.CreateBuilder<(double, double, double)>();
        points.Add((double.PositiveInfinity, 0, 0));
        (int right, int wrong) = (0, 0);
        foreach (var level in scores.Ranked(absolute).GroupBy(pair => absolute ? Math.Abs(pair.Score) : pair.Score))
        {
            right += level.Count(pair => known.Contains(pair.Edge));
            wrong += level.Count(pair => !known.Contains(pair.Edge));
            points.Add((level.Key, wrong / (double)others, right / (double)known.Count));
        }

        return new EdgeRoc(points.ToImmutable());
    }
}
