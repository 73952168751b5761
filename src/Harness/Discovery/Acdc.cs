using CircuitSpecs.Prompts;
using CircuitSpecs.Transformer;

namespace CircuitSpecs.Discovery;

/// <summary>Automatic circuit discovery.</summary>
public static class Acdc
{
    /// <summary>
    /// ACDC (Conmy et al. 2023, arXiv 2304.14997, algorithm 1): from the logits backwards every edge is removed for good if that makes the metric worse by
    /// less than τ than it was before. What is found depends on the order: destinations from the last to the first (logits, last MLP, then values, keys and
    /// queries by falling head), for each of them sources from the last to the first.
    /// </summary>
    /// <remarks>
    /// Below the layer of the present edge no edge has been removed yet, so that runs start there. Several removals are tried at once, each on top of those
    /// before it, as if they were all to be accepted; after the first that is not, the rest is tried anew. The decisions are those of one run at a time.
    /// </remarks>
    /// <param name="model">The model.</param>
    /// <param name="prompts">The prompts, with corrupted twins where the ablation takes their values.</param>
    /// <param name="threshold">τ, in units of the metric; at least 0.</param>
    /// <param name="metric">What must not get worse; null takes the KL divergence from the unchanged model, as the authors do.</param>
    /// <param name="ablation">What removed edges carry; null takes the corrupted prompts' values.</param>
    /// <param name="progress">Told after every bundle of decisions.</param>
    /// <param name="cancellation">Ends it between runs.</param>
    /// <exception cref="ArgumentOutOfRangeException">The threshold is negative or NaN.</exception>
    /// <exception cref="Claims.InvalidExperimentException">Clean equals corrupt in every prompt.</exception>
    public static AcdcResult DiscoverCircuit(
        this HookedTransformer model,
        PromptSet prompts,
        double threshold,
        CircuitMetric? metric = null,
        EdgeAblation? ablation = null,
        IProgress<DiscoveryProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (!(threshold >= 0))
        {
            throw new ArgumentOutOfRangeException(nameof(threshold), threshold, "ACDC's threshold says how much worse the metric may get; it is at least 0.");
        }

        CircuitMetric read = metric ?? CircuitMetric.KlDivergence;
        var graph = CircuitGraph.Of(model.Config);
        var runs = new EdgeRuns(model, graph, prompts, read, ablation ?? EdgeAblation.Corrupt);
        var search = new AcdcSearch(graph, cuts => [.. runs.Measure(cuts, cancellation).Select(values => values.Average() * (read.HigherIsBetter ? -1 : 1))], threshold, runs.RowsAtOnce);
        return search.Run(new DiscoveryClock("ACDC", graph.Edges.Length, progress));
    }
}
