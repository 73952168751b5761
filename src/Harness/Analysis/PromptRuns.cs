using System.Runtime.CompilerServices;
using CircuitSpecs.Claims;
using CircuitSpecs.Interventions;
using CircuitSpecs.Prompts;
using CircuitSpecs.Transformer;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Analysis;

/// <summary>Runs prompt sets with interventions, batch by batch, from the first block that an intervention touches.</summary>
internal static class PromptRuns
{
    /// <summary>Runs all prompts.</summary>
    /// <param name="model">The model.</param>
    /// <param name="prompts">The prompts.</param>
    /// <param name="interventions">The changes.</param>
    /// <param name="logitsPerToken">How many logits are read for each token, for the size of batches; 0 for few.</param>
    /// <param name="options">What to run of a batch.</param>
    /// <param name="hooksOf">Further hooks of a batch, which see what the interventions made.</param>
    /// <param name="read">Receives each batch and what its run gave.</param>
    public static void Run(
        HookedTransformer model,
        PromptSet prompts,
        IReadOnlyList<Intervention> interventions,
        long logitsPerToken,
        Func<PromptBatch, ForwardOptions> options,
        Func<PromptBatch, IReadOnlyList<ForwardHook>> hooksOf,
        Action<PromptBatch, Tensor> read)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(prompts);
        ArgumentNullException.ThrowIfNull(interventions);
        var watch = new InterventionWatch(interventions);
        bool reuse = interventions.Count > 0 && Reuses(model, prompts);
        foreach (PromptBatch batch in PromptChunks.Of(prompts, logitsPerToken))
        {
            using DisposeScope scope = NewDisposeScope();
            IReadOnlyList<ForwardHook> hooks = [.. watch.HooksFor(model, batch), .. hooksOf(batch)];
            int first = reuse ? FirstTouched(model, hooks) : 0;
            Tensor output = first > 0
                ? model.RunWithHooks(ReferenceActivations.OfEveryLayer(model, "hook_resid_pre", watch.Side, batch)[first], options(batch) with { StartAtLayer = first }, hooks)
                : model.RunWithHooks(ReferenceActivations.TokensOf(watch.Side, batch), options(batch), hooks);
            read(batch, output);
        }

        watch.RequireChanged(prompts);
    }

    /// <summary>Remembers what a measurement of the unchanged model gave; measures anew where something is changed.</summary>
    public static T Remembered<T>(HookedTransformer model, PromptSet prompts, IReadOnlyList<Intervention> interventions, string what, Func<T> measure, Func<T, long> bytesOf)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(prompts);
        ArgumentNullException.ThrowIfNull(interventions);
        return interventions.Count == 0 && !model.HasAmbientHooks
            ? model.Memo.GetOrAdd($"{what}|{prompts.Hash}", measure, bytesOf)
            : measure();
    }

    /// <summary>Whether to start at the touched layer: from the second intervention on a set on, since keeping the residuals costs a run of its own.</summary>
    private static bool Reuses(HookedTransformer model, PromptSet prompts)
    {
        long bytes = prompts.Prompts.Sum(prompt => (long)prompt.Tokens.Length) * model.Config.DModel * model.Config.Layers * sizeof(float);
        return !model.HasAmbientHooks && model.Memo.Fits(2 * bytes)
            && model.Memo.GetOrAdd($"runs|{prompts.Hash}", () => new StrongBox<int>(), _ => 0).Value++ > 0;
    }

    private static int FirstTouched(HookedTransformer model, IReadOnlyList<ForwardHook> hooks)
    {
        // Points after the last block count as the last block, so that there is always something left to run.
        int last = model.Config.Layers - 1;
        return hooks.Select(hook => hook.Point.In(model.Config)).Select(point =>
            point.Layer ?? (point.Site.StartsWith("ln_final", StringComparison.Ordinal) || point.Site.StartsWith("unembed", StringComparison.Ordinal) ? last : 0)).DefaultIfEmpty(0).Min();
    }
}
