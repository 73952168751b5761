using CircuitSpecs.Components;
using CircuitSpecs.Interventions;
using CircuitSpecs.Models;
using CircuitSpecs.Prompts;
using CircuitSpecs.Statistics;
using CircuitSpecs.Transformer;
using static TorchSharp.torch;

namespace CircuitSpecs.Analysis;

/// <summary>
/// Function vectors (Todd et al. 2024, "Function Vectors in Large Language Models", arXiv 2310.15213): what some heads
/// write on average at the end of prompts that demonstrate a task, as one vector that brings about the task elsewhere.
/// The prompts demonstrate the task; their corrupted twins are the same with shuffled demonstrations.
/// </summary>
public static class FunctionVectors
{
    /// <summary>
    /// The causal indirect effect of every head: the answer's probability on the corrupted prompt when the head's output at
    /// a position is its mean over the clean prompts, less that without. Its mean over prompts is the paper's AIE for
    /// one task; heads with the largest make up the vector. One run a head.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="prompts">Prompts with answers and corrupted twins.</param>
    /// <param name="at">The position; null is the last.</param>
    /// <param name="cancellation">Ends the sweep with an <see cref="OperationCanceledException"/> between heads.</param>
    /// <exception cref="InvalidOperationException">A prompt has no answer or no corrupted twin.</exception>
    public static HeadScoreTable IndirectEffects(HookedTransformer model, PromptSet prompts, Position? at = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        Position position = at ?? -1;
        PerPrompt corrupt = model.AnswerProbability(prompts, CorruptRun.Instance);
        double[][] effects = new double[model.Config.Layers * model.Config.Heads][];
        for (int layer = 0; layer < model.Config.Layers; layer++)
        {
            float[] mean = MeanOutputs(model, layer, position, prompts);
            for (int index = 0; index < model.Config.Heads; index++)
            {
                cancellation.ThrowIfCancellationRequested();
                var target = new ActivationTarget(Hook.Z(layer), [index], At: position);
                var patch = new ActivationEdit(
                    $"patch {target} of the corrupted prompts with its mean over the clean prompts of {prompts.Family} ({prompts.Hash})",
                    _ => [target],
                    (_, _, _, activation) => tensor(mean, [1, 1, activation.shape[2], activation.shape[3]]),
                    PromptSide.Corrupt);
                effects[(layer * model.Config.Heads) + index] = [.. (model.AnswerProbability(prompts, patch) - corrupt).Numerators];
            }
        }

        return new HeadScoreTable("causal indirect effect", model.Config, effects);
    }

    /// <summary>The function vector: the sum of what the heads write, z W_O, each averaged over the prompts. Add it with <c>Steer.Add(Hook.ResidPost(layer), vector, 1, at: -1)</c>.</summary>
    /// <param name="model">The model.</param>
    /// <param name="prompts">Prompts that demonstrate the task.</param>
    /// <param name="heads">Heads with large <see cref="IndirectEffects"/>, found on other prompts than the effect is judged on.</param>
    /// <param name="at">The position; null is the last.</param>
    /// <returns>[d_model], in the caller's dispose scope.</returns>
    /// <exception cref="ArgumentException">There is no head, or one that the model does not have.</exception>
    /// <exception cref="NotSupportedException">What attention writes is normalised once more, so that no head has a write of its own.</exception>
    public static Tensor Of(HookedTransformer model, PromptSet prompts, IReadOnlyList<Head> heads, Position? at = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(heads);
        ModelConfig config = model.Config;
        if (heads.Count == 0)
        {
            throw new ArgumentException("A function vector is a sum over heads: name at least one.", nameof(heads));
        }

        Head? missing = heads.FirstOrDefault(head => !head.ExistsIn(config));
        if (missing is not null)
        {
            throw new ArgumentException($"The model has no head {missing}: it has {config.Layers} layers of {config.Heads} heads.", nameof(heads));
        }

        if (config.PostNorms)
        {
            throw new NotSupportedException($"'{model.Name}' normalises what its attention layers write (ln1_post), so heads have no writes that could be summed.");
        }

        double[] vector = new double[config.DModel];
        foreach (IGrouping<int, Head> layer in heads.Distinct().GroupBy(head => head.Layer))
        {
            float[] mean = MeanOutputs(model, layer.Key, at ?? -1, prompts);
            foreach (Head head in layer)
            {
                HeadWrites.Add(model.Weights, head, mean.AsSpan(head.Index * config.DHead, config.DHead), 1, vector);
            }
        }

        return tensor(Array.ConvertAll(vector, value => (float)value));
    }

    /// <summary>[head · d_head]: z of a layer at a position, averaged over the clean prompts.</summary>
    private static float[] MeanOutputs(HookedTransformer model, int layer, Position position, PromptSet prompts)
    {
        IReadOnlyList<double[]> rows = model.ActivationsAt(Hook.Z(layer), position, prompts);
        return [.. Enumerable.Range(0, rows[0].Length).Select(index => (float)rows.Average(row => row[index]))];
    }
}
