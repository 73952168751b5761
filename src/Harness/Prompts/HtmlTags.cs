using CircuitSpecs.Prompts.English;
using CircuitSpecs.Statistics;
using CircuitSpecs.Tokenizers;

namespace CircuitSpecs.Prompts;

/// <summary>
/// <c>&lt;td&gt;World&lt;/</c> → <c>td</c>, or nested, <c>&lt;td&gt;&lt;label&gt;World&lt;/</c> → <c>label</c>: the element that was opened
/// last is closed first. In the corrupted twin another element is open (nested: the two change places); it is the foil. Named positions:
/// <c>TAG</c>, nested also <c>OUTER</c>; <c>END</c>.
/// </summary>
public static class HtmlTags
{
    /// <inheritdoc cref="PromptFamily.Evaluation"/>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="count">How many prompts.</param>
    /// <param name="seed">Fixes the prompts.</param>
    /// <param name="isNested">Whether another element is open around it.</param>
    public static EvaluationSet Evaluation(Tokenizer tokenizer, int count = 64, int seed = 1, bool isNested = false) =>
        PromptGenerator.Evaluation(Family(isNested), seed, count, random => Draw(tokenizer, isNested, random));

    /// <inheritdoc cref="PromptFamily.Discovery"/>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="count">How many prompts.</param>
    /// <param name="seed">Fixes the prompts.</param>
    /// <param name="isNested">Whether another element is open around it.</param>
    public static DiscoverySet Discovery(Tokenizer tokenizer, int count = 64, int seed = 2, bool isNested = false) =>
        PromptGenerator.Discovery(Family(isNested), seed, count, random => Draw(tokenizer, isNested, random));

    internal static string Family(bool isNested) => nameof(HtmlTags) + (isNested ? " (nested)" : "");

    private static Drawn Draw(Tokenizer tokenizer, bool isNested, SeededRandom random)
    {
        EnglishText.Checked(tokenizer);
        string[] tags = random.Sample(EnglishWords.Tags, 2);
        string heading = random.Choose(EnglishWords.Headings);
        return new PromptQuestion
        {
            Clean = Fill(tags[0], tags[1]),
            Corrupt = Fill(tags[1], tags[0]),
            Answer = tags[0],
            Foil = tags[1],
            Template = isNested ? "nested" : "flat",
        }.ToPrompt(tokenizer);

        PromptText Fill(string tag, string outer) => isNested
            ? PromptText.Of($"<{{OUTER}}><{{TAG}}>{heading}</", ("OUTER", outer), ("TAG", tag))
            : PromptText.Of($"<{{TAG}}>{heading}</", ("TAG", tag));
    }
}
