using System.Collections.Immutable;
using CircuitSpecs.Prompts.English;
using CircuitSpecs.Statistics;
using CircuitSpecs.Tokenizers;

namespace CircuitSpecs.Prompts;

/// <summary>
/// Labels by category without any word repeated, so that only fuzzy, pattern-matching induction helps. Two classes:
/// <c>Lucy: A\nMadrid: B\n … Tokyo:</c> → <c> B</c>, six lines. Four classes: a month or a colour with an animal or a fruit,
/// <c>July lemon: C\npink grape: B\n … March cat:</c> → its label, eight lines (after the example of Olsson et al. 2022). In the
/// corrupted twin the word asked about (of four classes: the first of the two) is of the other category; the foil is that label. Named
/// positions: <c>QUERY</c>, of four classes <c>Q1</c> and <c>Q2</c>; <c>END</c>.
/// </summary>
public static class CategoryLabels
{
    /// <inheritdoc cref="PromptFamily.Evaluation"/>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="count">How many prompts.</param>
    /// <param name="seed">Fixes the prompts.</param>
    /// <param name="classes">2 or 4.</param>
    public static EvaluationSet Evaluation(Tokenizer tokenizer, int count = 32, int seed = 1, int classes = 2) =>
        PromptGenerator.Evaluation(Family(classes), seed, count, random => Draw(tokenizer, classes, random));

    /// <inheritdoc cref="PromptFamily.Discovery"/>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="count">How many prompts.</param>
    /// <param name="seed">Fixes the prompts.</param>
    /// <param name="classes">2 or 4.</param>
    public static DiscoverySet Discovery(Tokenizer tokenizer, int count = 32, int seed = 2, int classes = 2) =>
        PromptGenerator.Discovery(Family(classes), seed, count, random => Draw(tokenizer, classes, random));

    private static readonly string[] Labels = ["A", "B", "C", "D"];

    internal static string Family(int classes) => classes switch
    {
        2 => nameof(CategoryLabels),
        4 => $"{nameof(CategoryLabels)} (4 classes)",
        _ => throw new ArgumentOutOfRangeException(nameof(classes), classes, "There are lists for 2 or 4 classes."),
    };

    private static Drawn Draw(Tokenizer tokenizer, int classes, SeededRandom random)
    {
        EnglishText.Checked(tokenizer);
        return classes == 2 ? Two(tokenizer, random) : Four(tokenizer, random);
    }

    private static Drawn Two(Tokenizer tokenizer, SeededRandom random)
    {
        ImmutableArray<string>[] categories = random.Sample([EnglishWords.Names, EnglishWords.Cities, EnglishWords.Animals, EnglishWords.Fruits, EnglishWords.Months], 2);
        string[][] words = [random.Sample(categories[0], 4), random.Sample(categories[1], 4)];
        (string Word, int Label)[] lines = [.. Enumerable.Range(0, 6).Select(line => (words[line % 2][line / 2], line % 2))];
        random.Shuffle<(string, int)>(lines);
        string before = string.Concat(lines.Select(line => $"{line.Word}: {Labels[line.Label]}\n"));
        int asked = random.Next(2);
        return new PromptQuestion
        {
            Clean = Fill(words[asked][3]),
            Corrupt = Fill(words[1 - asked][3]),
            Answer = $" {Labels[asked]}",
            Foil = $" {Labels[1 - asked]}",
            Template = "2 classes",
        }.ToPrompt(tokenizer);

        PromptText Fill(string word) => PromptText.Of(before).Then("{QUERY}:", ("QUERY", word));
    }

    private static Drawn Four(Tokenizer tokenizer, SeededRandom random)
    {
        string[] labels = random.Sample(Labels, 4);
        string[][] first = [random.Sample(EnglishWords.Months, 5), random.Sample(EnglishWords.Colours, 5)];
        string[][] second = [random.Sample(EnglishWords.Animals, 5), random.Sample(EnglishWords.Fruits, 5)];
        string[] lines = [.. Enumerable.Range(0, 8).Select(line => (One: line / 2 % 2, Two: line % 2, Round: line / 4))
            .Select(line => $"{first[line.One][line.Round + (2 * line.Two)]} {second[line.Two][line.Round + (2 * line.One)]}: {labels[(2 * line.One) + line.Two]}\n")];
        random.Shuffle<string>(lines);
        (int one, int two) = (random.Next(2), random.Next(2));
        return new PromptQuestion
        {
            Clean = Fill(one),
            Corrupt = Fill(1 - one),
            Answer = $" {labels[(2 * one) + two]}",
            Foil = $" {labels[(2 * (1 - one)) + two]}",
            Template = "4 classes",
        }.ToPrompt(tokenizer);

        PromptText Fill(int asked) => PromptText.Of(string.Concat(lines)).Then("{Q1} {Q2}:", ("Q1", first[asked][4]), ("Q2", second[two][4]));
    }
}
