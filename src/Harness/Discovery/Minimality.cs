using System.Collections.Immutable;
using CircuitSpecs.Prompts;
using CircuitSpecs.Statistics;
using CircuitSpecs.Transformer;

namespace CircuitSpecs.Discovery;

/// <summary>
/// Minimality (Wang et al. 2023, arXiv 2211.00593, section 4.2): for every node v of a circuit there has to be a part K of it so that knocking v out as well
/// changes much. K is needed since nodes that back each other up matter only once the others are gone.
/// </summary>
public static class Minimality
{
    /// <summary>Scores every head and MLP of a circuit, with K chosen greedily.</summary>
    /// <param name="model">The model.</param>
    /// <param name="prompts">The prompts, with corrupted twins where the ablation takes their values.</param>
    /// <param name="circuit">The circuit; it is pruned first.</param>
    /// <param name="others">How large K may become; 0 takes K = ∅. Each step costs runs in the square of the circuit's nodes.</param>
    /// <param name="metric">F; null takes the logit difference.</param>
    /// <param name="outside">What edges outside, and from knocked-out nodes, carry; null takes the corrupted prompts' values.</param>
    /// <param name="progress">Told after each node.</param>
    /// <param name="cancellation">Ends it between runs.</param>
    /// <returns>The least needed first.</returns>
    /// <exception cref="ArgumentException">The circuit is empty once it is pruned.</exception>
    public static ImmutableArray<MinimalityScore> MinimalityScores(
        this HookedTransformer model,
        PromptSet prompts,
        Circuit circuit,
        int others = 0,
        CircuitMetric? metric = null,
        EdgeAblation? outside = null,
        IProgress<DiscoveryProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(circuit);
        ArgumentOutOfRangeException.ThrowIfNegative(others);
        Circuit pruned = CircuitEvaluation.Required(circuit);
        EdgeRuns runs = CircuitEvaluation.Runs(model, prompts, circuit.Graph, metric, outside);
        CircuitNode[] nodes = [.. Completeness.Components(pruned)];
        var clock = new DiscoveryClock("minimality", nodes.Length, progress);
        var scores = new List<MinimalityScore>();
        foreach (CircuitNode node in nodes)
        {
            MinimalityScore best = Score(runs, pruned, node, [[]], cancellation);
            ImmutableArray<CircuitNode> gone = [];
            for (int step = 0; step < others && gone.Length + 1 < nodes.Length; step++)
            {
                MinimalityScore next = Score(runs, pruned, node, [.. nodes.Except(gone).Where(other => other != node).Select(other => gone.Add(other))], cancellation);
                gone = next.Others;
                best = next.Score > best.Score ? next : best;
            }

            scores.Add(best);
            clock.Advance();
        }

        return [.. scores.OrderBy(score => score.Score)];
    }

    /// <summary>The score at the best of some sets.</summary>
    private static MinimalityScore Score(EdgeRuns runs, Circuit circuit, CircuitNode node, ImmutableArray<CircuitNode>[] sets, CancellationToken cancellation)
    {
        double[][] values = runs.Measure([.. sets.SelectMany(set => (bool[][])[circuit.Without(set).Outside(), circuit.Without(set.Add(node)).Outside()])], cancellation);
        return sets.Select((set, i) => new MinimalityScore(node, set, new PerPrompt(values[2 * i]), new PerPrompt(values[(2 * i) + 1]))).MaxBy(score => score.Score)!;
    }
}
