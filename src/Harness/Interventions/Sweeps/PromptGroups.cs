using CircuitSpecs.Models;
using CircuitSpecs.Prompts;

namespace CircuitSpecs.Interventions.Sweeps;

/// <summary>Prompts that a sweep runs together: of one length and one answer position, and few enough for their activations to be kept.</summary>
internal static class PromptGroups
{
    public static IReadOnlyList<PromptBatch> Of(ModelConfig config, PromptSet prompts, SweepLimits limits) =>
    [
        .. from batch in prompts.Batches()
           from alike in batch.Indices.Zip(batch.AnswerPositions()).GroupBy(pair => pair.Second, pair => pair.First)
           from indices in alike.Chunk((int)Math.Clamp(limits.BytesKept / (batch.Length * BytesOfToken(config)), 1, int.MaxValue))
           select new PromptBatch(prompts, [.. indices]),
    ];

    /// <summary>Bytes of what is kept of the unpatched run, a token.</summary>
    public static long BytesOfToken(ModelConfig config) =>
        (long)sizeof(float) * config.Layers * ((3 * config.DModel) + (config.DHead * (config.Heads + (2 * config.KeyValueHeads))));
}
