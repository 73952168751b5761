using System.Collections.Immutable;
using CircuitSpecs.Statistics;

namespace CircuitSpecs.Discovery;

/// <summary>How much a node matters to a circuit, at the set of knocked-out others under which it matters most.</summary>
/// <param name="Node">v, the node.</param>
/// <param name="Others">K, the others that are knocked out.</param>
/// <param name="With">The metric of the circuit without K, F(C∖K).</param>
/// <param name="Without">The metric of the circuit without K and v, F(C∖(K ∪ {v})).</param>
public sealed record MinimalityScore(CircuitNode Node, ImmutableArray<CircuitNode> Others, PerPrompt With, PerPrompt Without)
{
    /// <summary>|F(C∖(K ∪ {v})) − F(C∖K)|, in units of the metric; near 0 where the node could be left out.</summary>
    public double Score => Math.Abs((With - Without).Value);
}
