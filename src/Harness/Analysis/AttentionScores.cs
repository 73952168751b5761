using CircuitSpecs.Interventions;
using CircuitSpecs.Prompts;
using CircuitSpecs.Transformer;
using static TorchSharp.torch;

namespace CircuitSpecs.Analysis;

/// <summary>
/// Attention scores of all heads at once: each is the mean attention probability over certain query–key pairs of a
/// prompt. Without interventions a table is computed once per model and prompt set.
/// </summary>
public static class AttentionScores
{
    /// <summary>Attention from each token to the one before it: mean over queries i ≥ 1 of P[i, i − 1].</summary>
    /// <param name="model">The model.</param>
    /// <param name="prompts">Prompts of at least two tokens.</param>
    /// <param name="interventions">Changes to the runs.</param>
    public static HeadScoreTable PreviousToken(HookedTransformer model, PromptSet prompts, params Intervention[] interventions) => Offset(model, prompts, 1, interventions);

    /// <summary>Attention a fixed distance back: mean over all queries i ≥ offset of P[i, i − offset].</summary>
    /// <param name="model">The model.</param>
    /// <param name="prompts">Prompts longer than the offset.</param>
    /// <param name="offset">The distance, 0 for the token itself.</param>
    /// <param name="interventions">Changes to the runs.</param>
    public static HeadScoreTable Offset(HookedTransformer model, PromptSet prompts, int offset, params Intervention[] interventions)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        return Compute(model, prompts, $"offset {offset}", interventions, batch => Enumerable.Repeat(Pairs(offset, batch.Length, offset), batch.Count));
    }

    /// <summary>Attention from each token of a second copy to the same token of the first: mean over the second copy of P[i, i − L].</summary>
    /// <param name="model">The model.</param>
    /// <param name="prompts">Prompts that end with a sequence of L tokens twice.</param>
    /// <param name="length">L; null finds it in each prompt.</param>
    /// <param name="interventions">Changes to the runs.</param>
    /// <exception cref="ArgumentException">A prompt does not end with a repetition.</exception>
    public static HeadScoreTable DuplicateToken(HookedTransformer model, PromptSet prompts, int? length = null, params Intervention[] interventions) =>
        Compute(model, prompts, $"duplicate token {length}", interventions, batch => batch.Prompts.Select(prompt => SecondCopy(prompt, length, 0)));

    /// <summary>Attention from each token of a second copy to what followed it in the first: mean over the second copy of P[i, i − (L − 1)].</summary>
    /// <param name="model">The model.</param>
    /// <param name="prompts">Prompts that end with a sequence of L tokens twice.</param>
    /// <param name="length">L; null finds it in each prompt.</param>
    /// <param name="interventions">Changes to the runs.</param>
    /// <exception cref="ArgumentException">A prompt does not end with a repetition.</exception>
    public static HeadScoreTable Induction(HookedTransformer model, PromptSet prompts, int? length = null, params Intervention[] interventions) =>
        Compute(model, prompts, $"induction {length}", interventions, batch => batch.Prompts.Select(prompt => SecondCopy(prompt, length, 1)));

    /// <summary>Attention from one position to another.</summary>
    /// <param name="model">The model.</param>
    /// <param name="prompts">The prompts.</param>
    /// <param name="from">The query.</param>
    /// <param name="to">The key.</param>
    /// <param name="interventions">Changes to the runs.</param>
    public static HeadScoreTable Attention(HookedTransformer model, PromptSet prompts, Position from, Position to, params Intervention[] interventions) =>
        Compute(model, prompts, $"attention {from}→{to}", interventions, batch => from.In(batch).Zip(to.In(batch), (query, key) => new[] { (query, key) }));

    /// <summary>Mean attention over chosen query–key pairs of each prompt; several choices are read in one pass.</summary>
    /// <param name="model">The model.</param>
    /// <param name="prompts">The prompts.</param>
    /// <param name="scores">Names, and the pairs of a prompt, at least one.</param>
    /// <param name="interventions">Changes to the runs.</param>
    /// <returns>A table for each choice.</returns>
    /// <exception cref="ArgumentException">A choice has no pairs in a prompt, or one outside of it.</exception>
    public static IReadOnlyList<HeadScoreTable> Over(HookedTransformer model, PromptSet prompts, IReadOnlyList<(string Name, Func<Prompt, IEnumerable<(int Query, int Key)>> PairsOf)> scores, params Intervention[] interventions)
    {
        ArgumentNullException.ThrowIfNull(scores);
        return Measure(model, prompts, [.. scores.Select(score => (score.Name, (Func<PromptBatch, IEnumerable<(int Query, int Key)[]>>)(batch => batch.Prompts.Select(prompt => Checked(score.Name, prompt, [.. score.PairsOf(prompt)])))))], interventions);
    }

    private static (int Query, int Key)[] Checked(string name, Prompt prompt, (int Query, int Key)[] pairs)
    {
        int length = prompt.Tokens.Length;
        int wrong = Array.FindIndex(pairs, pair => pair.Query < 0 || pair.Query >= length || pair.Key < 0 || pair.Key > pair.Query);
        return pairs.Length > 0 && wrong < 0
            ? pairs
            : throw new ArgumentException(pairs.Length == 0
                ? $"'{name}' chooses no pair of '{prompt.Text}', so there is no mean."
                : $"'{name}' chooses query {pairs[wrong].Query} and key {pairs[wrong].Key} of '{prompt.Text}', which has {length} tokens; a key is never after its query.");
    }

    private static (int Query, int Key)[] Pairs(int first, int end, int distance) => end > first
        ? [.. Enumerable.Range(first, end - first).Select(query => (query, query - distance))]
        : throw new ArgumentException($"Prompts of {end} tokens have no pair of tokens {distance} apart.");

    private static (int Query, int Key)[] SecondCopy(Prompt prompt, int? length, int shift)
    {
        int period = Repetition.LengthIn(prompt, length);
        int end = prompt.Tokens.Length;
        return Pairs(end - period, end, period - shift);
    }

    private static HeadScoreTable Compute(HookedTransformer model, PromptSet prompts, string name, Intervention[] interventions, Func<PromptBatch, IEnumerable<(int Query, int Key)[]>> pairsOf) =>
        PromptRuns.Remembered(model, prompts, interventions, $"heads {name}", () => Measure(model, prompts, [(name, pairsOf)], interventions)[0], _ => 8L * prompts.Count * model.Config.Layers * model.Config.Heads);

    private static HeadScoreTable[] Measure(HookedTransformer model, PromptSet prompts, (string Name, Func<PromptBatch, IEnumerable<(int Query, int Key)[]>> PairsOf)[] wanted, Intervention[] interventions)
    {
        int heads = model.Config.Heads;
        double[][][] scores = [.. wanted.Select(_ => Enumerable.Range(0, model.Config.Layers * heads).Select(_ => new double[prompts.Count]).ToArray())];
        PromptRuns.Run(
            model,
            prompts,
            interventions,
            0,
            _ => new ForwardOptions { StopAtLayer = model.Config.Layers },
            batch =>
            {
                (int Query, int Key)[][][] pairs = [.. wanted.Select(score => score.PairsOf(batch).ToArray())];
                return [.. Enumerable.Range(0, model.Config.Layers).Select(layer => ForwardHook.Observing(Hook.Pattern(layer), pattern => Read(layer, pattern, batch, pairs)))];
            },
            (_, _) => { });
        return [.. wanted.Zip(scores, (score, table) => new HeadScoreTable(score.Name, model.Config, table))];

        void Read(int layer, Tensor pattern, PromptBatch batch, (int Query, int Key)[][][] pairs)
        {
            float[] probabilities = pattern.contiguous().data<float>().ToArray();
            int length = batch.Length;
            for (int score = 0; score < pairs.Length; score++)
            {
                for (int row = 0; row < batch.Count; row++)
                {
                    for (int head = 0; head < heads; head++)
                    {
                        int start = ((row * heads) + head) * length * length;
                        scores[score][(layer * heads) + head][batch.Indices[row]] = pairs[score][row].Average(pair => (double)probabilities[start + (pair.Query * length) + pair.Key]);
                    }
                }
            }
        }
    }
}
