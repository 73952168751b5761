using System.Collections.Immutable;
using CircuitSpecs.Prompts;
using CircuitSpecs.Statistics;
using CircuitSpecs.Transformer;

namespace CircuitSpecs.Discovery;

/// <summary>Faithfulness over circuits of growing size, with the two areas by which MIB ranks methods of discovery (Mueller et al. 2025, arXiv 2504.13151, section 3.1).</summary>
public sealed class FaithfulnessCurve
{
    internal FaithfulnessCurve(ImmutableArray<FaithfulnessPoint> points) => Points = points;

    /// <summary>MIB's shares of edges.</summary>
    public static ImmutableArray<double> DefaultShares { get; } = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1];

    /// <summary>The circuits, from small to large.</summary>
    public ImmutableArray<FaithfulnessPoint> Points { get; }

    /// <summary>Circuit performance ratio: the area under the faithfulness over the share of edges (trapezoids, nothing below the smallest share). Higher is better; 0.999 where every circuit is as good as the model.</summary>
    public double CircuitPerformanceRatio => Area(faithfulness => faithfulness);

    /// <summary>Circuit–model distance: the area under |1 − faithfulness|. Lower is better; 0 is best.</summary>
    public double CircuitModelDistance => Area(faithfulness => Math.Abs(1 - faithfulness));

    /// <summary>The mean faithfulness of the points.</summary>
    public double AverageFaithfulness => Points.Average(point => point.Faithfulness.Value);

    private double Area(Func<double, double> height) => Points.Zip(
        Points.Skip(1),
        (left, right) => (right.Share - left.Share) * (height(left.Faithfulness.Value) + height(right.Faithfulness.Value)) / 2).Sum();
}
