using System.Collections.Immutable;
using CircuitSpecs.Prompts;
using CircuitSpecs.Statistics;
using CircuitSpecs.Transformer;

namespace CircuitSpecs.Discovery;

/// <summary>Measures faithfulness over circuits of growing size.</summary>
public static class FaithfulnessCurves
{
    /// <summary>Selects circuits of several sizes by their edges' scores, prunes them, and measures each.</summary>
    /// <param name="model">The model.</param>
    /// <param name="prompts">The prompts, with corrupted twins where the ablation takes their values.</param>
    /// <param name="scores">What edges are ranked by.</param>
    /// <param name="selection">How they are selected.</param>
    /// <param name="absolute">Whether to rank by magnitude (MIB does for CMD) or by sign (for CPR).</param>
    /// <param name="shares">Shares of edges, growing, above 0 and up to 1; default takes MIB's.</param>
    /// <param name="metric">What is measured; null takes the logit difference.</param>
    /// <param name="outside">What edges outside carry; null takes the corrupted prompts' values.</param>
    /// <param name="cancellation">Ends it between runs.</param>
    /// <exception cref="ArgumentException">There are fewer than two shares, or they do not grow from above 0 to at most 1.</exception>
    /// <exception cref="Claims.InvalidExperimentException">The model does as well with every edge ablated as without.</exception>
    public static FaithfulnessCurve FaithfulnessCurve(
        this HookedTransformer model,
        PromptSet prompts,
        EdgeScores scores,
        CircuitSelection selection,
        bool absolute,
        ImmutableArray<double> shares = default,
        CircuitMetric? metric = null,
        EdgeAblation? outside = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(scores);
        ImmutableArray<double> sizes = shares.IsDefault ? Discovery.FaithfulnessCurve.DefaultShares : shares;
        if (sizes.Length < 2 || !(sizes[0] > 0) || !(sizes[^1] <= 1) || sizes.Zip(sizes.Skip(1)).Any(pair => !(pair.First < pair.Second)))
        {
            throw new ArgumentException($"A curve needs at least two shares of edges that grow from above 0 to at most 1; these are {string.Join(", ", sizes)}.", nameof(shares));
        }

        CircuitGraph graph = scores.Graph;
        (double Share, int Count, Circuit Circuit)[] chosen = [.. sizes.Select(share =>
        {
            int count = (int)(share * graph.Edges.Length);
            return (share, count, (selection == CircuitSelection.Top ? scores.Top(count, absolute) : scores.Greedy(count, absolute)).Pruned());
        })];
        double[][] values = CircuitEvaluation.Runs(model, prompts, graph, metric, outside).Measure(
            [Circuit.Empty(graph).Outside(), Circuit.Full(graph).Outside(), .. chosen.Select(size => size.Circuit.Outside())],
            cancellation);
        PerPrompt nothing = new(values[0]);
        PerPrompt whole = new(values[1]);
        return new FaithfulnessCurve([.. chosen.Select((size, i) =>
        {
            PerPrompt performance = new(values[i + 2]);
            return new FaithfulnessPoint(size.Share, size.Count, size.Circuit, performance, CircuitEvaluation.Ratio(performance, nothing, whole));
        })]);
    }
}
