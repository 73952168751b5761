using System.Collections.Immutable;
using CircuitSpecs.Statistics;
using CircuitSpecs.Tokenizers;

namespace CircuitSpecs.Prompts;

/// <summary>
/// BOS where the vocabulary has one, L distinct random tokens, and the same L tokens once more: nothing but induction predicts
/// the second copy (Olsson et al. 2022). BOS is position 0, copy 1 is 1 to L, copy 2 is L + 1 to 2L; the first token of each is
/// named <c>COPY1</c> and <c>COPY2</c>. Scored are positions L + 1 to 2L − 1, whose next token induction predicts: copy 2
/// from its second token on. Without BOS all positions are one less.
/// </summary>
public static class RepeatedRandomTokens
{
    /// <summary>Prompts to judge a claim on.</summary>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="count">How many prompts.</param>
    /// <param name="length">L, the tokens of a copy; the prompt has 2L and BOS. The organisms saw 3 to 20 in training.</param>
    /// <param name="seed">Fixes the prompts.</param>
    /// <param name="pool">The token ids to draw from; by default <see cref="OrganismPools.DefaultOf"/>.</param>
    /// <exception cref="ArgumentException">The pool has fewer than L different tokens.</exception>
    public static EvaluationSet Evaluation(Tokenizer tokenizer, int count = 32, int length = 20, int seed = 1, IReadOnlyList<int>? pool = null) =>
        PromptGenerator.Evaluation(Family(length), seed, count, Draw(tokenizer, length, pool));

    /// <summary>Prompts to search a component with; none of them is ever in an evaluation set.</summary>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="count">How many prompts.</param>
    /// <param name="length">L, the tokens of a copy.</param>
    /// <param name="seed">Fixes the prompts.</param>
    /// <param name="pool">The token ids to draw from; by default <see cref="OrganismPools.DefaultOf"/>.</param>
    /// <exception cref="ArgumentException">The pool has fewer than L different tokens.</exception>
    public static DiscoverySet Discovery(Tokenizer tokenizer, int count = 32, int length = 20, int seed = 2, IReadOnlyList<int>? pool = null) =>
        PromptGenerator.Discovery(Family(length), seed, count, Draw(tokenizer, length, pool));

    internal static string Family(int length) => $"{nameof(RepeatedRandomTokens)} (2 × {length})";

    private static Func<SeededRandom, Drawn> Draw(Tokenizer tokenizer, int length, IReadOnlyList<int>? pool)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 2);
        (ImmutableArray<int> tokens, ImmutableArray<int> bos) = RandomTokens.Of(tokenizer, pool, atLeast: length);

        return random =>
        {
            int[] copy = random.Sample(tokens, length);
            ImmutableArray<int> ids = [.. bos, .. copy, .. copy];
            return new Prompt
            {
                Tokens = ids,
                Text = tokenizer.Decode(ids),
                Positions = ImmutableSortedDictionary<string, int>.Empty.Add("COPY1", bos.Length).Add("COPY2", length + bos.Length),
                ScoredPositions = [.. Enumerable.Range(length + bos.Length, length - 1)],
            };
        };
    }
}
