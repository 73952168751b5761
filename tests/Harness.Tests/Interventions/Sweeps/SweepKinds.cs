using CircuitSpecs.Interventions;
using CircuitSpecs.Interventions.Sweeps;
using CircuitSpecs.Prompts;
using CircuitSpecs.Transformer;

namespace CircuitSpecs.Tests.Interventions.Sweeps;

internal static class SweepKinds
{
    /// <summary>A sweep of every kind that the model allows, over pairs that name the positions S and END.</summary>
    public static IEnumerable<Sweep> All(HookedTransformer model, PromptSet pairs)
    {
        foreach (Func<int, HookPoint> of in (Func<int, HookPoint>[])[Hook.Z, Hook.Q, Hook.K, Hook.V, Hook.AttnScores, Hook.Pattern])
        {
            yield return Sweep.Heads(model, pairs, SweepDirection.Denoising, of);
            yield return Sweep.HeadsByPosition(model, pairs, SweepDirection.Noising, of, ["S", "END"]);
        }

        bool hasMlps = !model.Config.AttentionOnly;
        Func<int, HookPoint>[] layers = [Hook.ResidPre, Hook.ResidPost, Hook.AttnOut, .. hasMlps ? (Func<int, HookPoint>[])[Hook.MlpOut] : [], .. hasMlps && !model.Config.ParallelBlock ? (Func<int, HookPoint>[])[Hook.ResidMid] : []];
        foreach (Func<int, HookPoint> of in layers)
        {
            yield return Sweep.Layers(model, pairs, SweepDirection.Noising, of);
            yield return Sweep.LayersByPosition(model, pairs, SweepDirection.Denoising, of, ["S", "END"]);
        }

        yield return Sweep.AblateHeads(model, pairs, point => Ablate.Mean(point, MeanOver.AllPositions));
        foreach (PathMlps mlps in Enum.GetValues<PathMlps>())
        {
            yield return Sweep.HeadPaths(model, pairs, SweepDirection.Noising, mlps);
            if (hasMlps)
            {
                yield return Sweep.MlpPaths(model, pairs, SweepDirection.Denoising, mlps);
            }
        }

        if (hasMlps)
        {
            yield return Sweep.AblateMlps(model, pairs, Ablate.Zero);
        }
    }
}
