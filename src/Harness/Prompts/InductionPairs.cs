using System.Collections.Immutable;
using CircuitSpecs.Statistics;
using CircuitSpecs.Tokenizers;

namespace CircuitSpecs.Prompts;

/// <summary>
/// BOS where the vocabulary has one, and different random tokens, of which only the last one, A, stands there once before:
/// <c>… A B … A</c> → <c>B</c>. In the corrupted twin another token follows the first A; it is the foil. The pair stands at
/// a random place, so that no fixed distance helps: neither position nor the lengths of copies give the answer away, only what
/// precedes it. Named positions: <c>A1</c>, <c>B1</c>, <c>A2</c>, <c>END</c> (the same token).
/// </summary>
public static class InductionPairs
{
    /// <inheritdoc cref="PromptFamily.Evaluation"/>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="count">How many prompts.</param>
    /// <param name="seed">Fixes the prompts.</param>
    /// <param name="length">Tokens without BOS; at least 4.</param>
    /// <param name="pool">The token ids to draw from; by default <see cref="OrganismPools.DefaultOf"/>.</param>
    public static EvaluationSet Evaluation(Tokenizer tokenizer, int count = 64, int seed = 1, int length = 20, IReadOnlyList<int>? pool = null) =>
        PromptGenerator.Evaluation(Family(length), seed, count, Draw(tokenizer, length, pool));

    /// <inheritdoc cref="PromptFamily.Discovery"/>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="count">How many prompts.</param>
    /// <param name="seed">Fixes the prompts.</param>
    /// <param name="length">Tokens without BOS; at least 4.</param>
    /// <param name="pool">The token ids to draw from; by default <see cref="OrganismPools.DefaultOf"/>.</param>
    public static DiscoverySet Discovery(Tokenizer tokenizer, int count = 64, int seed = 2, int length = 20, IReadOnlyList<int>? pool = null) =>
        PromptGenerator.Discovery(Family(length), seed, count, Draw(tokenizer, length, pool));

    internal static string Family(int length) => length == 20 ? nameof(InductionPairs) : $"{nameof(InductionPairs)} ({length} tokens)";

    private static Func<SeededRandom, Drawn> Draw(Tokenizer tokenizer, int length, IReadOnlyList<int>? pool)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 4);
        RandomTokens tokens = RandomTokens.Of(tokenizer, pool, atLeast: length);
        return random =>
        {
            int[] row = tokens.Sample(random, length);
            int other = row[^1];
            int first = random.Next(length - 3); // something stands between B and the last A
            row[^1] = row[first];
            int[] twin = [.. row];
            twin[first + 1] = other;
            int bos = tokens.Bos.Length;
            return new Prompt
            {
                Tokens = [.. tokens.Bos, .. row],
                Text = tokenizer.Decode(row),
                Answer = row[first + 1],
                Foil = other,
                Corrupt = [.. tokens.Bos, .. twin],
                Positions = ImmutableSortedDictionary<string, int>.Empty.Add("A1", bos + first).Add("B1", bos + first + 1).Add("A2", bos + length - 1).Add("END", bos + length - 1),
            };
        };
    }
}
