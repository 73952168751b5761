using CircuitSpecs.Interventions;
using CircuitSpecs.Prompts;
using CircuitSpecs.Transformer;

namespace CircuitSpecs.Analysis;

/// <summary>Runs prompts and hands out activations of several points, batch by batch, as rows of one token each.</summary>
internal static class LayerActivations
{
    /// <summary>The residual stream before each block and at the end: points 0 to the number of layers.</summary>
    public static IReadOnlyList<HookPoint> Residuals(HookedTransformer model) =>
        [.. Enumerable.Range(0, model.Config.Layers).Select(Hook.ResidPre), Hook.ResidPost(model.Config.Layers - 1)];

    /// <summary>Runs the prompts.</summary>
    /// <param name="model">The model.</param>
    /// <param name="prompts">The prompts.</param>
    /// <param name="interventions">Changes to the runs.</param>
    /// <param name="points">Activations of shape [batch, pos, width].</param>
    /// <param name="read">Receives each batch with its values, [point][token · width + dimension], tokens row by row.</param>
    public static void Read(HookedTransformer model, PromptSet prompts, IReadOnlyList<Intervention> interventions, IReadOnlyList<HookPoint> points, Action<PromptBatch, float[][]> read)
    {
        float[][] values = new float[points.Count][];
        PromptRuns.Run(
            model,
            prompts,
            interventions,
            0,
            _ => new ForwardOptions { StopAtLayer = model.Config.Layers },
            _ => [.. points.Select((point, index) => ForwardHook.Observing(point, activation => values[index] = activation.contiguous().data<float>().ToArray()))],
            (batch, _) => read(batch, values));
    }
}
