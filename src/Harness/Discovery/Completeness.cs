using System.Collections.Immutable;
using CircuitSpecs.Prompts;
using CircuitSpecs.Statistics;
using CircuitSpecs.Transformer;

namespace CircuitSpecs.Discovery;

/// <summary>
/// Completeness (Wang et al. 2023, arXiv 2211.00593, section 4.1): whatever part K of the circuit is knocked out, circuit and model have to behave alike,
/// else the circuit lacks something that the model falls back on. K's nodes are knocked out by giving all edges from them another value.
/// </summary>
public static class Completeness
{
    /// <summary>Knocks given nodes out of the circuit and out of the model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="prompts">The prompts, with corrupted twins where the ablation takes their values.</param>
    /// <param name="circuit">The circuit; it is pruned first.</param>
    /// <param name="nodes">K; may be empty, which compares the circuit with the model.</param>
    /// <param name="metric">F; null takes the logit difference.</param>
    /// <param name="outside">What edges outside, and from knocked-out nodes, carry; null takes the corrupted prompts' values.</param>
    /// <exception cref="ArgumentException">The circuit is empty once it is pruned, or a node is not in it.</exception>
    public static CircuitKnockout WithoutNodes(
        this HookedTransformer model, PromptSet prompts, Circuit circuit, IEnumerable<CircuitNode> nodes, CircuitMetric? metric = null, EdgeAblation? outside = null)
    {
        ArgumentNullException.ThrowIfNull(circuit);
        Circuit pruned = CircuitEvaluation.Required(circuit);
        ImmutableArray<CircuitNode> knockedOut = [.. nodes];
        RequireInside(pruned, knockedOut);
        return Measure(CircuitEvaluation.Runs(model, prompts, circuit.Graph, metric, outside), pruned, [knockedOut], default)[0];
    }

    /// <summary>Knocks random sets of nodes out, each node with probability ½, and nothing at all.</summary>
    /// <param name="model">The model.</param>
    /// <param name="prompts">The prompts.</param>
    /// <param name="circuit">The circuit; it is pruned first.</param>
    /// <param name="samples">How many sets.</param>
    /// <param name="seed">Which sets.</param>
    /// <param name="metric">F; null takes the logit difference.</param>
    /// <param name="outside">What edges outside carry; null takes the corrupted prompts' values.</param>
    /// <param name="cancellation">Ends it between runs.</param>
    /// <returns>The most incomplete first.</returns>
    /// <exception cref="ArgumentException">The circuit is empty once it is pruned.</exception>
    public static ImmutableArray<CircuitKnockout> RandomKnockouts(
        this HookedTransformer model, PromptSet prompts, Circuit circuit, int samples, int seed, CircuitMetric? metric = null, EdgeAblation? outside = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(circuit);
        ArgumentOutOfRangeException.ThrowIfLessThan(samples, 1);
        Circuit pruned = CircuitEvaluation.Required(circuit);
        var random = new Random(seed);
        ImmutableArray<CircuitNode>[] sets = [[], .. Enumerable.Range(0, samples).Select(_ => Components(pruned).Where(_ => random.Next(2) == 1).ToImmutableArray())];
        return [.. Measure(CircuitEvaluation.Runs(model, prompts, circuit.Graph, metric, outside), pruned, sets, cancellation).OrderByDescending(knockout => knockout.Incompleteness)];
    }

    /// <summary>Searches for the worst set by adding, again and again, the node that makes circuit and model differ most (Wang et al., section 4.1, "greedy").</summary>
    /// <param name="model">The model.</param>
    /// <param name="prompts">The prompts.</param>
    /// <param name="circuit">The circuit; it is pruned first.</param>
    /// <param name="size">How many nodes to knock out at most.</param>
    /// <param name="metric">F; null takes the logit difference.</param>
    /// <param name="outside">What edges outside carry; null takes the corrupted prompts' values.</param>
    /// <param name="cancellation">Ends it between runs.</param>
    /// <returns>The set of each size on the way, from none on.</returns>
    /// <exception cref="ArgumentException">The circuit is empty once it is pruned.</exception>
    public static ImmutableArray<CircuitKnockout> GreedyKnockouts(
        this HookedTransformer model, PromptSet prompts, Circuit circuit, int size, CircuitMetric? metric = null, EdgeAblation? outside = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(circuit);
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        Circuit pruned = CircuitEvaluation.Required(circuit);
        EdgeRuns runs = CircuitEvaluation.Runs(model, prompts, circuit.Graph, metric, outside);
        List<CircuitKnockout> found = [.. Measure(runs, pruned, [[]], cancellation)];
        while (found[^1].Nodes.Length < Math.Min(size, Components(pruned).Count()))
        {
            ImmutableArray<CircuitNode> so = found[^1].Nodes;
            found.Add(Measure(runs, pruned, [.. Components(pruned).Except(so).Select(node => so.Add(node))], cancellation).MaxBy(knockout => knockout.Incompleteness)!);
        }

        return [.. found];
    }

    /// <summary>The circuit's heads and MLPs.</summary>
    internal static IEnumerable<CircuitNode> Components(Circuit circuit) => circuit.Nodes.Where(node => node.Component is not null);

    private static CircuitKnockout[] Measure(EdgeRuns runs, Circuit circuit, IReadOnlyList<ImmutableArray<CircuitNode>> sets, CancellationToken cancellation)
    {
        var whole = Circuit.Full(circuit.Graph);
        double[][] values = runs.Measure([.. sets.SelectMany(set => (bool[][])[circuit.Without(set).Outside(), whole.Without(set).Outside()])], cancellation);
        return [.. sets.Select((set, i) => new CircuitKnockout(set, new PerPrompt(values[2 * i]), new PerPrompt(values[(2 * i) + 1])))];
    }

    private static void RequireInside(Circuit circuit, IEnumerable<CircuitNode> nodes)
    {
        CircuitNode[] inside = [.. Components(circuit)];
        if (nodes.FirstOrDefault(node => !inside.Contains(node)) is CircuitNode stranger)
        {
            throw new ArgumentException($"'{stranger}' is not a head or MLP of the pruned circuit, which has {string.Join(", ", inside.AsEnumerable())}.", nameof(nodes));
        }
    }
}
