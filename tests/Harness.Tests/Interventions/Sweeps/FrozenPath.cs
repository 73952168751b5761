using CircuitSpecs.Interventions;
using CircuitSpecs.Interventions.Sweeps;
using CircuitSpecs.Prompts;
using CircuitSpecs.Transformer;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Tests.Interventions.Sweeps;

/// <summary>Path patching to the final residual stream by its definition: every head's z is held by a hook at its unpatched value but the sender's, and so are the MLPs where they are frozen.</summary>
internal sealed class FrozenPath(SweepCell sender, SweepDirection direction, PathMlps mlps) : Intervention
{
    public override string Description => $"path from {sender}";

    public override PromptSide Side => direction == SweepDirection.Denoising ? PromptSide.Corrupt : PromptSide.Clean;

    public override IReadOnlyList<ForwardHook> HooksFor(HookedTransformer model, PromptBatch batch)
    {
        HookPoint[] points = [.. Enumerable.Range(0, model.Config.Layers).SelectMany(layer => (IEnumerable<HookPoint>)(model.Config.AttentionOnly ? [Hook.Z(layer)] : [Hook.Z(layer), Hook.MlpOut(layer)]))];
        using CachedRun unpatched = model.RunWithCache(Side == PromptSide.Clean ? batch.Tokens() : batch.CorruptTokens(), points);
        using CachedRun other = model.RunWithCache(Side == PromptSide.Clean ? batch.CorruptTokens() : batch.Tokens(), points);
        var hooks = new List<ForwardHook>();
        foreach (HookPoint point in points)
        {
            bool isSender = point.Layer == sender.Layer && (point == Hook.MlpOut(sender.Layer)) == sender.Head is null;
            if (point.Site == "hook_mlp_out" && !isSender && mlps == PathMlps.Recomputed)
            {
                continue;
            }

            Tensor held = unpatched.Cache[point].clone();
            if (isSender && sender.Head is int head)
            {
                held[TensorIndex.Colon, TensorIndex.Colon, head] = other.Cache[point][TensorIndex.Colon, TensorIndex.Colon, head];
            }
            else if (isSender)
            {
                held = other.Cache[point].clone();
            }

            hooks.Add(new ForwardHook(point, (_, _) => held));
        }

        return hooks;
    }
}
