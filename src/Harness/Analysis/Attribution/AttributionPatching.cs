using CircuitSpecs.Discovery;
using CircuitSpecs.Interventions;
using CircuitSpecs.Prompts;
using CircuitSpecs.Transformer;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Analysis;

/// <summary>
/// Attribution patching (Nanda 2023, "Attribution patching: activation patching at industrial scale"): estimates activation patching of every node at once,
/// to first order, from two forward passes and one backward pass. Good for small activations such as a head's z; poor for the residual stream.
/// </summary>
public static class AttributionPatching
{
    /// <summary>
    /// Estimates noising: the clean run with one activation as on the corrupted prompts. Σ (corrupt − clean) · ∂M/∂activation in the clean run, which
    /// estimates M(patched) − M(clean).
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="prompts">Prompts with corrupted twins.</param>
    /// <param name="points">The activations.</param>
    /// <param name="metric">M; null takes the logit difference.</param>
    /// <exception cref="UnknownHookException">The model has no such point, or none is named.</exception>
    /// <exception cref="Claims.InvalidExperimentException">Clean equals corrupt in every prompt.</exception>
    public static PatchingEstimates NoisingAttribution(this HookedTransformer model, PromptSet prompts, IEnumerable<HookPoint> points, CircuitMetric? metric = null) =>
        Estimate(model, prompts, points, PromptSide.Clean, metric ?? CircuitMetric.LogitDifference);

    /// <summary>
    /// Estimates denoising: the corrupted run with one activation as on the clean prompts. Σ (clean − corrupt) · ∂M/∂activation in the corrupted run, which
    /// estimates M(patched) − M(corrupt).
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="prompts">Prompts with corrupted twins.</param>
    /// <param name="points">The activations.</param>
    /// <param name="metric">M; null takes the logit difference.</param>
    /// <exception cref="UnknownHookException">The model has no such point, or none is named.</exception>
    /// <exception cref="Claims.InvalidExperimentException">Clean equals corrupt in every prompt.</exception>
    public static PatchingEstimates DenoisingAttribution(this HookedTransformer model, PromptSet prompts, IEnumerable<HookPoint> points, CircuitMetric? metric = null) =>
        Estimate(model, prompts, points, PromptSide.Corrupt, metric ?? CircuitMetric.LogitDifference);

    private static PatchingEstimates Estimate(HookedTransformer model, PromptSet prompts, IEnumerable<HookPoint> points, PromptSide side, CircuitMetric metric)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(prompts);
        ArgumentNullException.ThrowIfNull(points);
        metric.Require(prompts);
        HookPoint[] wanted = [.. points.Select(point => point.In(model.Config)).Distinct()];
        var estimates = new PatchingEstimates(model.Config, prompts, wanted);
        long perToken = wanted.Length == 0 ? 0 : model.CacheBytes(1, 1, wanted) / sizeof(float);
        foreach (PromptBatch batch in PromptChunks.Of(prompts, perToken))
        {
            CorruptRun.RequireDifference(batch);
            using DisposeScope scope = NewDisposeScope();
            Tensor clean = CircuitBatches.CleanLogits(model, batch);
            using GradientRun run = model.RunWithGradients(
                ReferenceActivations.TokensOf(side, batch),
                logits => metric.Of(logits.squeeze(1), clean, batch).sum(),
                wanted,
                new ForwardOptions { LogitsAt = AnswerReadout.Positions(batch) });
            using CachedRun other = model.RunWithCache(ReferenceActivations.TokensOf(side == PromptSide.Clean ? PromptSide.Corrupt : PromptSide.Clean, batch), wanted);
            foreach (HookPoint point in wanted)
            {
                Tensor here = run.Activations[point];
                Tensor there = other.Cache[point];

                // Equal values change nothing, also where both are -∞ (hidden scores) and their difference is no number.
                Tensor change = where(there.eq(here), zeros_like(here), there - here);
                estimates.Add(point, batch, (change * run.Gradients[point]).sum(-1));
            }
        }

        return estimates;
    }
}
