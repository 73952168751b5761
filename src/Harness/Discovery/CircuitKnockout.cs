using System.Collections.Immutable;
using CircuitSpecs.Statistics;

namespace CircuitSpecs.Discovery;

/// <summary>A circuit and the whole model after the same nodes were knocked out of both.</summary>
/// <param name="Nodes">K, the nodes.</param>
/// <param name="Circuit">The metric of the circuit without them, F(C∖K).</param>
/// <param name="Model">The metric of the model without them, F(M∖K).</param>
public sealed record CircuitKnockout(ImmutableArray<CircuitNode> Nodes, PerPrompt Circuit, PerPrompt Model)
{
    /// <summary>|F(C∖K) − F(M∖K)|, in units of the metric: large where the model has something that makes up for K and is not in the circuit.</summary>
    public double Incompleteness => Math.Abs((Circuit - Model).Value);
}
