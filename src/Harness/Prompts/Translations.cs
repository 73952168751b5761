using System.Collections.Immutable;
using CircuitSpecs.Prompts.English;
using CircuitSpecs.Statistics;
using CircuitSpecs.Tokenizers;

namespace CircuitSpecs.Prompts;

/// <summary>
/// <c>English: sea French: mer\n … English: moon French:</c> → <c> lune</c>, behind as many translated words as are asked for. Words
/// of other languages are seldom one token: answer and foil are the first tokens in which the two translations differ, and what both
/// begin with stands in the prompt. In the corrupted twin another word is asked for; the foil is its translation. Named positions:
/// <c>WORD</c>, <c>END</c>, and <c>LANGUAGE</c>, the name of the language in the question.
/// </summary>
public static class Translations
{
    /// <inheritdoc cref="PromptFamily.Evaluation"/>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="count">How many prompts.</param>
    /// <param name="seed">Fixes the prompts.</param>
    /// <param name="language">The language to translate to.</param>
    /// <param name="examples">Translated words before the question.</param>
    public static EvaluationSet Evaluation(Tokenizer tokenizer, int count = 24, int seed = 1, TranslationLanguage language = TranslationLanguage.French, int examples = 5) =>
        PromptGenerator.Evaluation(Family(language, examples), seed, count, random => Draw(tokenizer, language, examples, random));

    /// <inheritdoc cref="PromptFamily.Discovery"/>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="count">How many prompts.</param>
    /// <param name="seed">Fixes the prompts.</param>
    /// <param name="language">The language to translate to.</param>
    /// <param name="examples">Translated words before the question.</param>
    public static DiscoverySet Discovery(Tokenizer tokenizer, int count = 24, int seed = 2, TranslationLanguage language = TranslationLanguage.French, int examples = 5) =>
        PromptGenerator.Discovery(Family(language, examples), seed, count, random => Draw(tokenizer, language, examples, random));

    internal static string Family(TranslationLanguage language, int examples) => (language, examples) == (TranslationLanguage.French, 5)
        ? nameof(Translations)
        : $"{nameof(Translations)} ({language}, {examples} examples)";

    private static Drawn Draw(Tokenizer tokenizer, TranslationLanguage language, int examples, SeededRandom random)
    {
        EnglishText.Checked(tokenizer);
        ImmutableArray<string>[] words = random.Sample(EnglishWords.Translations, examples + 2);
        string before = string.Concat(words.Skip(2).Select(word => $"English: {word[0]} {language}: {word[(int)language]}\n"));
        return new PromptQuestion
        {
            Clean = Fill(words[0]),
            Corrupt = Fill(words[1]),
            Answer = $" {words[0][(int)language]}",
            Foil = $" {words[1][(int)language]}",
            AsksFirstDifference = true,
            Template = $"{language}",
        }.ToPrompt(tokenizer);

        PromptText Fill(ImmutableArray<string> word) => PromptText.Of(before).Then($"English: {{WORD}} {{LANGUAGE={language}}}:", ("WORD", word[0]));
    }
}
