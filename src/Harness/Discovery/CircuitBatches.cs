using CircuitSpecs.Analysis;
using CircuitSpecs.Interventions;
using CircuitSpecs.Models;
using CircuitSpecs.Prompts;
using CircuitSpecs.Transformer;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Discovery;

/// <summary>Prompt pairs in batches that are small enough for every source and every input of a model to be held at once.</summary>
internal static class CircuitBatches
{
    /// <summary>The batches, once everything that edges need has been checked.</summary>
    /// <exception cref="NotSupportedException">The model normalises what its heads write together, so that they have no edges of their own.</exception>
    /// <exception cref="InvalidOperationException">A prompt has no corrupted twin, or one of another length.</exception>
    /// <exception cref="Claims.InvalidExperimentException">Clean equals corrupt in every prompt.</exception>
    public static IReadOnlyList<PromptBatch> Of(HookedTransformer model, PromptSet prompts, bool needsTwins = true)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(prompts);
        RequireEdges(model);
        ModelConfig config = model.Config;
        long inputs = (long)config.Layers * (config.Heads + (2 * config.KeyValueHeads) + 1) * config.DModel;
        PromptBatch[] batches = [.. PromptChunks.Of(prompts, inputs)];
        foreach (PromptBatch batch in needsTwins ? batches : [])
        {
            CorruptRun.RequireDifference(batch);
            batch.CorruptTokens().Dispose();
        }

        return batches;
    }

    /// <exception cref="NotSupportedException">The model normalises what its heads write together.</exception>
    public static void RequireEdges(HookedTransformer model)
    {
        if (model.Config.PostNorms)
        {
            throw new NotSupportedException($"'{model.Name}' normalises what its heads write together (ln1_post), so that what one head adds to the residual stream depends on the others and is no edge of its own.");
        }
    }

    /// <summary>The logits of the unchanged model at the answer positions of the clean prompts; remembered by it.</summary>
    /// <returns>[batch, d_vocab], owned by the model's memory.</returns>
    public static Tensor CleanLogits(HookedTransformer model, PromptBatch batch) => model.Memo.GetOrAdd(
        $"answer logits|{batch.Source.Hash}|{string.Join(',', batch.Indices)}",
        () =>
        {
            using DisposeScope scope = NewDisposeScope();
            return model.RunPristine(batch.Tokens(), new ForwardOptions { LogitsAt = AnswerReadout.Positions(batch) }, []).squeeze(1).DetachFromDisposeScope();
        },
        logits => logits.numel() * sizeof(float));
}
