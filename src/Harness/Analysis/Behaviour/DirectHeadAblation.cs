using CircuitSpecs.Components;
using CircuitSpecs.Interventions;
using CircuitSpecs.Models;
using CircuitSpecs.Prompts;
using CircuitSpecs.Transformer;
using static TorchSharp.torch;

namespace CircuitSpecs.Analysis;

/// <summary>Takes a head's output out of the final residual stream, but for its mean and for what is copy suppression of some sources. Made by <see cref="CopySuppressionAblation"/>.</summary>
internal sealed class DirectHeadAblation(Head head, int keep, PromptSet? reference) : Intervention
{
    /// <inheritdoc/>
    public override string Description => $"mean-ablate the direct effect of head {head}{(keep > 0 ? $" but for copy suppression of {keep} sources" : string.Empty)}, mean over {(reference is null ? "the prompts that are run" : $"{reference.Count} prompts of {reference.Family} ({reference.Hash})")}";

    /// <inheritdoc/>
    public override IReadOnlyList<ForwardHook> HooksFor(HookedTransformer model, PromptBatch batch)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(batch);
        ModelConfig config = model.Config;
        if (!head.ExistsIn(config))
        {
            throw new ArgumentException($"The model has no head {head}: it has {config.Layers} layers of {config.Heads} heads.");
        }

        if (config.PostNorms)
        {
            throw new NotSupportedException($"'{model.Name}' normalises what its attention layers write (ln1_post), so a head has no direct effect of its own.");
        }

        float[] z = [];
        float[] v = [];
        float[] pattern = [];
        float[] logits = [];
        return
        [
            ForwardHook.Observing(Hook.ResidPre(head.Layer), residual => logits = keep > 0 ? TokenLogits(model, batch, residual) : []),
            ForwardHook.Observing(Hook.V(head.Layer), values => v = Floats(values.select(2, config.KeyValueHeadOf(head.Index)))),
            ForwardHook.Observing(Hook.Pattern(head.Layer), weights => pattern = Floats(weights.select(1, head.Index))),
            ForwardHook.Observing(Hook.Z(head.Layer), outputs => z = Floats(outputs.select(2, head.Index))),
            new ForwardHook(Hook.ResidPost(config.Layers - 1), (residual, _) => residual + Change(model, batch, z, v, pattern, logits)),
        ];
    }

    /// <summary>[batch, pos, d_model].</summary>
    private Tensor Change(HookedTransformer model, PromptBatch batch, float[] z, float[] v, float[] pattern, float[] logits)
    {
        int length = batch.Length;
        int size = model.Config.DHead;
        int width = model.Config.DModel;
        float[] matrix = HeadWrites.Matrix(model.Weights, head);
        double[] mean = MeanWrite(model, reference ?? batch.Source, matrix);
        var directions = new UnembeddingDirections(model.Weights);
        float[] change = new float[batch.Count * length * width];
        double[] at = new double[width];
        double[] term = new double[width];
        for (int row = 0; row < batch.Count; row++)
        {
            for (int d = 0; d < length; d++)
            {
                mean.CopyTo(at, 0);
                HeadWrites.Add(matrix, z.AsSpan(((row * length) + d) * size, size), -1, at);
                foreach (int s in keep > 0 ? Enumerable.Range(0, d + 1).OrderByDescending(s => logits[(((row * length) + d) * length) + s]).Take(keep) : [])
                {
                    Array.Clear(term);
                    HeadWrites.Add(matrix, v.AsSpan(((row * length) + s) * size, size), pattern[(((row * length) + d) * length) + s], term);
                    double[] direction = directions[batch.Prompts[row].Tokens[s]];
                    double along = 0;
                    for (int j = 0; j < width; j++)
                    {
                        along += direction[j] * (term[j] - (mean[j] / (d + 1)));
                    }

                    for (int j = 0; j < width && along < 0; j++)
                    {
                        at[j] += along * direction[j];
                    }
                }

                for (int j = 0; j < width; j++)
                {
                    change[(((row * length) + d) * width) + j] = (float)at[j];
                }
            }
        }

        return tensor(change, [batch.Count, length, width]);
    }

    /// <summary>The head's mean output over all positions of the prompts.</summary>
    private double[] MeanWrite(HookedTransformer model, PromptSet prompts, float[] matrix)
    {
        Tensor mean = ReferenceActivations.Mean(model, Hook.Z(head.Layer), MeanOver.AllPositions, prompts);
        double[] write = new double[model.Config.DModel];
        HeadWrites.Add(matrix, Floats(mean.reshape(model.Config.Heads, model.Config.DHead).select(0, head.Index)), 1, write);
        return write;
    }

    /// <summary>[batch, d, s]: the logit at d, as the logit lens reads it, of the token at s.</summary>
    private static float[] TokenLogits(HookedTransformer model, PromptBatch batch, Tensor residual)
    {
        Tensor all = Normalization.Of(model.Weights, "ln_final", residual).matmul(model.Weights["unembed.W_U"]);
        all = model.Weights.TryGet("unembed.b_U", out Tensor? bias) ? all + bias : all;
        return Floats(all.gather(2, batch.Tokens().unsqueeze(1).expand(batch.Count, batch.Length, batch.Length)));
    }

    private static float[] Floats(Tensor values) => values.contiguous().data<float>().ToArray();
}
