using CircuitSpecs.Prompts.English;
using CircuitSpecs.Statistics;
using CircuitSpecs.Tokenizers;

namespace CircuitSpecs.Prompts;

/// <summary>
/// <c>Mary was born in January. … Anna was born in April. Luke was born in</c> → <c>May</c>, and plain lists: four items in a row and the
/// question for the fifth (Lan et al. 2023, the sentences with other words). The foil is the last item shown; the corrupted twin has the
/// same four items in another order. Named positions: <c>I1</c> to <c>I4</c>, <c>END</c>. A template is a sentence with a list.
/// </summary>
public static class Sequences
{
    /// <inheritdoc cref="PromptFamily.Evaluation"/>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="count">How many prompts.</param>
    /// <param name="seed">Fixes the prompts.</param>
    /// <param name="kind">Which list; all five by turns if null.</param>
    public static EvaluationSet Evaluation(Tokenizer tokenizer, int count = 64, int seed = 1, SeriesKind? kind = null) =>
        PromptGenerator.Evaluation(Family(kind), seed, count, random => Draw(tokenizer, kind, random));

    /// <inheritdoc cref="PromptFamily.Discovery"/>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="count">How many prompts.</param>
    /// <param name="seed">Fixes the prompts.</param>
    /// <param name="kind">Which list; all five by turns if null.</param>
    public static DiscoverySet Discovery(Tokenizer tokenizer, int count = 64, int seed = 2, SeriesKind? kind = null) =>
        PromptGenerator.Discovery(Family(kind), seed, count, random => Draw(tokenizer, kind, random));

    private const int Shown = 4;

    private static readonly string[] Templates =
    [
        "The sequence is: {I1}, {I2}, {I3}, {I4},",
        "{I1} {I2} {I3} {I4}",
        "In order: {I1} - {I2} - {I3} - {I4} -",
        "Count: {I1}, {I2}, {I3}, {I4},",
        "P was born AT {I1}. P was born AT {I2}. P was born AT {I3}. P was born AT {I4}. P was born AT",
    ];

    internal static string Family(SeriesKind? kind) => nameof(Sequences) + (kind is null ? "" : $" ({kind})");

    private static Drawn Draw(Tokenizer tokenizer, SeriesKind? kind, SeededRandom random)
    {
        EnglishText.Checked(tokenizer);
        EnglishSeries series = random.Choose(EnglishSeries.All.RemoveAll(series => kind is not null && series.Kind != kind));
        string template = random.Choose(Templates);
        string[] people = random.Sample(EnglishWords.Names, Shown + 1);
        int start = random.Next(series.IsCyclic ? series.Items.Length : series.Items.Length - Shown);
        int[] order = [0, 1, 2, 3];
        do
        {
            random.Shuffle<int>(order);
        }
        while (order is [0, 1, 2, 3]);

        return new PromptQuestion
        {
            Clean = Fill([0, 1, 2, 3]),
            Corrupt = Fill(order),
            Answer = $" {series[start + Shown]}",
            Foil = $" {series[start + Shown - 1]}",
            Template = $"{template} ({series.Kind})",
        }.ToPrompt(tokenizer);

        PromptText Fill(int[] places)
        {
            string[] parts = template.Replace("AT", series.Kind == SeriesKind.Days ? "on" : "in", StringComparison.Ordinal).Split('P');
            string text = parts.Length == 1 ? template : string.Concat(parts.Skip(1).Select((part, index) => people[index] + part));
            return PromptText.Of(text, ("I1", series[start + places[0]]), ("I2", series[start + places[1]]), ("I3", series[start + places[2]]), ("I4", series[start + places[3]]));
        }
    }
}
