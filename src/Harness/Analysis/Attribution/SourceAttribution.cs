using System.Collections.Immutable;
using CircuitSpecs.Components;
using CircuitSpecs.Interventions;
using CircuitSpecs.Models;
using CircuitSpecs.Prompts;
using CircuitSpecs.Statistics;
using CircuitSpecs.Transformer;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Analysis;

/// <summary>
/// Direct logit attribution of heads split by the position that they read from: A[answer, k] · v_k W_O · u/scale for each source
/// position k, with v_k with b_V and the scale of ln_final as it was. The sources of a head sum to its part in
/// <see cref="DirectLogitAttribution"/>, since its z is the sum of A[answer, k] v_k. Of one source and one token this is the
/// direct effect of attention to that token (McDougall et al. 2023, "Copy Suppression").
/// </summary>
public sealed class SourceAttribution
{
    private readonly ModelConfig config;
    private readonly PromptSet prompts;
    private readonly double[][] parts;

    private SourceAttribution(ModelConfig config, PromptSet prompts, double[][] parts)
    {
        this.config = config;
        this.prompts = prompts;
        this.parts = parts;
    }

    /// <summary>What a head writes from one source position, in logits.</summary>
    /// <param name="head">The head.</param>
    /// <param name="source">The position read from, by index or name.</param>
    /// <exception cref="ArgumentException">The model has no such head.</exception>
    public PerPrompt this[Head head, Position source] => From(source)[head];

    /// <summary>What every head writes from one source position, in logits.</summary>
    /// <param name="source">The position read from, by index or name.</param>
    public HeadScoreTable From(Position source)
    {
        ArgumentNullException.ThrowIfNull(source);
        double[][] scores = [.. Head.AllIn(config).Select(_ => new double[prompts.Count])];
        foreach (PromptBatch batch in prompts.Batches())
        {
            ImmutableArray<int> positions = source.In(batch);
            for (int row = 0; row < batch.Count; row++)
            {
                int index = batch.Indices[row];
                for (int head = 0; head < scores.Length; head++)
                {
                    scores[head][index] = parts[index][(head * batch.Length) + positions[row]];
                }
            }
        }

        return new HeadScoreTable($"direct attribution from {source}", config, scores);
    }

    /// <summary>What a head writes on one prompt, by source position.</summary>
    /// <param name="head">The head.</param>
    /// <param name="prompt">The prompt's index in the set.</param>
    /// <exception cref="ArgumentException">The model has no such head.</exception>
    public ImmutableArray<double> Of(Head head, int prompt)
    {
        ArgumentNullException.ThrowIfNull(head);
        ArgumentOutOfRangeException.ThrowIfNegative(prompt);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(prompt, prompts.Count);
        int length = prompts.Prompts[prompt].Tokens.Length;
        return head.ExistsIn(config)
            ? [.. parts[prompt].AsSpan(((head.Layer * config.Heads) + head.Index) * length, length)]
            : throw new ArgumentException($"The model has no head {head}: it has {config.Layers} layers of {config.Heads} heads.", nameof(head));
    }

    /// <summary>Computes the attribution of all heads in one pass; once per model and prompt set, where there is no intervention.</summary>
    /// <param name="model">The model, with raw or folded weights.</param>
    /// <param name="prompts">Prompts with answers, and foils for <see cref="LogitTarget.Difference"/> and <see cref="LogitTarget.Foil"/>.</param>
    /// <param name="target">Which logit is attributed.</param>
    /// <param name="interventions">Changes to the runs.</param>
    /// <exception cref="InvalidOperationException">A prompt has no answer or foil.</exception>
    public static SourceAttribution Of(HookedTransformer model, PromptSet prompts, LogitTarget target = LogitTarget.Difference, params Intervention[] interventions)
    {
        ArgumentNullException.ThrowIfNull(model);
        AnswerMetrics.RequireAnswers(prompts, foils: target != LogitTarget.Answer);
        long bytes = prompts.Prompts.Sum(prompt => 8L * prompt.Tokens.Length) * model.Config.Layers * model.Config.Heads;
        return PromptRuns.Remembered(model, prompts, interventions, $"source attribution {target}", () => Measure(model, prompts, target, interventions), _ => bytes);
    }

    private static SourceAttribution Measure(HookedTransformer model, PromptSet prompts, LogitTarget target, Intervention[] interventions)
    {
        ModelConfig config = model.Config;
        double[][] parts = [.. prompts.Prompts.Select(prompt => new double[config.Layers * config.Heads * prompt.Tokens.Length])];
        FinalScales? scales = null;
        PromptRuns.Run(
            model,
            prompts,
            interventions,
            0,
            batch => new ForwardOptions { LogitsAt = AnswerReadout.Positions(batch) },
            batch =>
            {
                var readers = new HeadReaders(model, new LogitDirections(model, batch, target));
                scales = new FinalScales(config, batch);
                var values = new Tensor[config.Layers];
                return [
                    .. Enumerable.Range(0, config.Layers).SelectMany(layer => (ForwardHook[])[
                        ForwardHook.Observing(Hook.V(layer), v => values[layer] = Projected(config, v, readers.Of(layer)).DetachFromDisposeScope()),
                        ForwardHook.Observing(Hook.Pattern(layer), pattern => Read(layer, batch, pattern, values[layer])),
                    ]),
                    .. scales.Hooks,
                ];
            },
            (batch, _) =>
            {
                for (int row = 0; row < batch.Count; row++)
                {
                    double[] own = parts[batch.Indices[row]];
                    for (int i = 0; i < own.Length; i++)
                    {
                        own[i] /= scales!.Final(row) * scales.AfterAttention(i / (config.Heads * batch.Length), row);
                    }
                }
            });
        return new SourceAttribution(config, prompts, parts);

        void Read(int layer, PromptBatch batch, Tensor pattern, Tensor projected)
        {
            // [batch, head, query, key] at the answer's query, times [batch, head, key].
            using DisposeScope scope = NewDisposeScope();
            Tensor queries = AnswerReadout.Positions(batch).unsqueeze(1).unsqueeze(-1).expand(batch.Count, config.Heads, 1, batch.Length);
            float[] written = (pattern.gather(2, queries).squeeze(2) * projected).contiguous().data<float>().ToArray();
            projected.Dispose();
            int width = config.Heads * batch.Length;
            for (int i = 0; i < written.Length; i++)
            {
                parts[batch.Indices[i / width]][(layer * width) + (i % width)] = written[i];
            }
        }
    }

    /// <summary>Values [batch, key, key/value head, d_head] along the readers [batch, head, d_head] of the heads that use them: [batch, head, key].</summary>
    private static Tensor Projected(ModelConfig config, Tensor values, Tensor readers)
    {
        Tensor grouped = readers.reshape(readers.shape[0], config.KeyValueHeads, -1, config.DHead);
        return grouped.matmul(values.permute(0, 2, 3, 1)).reshape(readers.shape[0], config.Heads, values.shape[1]);
    }
}
