using CircuitSpecs.Prompts.English;
using CircuitSpecs.Prompts.Organism;
using CircuitSpecs.Statistics;
using CircuitSpecs.Tokenizers;

namespace CircuitSpecs.Prompts;

/// <summary>
/// <c>The day after Monday is</c> → <c>Tuesday</c>, one step in numbers, number words, months, days and letters. In the corrupted
/// twin another item of the same list stands there; the foil is its successor. In the organisms' words: three templates with the
/// combinations of item and template that were kept out of training. Named positions: <c>ITEM</c>, <c>END</c>. A template
/// is a sentence with a list.
/// </summary>
public static class Successors
{
    /// <inheritdoc cref="PromptFamily.Evaluation"/>
    public static EvaluationSet Evaluation(Tokenizer tokenizer, int count = 32, int seed = 1) =>
        PromptGenerator.Evaluation(nameof(Successors), seed, count, random => Draw(tokenizer, random));

    /// <inheritdoc cref="PromptFamily.Discovery"/>
    public static DiscoverySet Discovery(Tokenizer tokenizer, int count = 32, int seed = 2) =>
        PromptGenerator.Discovery(nameof(Successors), seed, count, random => Draw(tokenizer, random));

    private static Drawn Draw(Tokenizer tokenizer, SeededRandom random) => EnglishText.DrawBy(tokenizer, random, OrganismQuestions.Successor, DrawEnglish);

    private static Drawn DrawEnglish(Tokenizer tokenizer, SeededRandom random)
    {
        EnglishSeries series = random.Choose(EnglishSeries.All);
        string template = random.Choose([$"The {series.Noun} after {{ITEM}} is", $"After {{ITEM}} comes the {series.Noun}", $"If this {series.Noun} is {{ITEM}}, the next one is"]);
        int[] items = random.Sample([.. Enumerable.Range(0, series.Followed)], 2);
        return new PromptQuestion
        {
            Clean = PromptText.Of(template, ("ITEM", series[items[0]])),
            Corrupt = PromptText.Of(template, ("ITEM", series[items[1]])),
            Answer = $" {series[items[0] + 1]}",
            Foil = $" {series[items[1] + 1]}",
            Template = template,
        }.ToPrompt(tokenizer);
    }
}
