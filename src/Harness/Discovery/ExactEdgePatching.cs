using CircuitSpecs.Prompts;
using CircuitSpecs.Transformer;

namespace CircuitSpecs.Discovery;

/// <summary>What giving a single edge another value does, measured edge by edge: what the attributions estimate.</summary>
public static class ExactEdgePatching
{
    /// <summary>
    /// For every edge: the mean over prompts of how much worse the metric gets when this edge alone carries another value (EAP-IG's <c>exact</c>). One partial
    /// run an edge and prompt, from the layer that the edge leads into.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="prompts">The prompts, with corrupted twins where the ablation takes their values.</param>
    /// <param name="metric">What is measured; null takes the logit difference.</param>
    /// <param name="ablation">What the edge carries; null takes the corrupted prompts' values.</param>
    /// <param name="progress">Told after every bundle of edges.</param>
    /// <param name="cancellation">Ends it between runs.</param>
    /// <returns>In units of the metric; positive where the edge helps.</returns>
    /// <exception cref="Claims.InvalidExperimentException">Clean equals corrupt in every prompt.</exception>
    public static EdgeScores ExactEdgeEffects(
        this HookedTransformer model,
        PromptSet prompts,
        CircuitMetric? metric = null,
        EdgeAblation? ablation = null,
        IProgress<DiscoveryProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        CircuitMetric read = metric ?? CircuitMetric.LogitDifference;
        EdgeAblation other = ablation ?? EdgeAblation.Corrupt;
        var graph = CircuitGraph.Of(model.Config);
        var runs = new EdgeRuns(model, graph, prompts, read, other);
        double unchanged = runs.Measure([new bool[graph.Edges.Length]], cancellation)[0].Average();
        double[] scores = new double[graph.Edges.Length];
        var clock = new DiscoveryClock("exact edge patching", scores.Length, progress);

        // Edges into one input go together: they start at the same layer and change the same hook.
        foreach (CircuitEdge[] edges in graph.Edges.GroupBy(edge => SourceActivations.PointOf(edge.Destination)).SelectMany(group => group.Chunk(runs.RowsAtOnce)))
        {
            double[][] values = runs.Measure([.. edges.Select(edge => Only(edge))], cancellation);
            for (int i = 0; i < edges.Length; i++)
            {
                scores[edges[i].Index] = (values[i].Average() - unchanged) * (read.HigherIsBetter ? -1 : 1);
            }

            clock.Advance(edges.Length);
        }

        return new EdgeScores($"exact effect on the {read}, edges carrying {other}", graph, scores);

        bool[] Only(CircuitEdge edge)
        {
            bool[] cut = new bool[graph.Edges.Length];
            cut[edge.Index] = true;
            return cut;
        }
    }
}
