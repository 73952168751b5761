using CircuitSpecs.Interventions;
using CircuitSpecs.Models;
using CircuitSpecs.Prompts;
using CircuitSpecs.Transformer;
using static TorchSharp.torch;

namespace CircuitSpecs.Analysis;

/// <summary>
/// What the attention pattern of each head looks like, whatever the tokens are: per prompt a mean over query positions q,
/// of probabilities P[q, k] over keys k. Without interventions it is computed once per model and prompt set.
/// </summary>
public sealed class AttentionSummary
{
    private const int Metrics = 8;

    private AttentionSummary(HeadScoreTable[] tables) =>
        (Entropy, NormalizedEntropy, Distance, FirstToken, CurrentToken, PreviousToken, Largest, LargestAfterFirst) =
            (tables[0], tables[1], tables[2], tables[3], tables[4], tables[5], tables[6], tables[7]);

    /// <summary>−Σ P ln P in nats, over all q.</summary>
    public HeadScoreTable Entropy { get; }

    /// <summary>Entropy over its largest value ln(q + 1), over q ≥ 1: 1 is uniform. A sliding window bounds it below 1.</summary>
    public HeadScoreTable NormalizedEntropy { get; }

    /// <summary>Σ P[q, k] (q − k) in tokens, over all q.</summary>
    public HeadScoreTable Distance { get; }

    /// <summary>P[q, 0] over q ≥ 1: attention to BOS, the usual resting place.</summary>
    public HeadScoreTable FirstToken { get; }

    /// <summary>P[q, q] over all q: the diagonal.</summary>
    public HeadScoreTable CurrentToken { get; }

    /// <summary>P[q, q − 1] over q ≥ 1.</summary>
    public HeadScoreTable PreviousToken { get; }

    /// <summary>max P[q, k] over all q; the first query has no choice and counts as 1.</summary>
    public HeadScoreTable Largest { get; }

    /// <summary>max P[q, k] over q ≥ 1.</summary>
    public HeadScoreTable LargestAfterFirst { get; }

    /// <summary>Measures all heads.</summary>
    /// <param name="model">The model.</param>
    /// <param name="prompts">Prompts of at least two tokens.</param>
    /// <param name="interventions">Changes to the runs.</param>
    /// <exception cref="ArgumentException">A prompt has a single token.</exception>
    public static AttentionSummary Of(HookedTransformer model, PromptSet prompts, params Intervention[] interventions) =>
        PromptRuns.Remembered(model, prompts, interventions, "attention summary", () => Measure(model, prompts, interventions), _ => 8L * Metrics * prompts.Count * model.Config.Layers * model.Config.Heads);

    private static AttentionSummary Measure(HookedTransformer model, PromptSet prompts, Intervention[] interventions)
    {
        Prompt? single = prompts.Prompts.FirstOrDefault(prompt => prompt.Tokens.Length < 2);
        if (single is not null)
        {
            throw new ArgumentException($"'{single.Text}' of prompt family '{prompts.Family}' has one token, which can only attend to itself: take prompts of at least two.", nameof(prompts));
        }

        ModelConfig config = model.Config;
        double[][][] scores = [.. Enumerable.Range(0, Metrics).Select(_ => Enumerable.Range(0, config.Layers * config.Heads).Select(_ => new double[prompts.Count]).ToArray())];
        PromptRuns.Run(
            model,
            prompts,
            interventions,
            0,
            _ => new ForwardOptions { StopAtLayer = config.Layers },
            batch => [.. Enumerable.Range(0, config.Layers).Select(layer => ForwardHook.Observing(Hook.Pattern(layer), pattern => Read(layer, pattern, batch)))],
            (_, _) => { });
        string[] names = ["attention entropy", "normalised attention entropy", "attention distance", "attention to the first token", "attention to the current token", "attention to the previous token", "largest attention", "largest attention after the first token"];
        return new AttentionSummary([.. names.Select((name, metric) => new HeadScoreTable(name, config, scores[metric]))]);

        void Read(int layer, Tensor pattern, PromptBatch batch)
        {
            float[] probabilities = pattern.contiguous().data<float>().ToArray();
            int length = batch.Length;
            Span<double> found = stackalloc double[Metrics];
            for (int row = 0; row < batch.Count; row++)
            {
                for (int head = 0; head < config.Heads; head++)
                {
                    Summarise(probabilities.AsSpan(((row * config.Heads) + head) * length * length, length * length), length, found);
                    for (int metric = 0; metric < Metrics; metric++)
                    {
                        scores[metric][(layer * config.Heads) + head][batch.Indices[row]] = found[metric];
                    }
                }
            }
        }
    }

    private static void Summarise(ReadOnlySpan<float> pattern, int length, Span<double> means)
    {
        means.Clear();
        for (int query = 0; query < length; query++)
        {
            ReadOnlySpan<float> row = pattern.Slice(query * length, query + 1);
            double entropy = 0;
            double distance = 0;
            double largest = 0;
            for (int key = 0; key <= query; key++)
            {
                double p = row[key];
                entropy -= p > 0 ? p * Math.Log(p) : 0;
                distance += p * (query - key);
                largest = Math.Max(largest, p);
            }

            means[0] += entropy / length;
            means[2] += distance / length;
            means[4] += row[query] / (double)length;
            means[6] += largest / length;
            if (query > 0)
            {
                means[1] += entropy / Math.Log(query + 1) / (length - 1);
                means[3] += row[0] / (double)(length - 1);
                means[5] += row[query - 1] / (double)(length - 1);
                means[7] += largest / (length - 1);
            }
        }
    }
}
