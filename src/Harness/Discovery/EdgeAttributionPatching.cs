using CircuitSpecs.Analysis;
using CircuitSpecs.Claims;
using CircuitSpecs.Interventions;
using CircuitSpecs.Prompts;
using CircuitSpecs.Transformer;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Discovery;

/// <summary>
/// Edge attribution patching: estimates what giving one edge the corrupted prompts' value does to the metric, for all edges at once. The score of s → d is
/// the mean over prompts of Σ over positions of (corrupt − clean output of s) · ∂loss/∂(input of d), where the loss is the metric, negated if higher is
/// better: positive means that the edge helps.
/// </summary>
public static class EdgeAttributionPatching
{
    /// <summary>
    /// EAP (Syed et al. 2023, arXiv 2310.10348, equation 2; Nanda 2023): the gradient in the clean run. Two forward passes and one backward pass a batch.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="prompts">Prompts with corrupted twins.</param>
    /// <param name="metric">What is differentiated; null takes the logit difference.</param>
    /// <param name="progress">Told after each batch.</param>
    /// <param name="cancellation">Ends it between batches.</param>
    /// <returns>In units of the metric; estimates M(clean) − M(clean with the edge corrupted) where higher is better.</returns>
    /// <exception cref="ArgumentException">The metric is the KL divergence, whose gradient in the clean run is zero.</exception>
    /// <exception cref="InvalidExperimentException">Clean equals corrupt in every prompt.</exception>
    public static EdgeScores EdgeAttribution(
        this HookedTransformer model, PromptSet prompts, CircuitMetric? metric = null, IProgress<DiscoveryProgress>? progress = null, CancellationToken cancellation = default)
    {
        if (ReferenceEquals(metric, CircuitMetric.KlDivergence))
        {
            throw new ArgumentException("The KL divergence from the unchanged model has no slope at the unchanged model, so every score would be 0: take EdgeAttributionWithIntegratedGradients, or another metric.", nameof(metric));
        }

        return Attribute("EAP", model, prompts, metric, [1], progress, cancellation);
    }

    /// <summary>
    /// EAP-IG on inputs (Hanna et al. 2024, arXiv 2403.17806, section 3): the gradient's mean over runs whose token embedding is corrupt + k/m (clean −
    /// corrupt) for k = 0 … m − 1. As in the authors' code the sum is the left one, so that the clean end itself is never run.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="prompts">Prompts with corrupted twins.</param>
    /// <param name="steps">m, at least 1; the authors take 5.</param>
    /// <param name="metric">What is differentiated; null takes the logit difference.</param>
    /// <param name="progress">Told after each run.</param>
    /// <param name="cancellation">Ends it between runs.</param>
    /// <returns>In units of the metric.</returns>
    /// <exception cref="InvalidExperimentException">Clean equals corrupt in every prompt.</exception>
    public static EdgeScores EdgeAttributionWithIntegratedGradients(
        this HookedTransformer model, PromptSet prompts, int steps = 5, CircuitMetric? metric = null, IProgress<DiscoveryProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        return Attribute($"EAP-IG, {steps} steps", model, prompts, metric, [.. Enumerable.Range(0, steps).Select(step => (double)step / steps)], progress, cancellation);
    }

    /// <summary>Gradients at token embeddings that are mixed of so much clean (and the rest corrupt); 1 is the clean run as it is.</summary>
    private static EdgeScores Attribute(
        string name, HookedTransformer model, PromptSet prompts, CircuitMetric? metric, double[] mixtures, IProgress<DiscoveryProgress>? progress, CancellationToken cancellation)
    {
        CircuitMetric read = metric ?? CircuitMetric.LogitDifference;
        IReadOnlyList<PromptBatch> batches = CircuitBatches.Of(model, prompts);
        read.Require(prompts);
        var graph = CircuitGraph.Of(model.Config);
        var clock = new DiscoveryClock(name, batches.Count * mixtures.Length, progress);
        double[] sums = new double[graph.Edges.Length];
        foreach (PromptBatch batch in batches)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor difference = Difference(model, graph, batch);
            foreach (double mixture in mixtures)
            {
                cancellation.ThrowIfCancellationRequested();
                Add(sums, model, graph, batch, read, mixture, difference);
                clock.Advance();
            }
        }

        return new EdgeScores($"{name} of the {read}", graph, sums.Select(sum => sum / (prompts.Count * mixtures.Length)));
    }

    /// <summary>Corrupt minus clean, [source, batch · pos · d_model].</summary>
    private static Tensor Difference(HookedTransformer model, CircuitGraph graph, PromptBatch batch)
    {
        using IDisposable mode = no_grad();
        Tensor difference = SourceActivations.Of(model, graph, batch, PromptSide.Corrupt) - SourceActivations.Of(model, graph, batch, PromptSide.Clean);
        return difference.reshape(difference.shape[0], -1);
    }

    private static void Add(double[] sums, HookedTransformer model, CircuitGraph graph, PromptBatch batch, CircuitMetric metric, double mixture, Tensor difference)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor clean = CircuitBatches.CleanLogits(model, batch);
        ILookup<HookPoint, CircuitInput> inputs = graph.Destinations.ToLookup(SourceActivations.PointOf);
        using GradientRun run = model.RunWithGradients(
            batch.Tokens(),
            logits => metric.Of(logits.squeeze(1), clean, batch, asLoss: true).sum(),
            inputs.Select(group => group.Key),
            new ForwardOptions { LogitsAt = AnswerReadout.Positions(batch) },
            mixture == 1 ? [] : [Mixed(model, batch, mixture)]);
        foreach (IGrouping<HookPoint, CircuitInput> group in inputs)
        {
            // [batch, pos, (head,) d_model] as [batch · pos · d_model, head]; products with what each earlier source changed.
            Tensor gradient = run.Gradients[group.Key];
            Tensor byInput = gradient.dim() == 4 ? gradient.permute(0, 1, 3, 2).reshape(-1, gradient.shape[2]) : gradient.reshape(-1, 1);
            int sources = graph.SourceCountOf(group.First());
            float[] products = difference.narrow(0, 0, sources).matmul(byInput).data<float>().ToArray();
            CircuitInput[] ordered = [.. group];
            for (int source = 0; source < sources; source++)
            {
                for (int i = 0; i < ordered.Length; i++)
                {
                    sums[graph.IndexOf(source, graph.Destinations.IndexOf(ordered[i]))] += products[(source * ordered.Length) + i];
                }
            }
        }
    }

    private static ForwardHook Mixed(HookedTransformer model, PromptBatch batch, double mixture)
    {
        Tensor corrupt = ReferenceActivations.Of(model, Hook.Embed, PromptSide.Corrupt, batch);
        return new ForwardHook(Hook.Embed, (clean, _) => corrupt + ((clean - corrupt) * mixture));
    }
}
