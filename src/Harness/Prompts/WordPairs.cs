using System.Collections.Immutable;
using CircuitSpecs.Prompts.English;
using CircuitSpecs.Statistics;
using CircuitSpecs.Tokenizers;

namespace CircuitSpecs.Prompts;

/// <summary>
/// <c>She asked for the salt and the</c> → <c> pepper</c>: words that belong together, where the next word is known and a copy of the first one
/// is the mistake to be kept down (McDougall et al. 2023: without head 10.7 GPT-2 small goes on <c>All's fair in love and</c> → <c> love</c>).
/// The foil is the word that would be copied. In the corrupted twin another pair's first word stands there, so that the foil is not in the
/// text. Named positions: <c>WORD</c>, <c>END</c>.
/// </summary>
public static class WordPairs
{
    /// <inheritdoc cref="PromptFamily.Evaluation"/>
    public static EvaluationSet Evaluation(Tokenizer tokenizer, int count = 64, int seed = 1) =>
        PromptGenerator.Evaluation(nameof(WordPairs), seed, count, random => Draw(tokenizer, random));

    /// <inheritdoc cref="PromptFamily.Discovery"/>
    public static DiscoverySet Discovery(Tokenizer tokenizer, int count = 64, int seed = 2) =>
        PromptGenerator.Discovery(nameof(WordPairs), seed, count, random => Draw(tokenizer, random));

    private static readonly string[] Templates =
    [
        "She asked for the {WORD} and the",
        "It was all about the {WORD} and the",
        "The book is about {WORD} and",
        "He talked for hours about {WORD} and",
        "Everything we know about {WORD} and",
        "There is a difference between {WORD} and",
    ];

    private static Drawn Draw(Tokenizer tokenizer, SeededRandom random)
    {
        EnglishText.Checked(tokenizer);
        string template = random.Choose(Templates);
        ImmutableArray<string>[] pairs = random.Sample(EnglishWords.WordPairs, 2);
        return new PromptQuestion
        {
            Clean = PromptText.Of(template, ("WORD", pairs[0][0])),
            Corrupt = PromptText.Of(template, ("WORD", pairs[1][0])),
            Answer = $" {pairs[0][1]}",
            Foil = $" {pairs[0][0]}",
            Template = template,
        }.ToPrompt(tokenizer);
    }
}
