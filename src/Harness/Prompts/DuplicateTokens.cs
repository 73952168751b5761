using System.Collections.Immutable;
using CircuitSpecs.Statistics;
using CircuitSpecs.Tokenizers;

namespace CircuitSpecs.Prompts;

/// <summary>
/// BOS where the vocabulary has one, and different random tokens, of which only the last one stands there once before, at a random
/// place: what a duplicate-token head sees, without the repeated order that random copies have too (Wang et al. 2022, appendix I). In the
/// corrupted twin another token stands at the first place, so that nothing is repeated. There is no answer; these are prompts for
/// attention and for what is written at the end. Named positions: <c>D1</c>, <c>D2</c>, <c>END</c> (the same token).
/// </summary>
public static class DuplicateTokens
{
    /// <inheritdoc cref="PromptFamily.Evaluation"/>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="count">How many prompts.</param>
    /// <param name="seed">Fixes the prompts.</param>
    /// <param name="length">Tokens without BOS; at least 3.</param>
    /// <param name="pool">The token ids to draw from; by default <see cref="OrganismPools.DefaultOf"/>.</param>
    public static EvaluationSet Evaluation(Tokenizer tokenizer, int count = 64, int seed = 1, int length = 20, IReadOnlyList<int>? pool = null) =>
        PromptGenerator.Evaluation(Family(length), seed, count, Draw(tokenizer, length, pool));

    /// <inheritdoc cref="PromptFamily.Discovery"/>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="count">How many prompts.</param>
    /// <param name="seed">Fixes the prompts.</param>
    /// <param name="length">Tokens without BOS; at least 3.</param>
    /// <param name="pool">The token ids to draw from; by default <see cref="OrganismPools.DefaultOf"/>.</param>
    public static DiscoverySet Discovery(Tokenizer tokenizer, int count = 64, int seed = 2, int length = 20, IReadOnlyList<int>? pool = null) =>
        PromptGenerator.Discovery(Family(length), seed, count, Draw(tokenizer, length, pool));

    internal static string Family(int length) => length == 20 ? nameof(DuplicateTokens) : $"{nameof(DuplicateTokens)} ({length} tokens)";

    private static Func<SeededRandom, Drawn> Draw(Tokenizer tokenizer, int length, IReadOnlyList<int>? pool)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 3);
        RandomTokens tokens = RandomTokens.Of(tokenizer, pool, atLeast: length);
        return random =>
        {
            int[] twin = tokens.Sample(random, length);
            int first = random.Next(length - 2); // a token before the last one would be the previous token as well
            int[] row = [.. twin];
            row[first] = row[^1];
            int bos = tokens.Bos.Length;
            return new Prompt
            {
                Tokens = [.. tokens.Bos, .. row],
                Text = tokenizer.Decode(row),
                Corrupt = [.. tokens.Bos, .. twin],
                Positions = ImmutableSortedDictionary<string, int>.Empty.Add("D1", bos + first).Add("D2", bos + length - 1).Add("END", bos + length - 1),
            };
        };
    }
}
