using System.Collections.Immutable;
using CircuitSpecs.Prompts.English;
using CircuitSpecs.Statistics;
using CircuitSpecs.Tokenizers;

namespace CircuitSpecs.Prompts;

/// <summary>
/// The beginnings of well-known texts out of copyright (the Bible, the Declaration of Independence, Shakespeare, first pages of novels,
/// poems, rhymes), cut at a fixed number of tokens. Scored are the last tokens, whose prediction takes knowing the text; the corrupted
/// twin has the same tokens in random order. No single answer. Named positions: <c>FIRST</c> (the first scored one), <c>END</c>. There are 48
/// texts, about half of them for each set; those with too few tokens are dropped and counted.
/// </summary>
public static class MemorisedTexts
{
    /// <inheritdoc cref="PromptFamily.Evaluation"/>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="count">How many prompts.</param>
    /// <param name="seed">Fixes the prompts.</param>
    /// <param name="length">Tokens of the text; BOS comes on top.</param>
    /// <param name="scored">How many tokens at the end are scored.</param>
    public static EvaluationSet Evaluation(Tokenizer tokenizer, int count = 16, int seed = 1, int length = 32, int scored = 16) =>
        PromptGenerator.Evaluation(Family(length, scored), seed, count, random => Draw(tokenizer, length, scored, random));

    /// <inheritdoc cref="PromptFamily.Discovery"/>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="count">How many prompts.</param>
    /// <param name="seed">Fixes the prompts.</param>
    /// <param name="length">Tokens of the text; BOS comes on top.</param>
    /// <param name="scored">How many tokens at the end are scored.</param>
    public static DiscoverySet Discovery(Tokenizer tokenizer, int count = 16, int seed = 2, int length = 32, int scored = 16) =>
        PromptGenerator.Discovery(Family(length, scored), seed, count, random => Draw(tokenizer, length, scored, random));

    internal static string Family(int length, int scored) => (length, scored) == (32, 16) ? nameof(MemorisedTexts) : $"{nameof(MemorisedTexts)} ({scored} of {length} tokens)";

    private static Drawn Draw(Tokenizer tokenizer, int length, int scored, SeededRandom random)
    {
        EnglishText.Checked(tokenizer);
        ArgumentOutOfRangeException.ThrowIfLessThan(scored, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(scored, length);
        ImmutableArray<int> text = tokenizer.ToTokens(random.Choose(EnglishWords.Openings), prependBos: false);
        if (text.Length < length)
        {
            return $"the text has fewer than {length} tokens";
        }

        ImmutableArray<int> bos = tokenizer.BosToken is { } token ? [token] : [];
        int[] shuffled = [.. text[..length]];
        random.Shuffle<int>(shuffled);
        int end = bos.Length + length - 1;
        return new Prompt
        {
            Tokens = [.. bos, .. text[..length]],
            Text = tokenizer.Decode(text[..length]),
            Corrupt = [.. bos, .. shuffled],
            Positions = ImmutableSortedDictionary<string, int>.Empty.Add("FIRST", end - scored).Add("END", end),
            ScoredPositions = [.. Enumerable.Range(end - scored, scored)],
        };
    }
}
