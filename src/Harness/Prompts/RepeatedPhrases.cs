using CircuitSpecs.Prompts.English;
using CircuitSpecs.Statistics;
using CircuitSpecs.Tokenizers;

namespace CircuitSpecs.Prompts;

/// <summary>
/// <c>We met Frozen Castle at the old station. Later that day we spoke to Frozen</c> → <c> Castle</c>: induction in text, with pairs of
/// words that do not belong together. In the corrupted twin another word follows the first time; it is the foil. Named positions: <c>A1</c>,
/// <c>B1</c> (the pair), <c>A2</c>, <c>END</c> (the same token).
/// </summary>
public static class RepeatedPhrases
{
    /// <inheritdoc cref="PromptFamily.Evaluation"/>
    public static EvaluationSet Evaluation(Tokenizer tokenizer, int count = 64, int seed = 1) =>
        PromptGenerator.Evaluation(nameof(RepeatedPhrases), seed, count, random => Draw(tokenizer, random));

    /// <inheritdoc cref="PromptFamily.Discovery"/>
    public static DiscoverySet Discovery(Tokenizer tokenizer, int count = 64, int seed = 2) =>
        PromptGenerator.Discovery(nameof(RepeatedPhrases), seed, count, random => Draw(tokenizer, random));

    private static readonly string[] Templates =
    [
        "We met {A1} {B1} at the old station. Later that day we spoke to {A2}",
        "The letter was sent to {A1} {B1} by mistake, and nobody could reach {A2}",
        "In the first story {A1} {B1} leaves the village. In the second one {A2}",
        "I have never heard of {A1} {B1} before. My brother knows everything about {A2}",
        "They wrote {A1} {B1} on the door, and when it rained they wrote {A2}",
    ];

    private static Drawn Draw(Tokenizer tokenizer, SeededRandom random)
    {
        EnglishText.Checked(tokenizer);
        string template = random.Choose(Templates);
        string[] words = random.Sample(EnglishWords.AcronymWords, 3);
        return new PromptQuestion
        {
            Clean = PromptText.Of(template, ("A1", words[0]), ("B1", words[1]), ("A2", words[0])),
            Corrupt = PromptText.Of(template, ("A1", words[0]), ("B1", words[2]), ("A2", words[0])),
            Answer = $" {words[1]}",
            Foil = $" {words[2]}",
            Template = template,
        }.ToPrompt(tokenizer);
    }
}
