using CircuitSpecs.Prompts.English;
using CircuitSpecs.Statistics;
using CircuitSpecs.Tokenizers;

namespace CircuitSpecs.Prompts;

/// <summary>
/// <c>In the room there were a cat, a spoon, a horse, a lamp and a dog. The number of animals was</c> → <c> three</c>, behind as many
/// counted lists as are asked for: five things, one to four of them of the kind that is counted. In the corrupted twin one thing is
/// of the other kind, so that there is one more or one less; the foil is that number. Named positions: <c>I1</c> to <c>I5</c> (the things),
/// <c>KIND</c>, <c>END</c>.
/// </summary>
public static class Counting
{
    /// <inheritdoc cref="PromptFamily.Evaluation"/>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="count">How many prompts.</param>
    /// <param name="seed">Fixes the prompts.</param>
    /// <param name="examples">Lists that are counted before the question.</param>
    public static EvaluationSet Evaluation(Tokenizer tokenizer, int count = 64, int seed = 1, int examples = 2) =>
        PromptGenerator.Evaluation(Family(examples), seed, count, random => Draw(tokenizer, examples, random));

    /// <inheritdoc cref="PromptFamily.Discovery"/>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="count">How many prompts.</param>
    /// <param name="seed">Fixes the prompts.</param>
    /// <param name="examples">Lists that are counted before the question.</param>
    public static DiscoverySet Discovery(Tokenizer tokenizer, int count = 64, int seed = 2, int examples = 2) =>
        PromptGenerator.Discovery(Family(examples), seed, count, random => Draw(tokenizer, examples, random));

    private const int Things = 5;

    internal static string Family(int examples) => examples == 2 ? nameof(Counting) : $"{nameof(Counting)} ({examples} examples)";

    private static Drawn Draw(Tokenizer tokenizer, int examples, SeededRandom random)
    {
        EnglishText.Checked(tokenizer);
        ArgumentOutOfRangeException.ThrowIfNegative(examples);
        bool animals = random.Next(2) == 0;
        string[] counted = [.. (animals ? EnglishWords.Animals : EnglishWords.Fruits).Where(HasPlainArticle)];
        string[] others = [.. EnglishWords.Utensils.Where(HasPlainArticle)];
        string kind = animals ? "animals" : "fruits";
        string before = "";
        for (int example = 0; example < examples; example++)
        {
            (string[] shown, int number) = List();
            before += $"In the room there were a {shown[0]}, a {shown[1]}, a {shown[2]}, a {shown[3]} and a {shown[4]}. The number of {kind} was {EnglishWords.NumberWords[number - 1]}.\n";
        }

        (string[] things, int right) = List();
        int place = random.Next(Things);
        string[] changed = [.. things];
        bool fewer = counted.Contains(things[place]);
        changed[place] = random.Choose((fewer ? others : counted).Except(things).ToArray());
        int wrong = fewer ? right - 1 : right + 1;
        return wrong == 0 ? "nothing would be left to count" : new PromptQuestion
        {
            Clean = Fill(things),
            Corrupt = Fill(changed),
            Answer = $" {EnglishWords.NumberWords[right - 1]}",
            Foil = $" {EnglishWords.NumberWords[wrong - 1]}",
            Template = kind,
        }.ToPrompt(tokenizer);

        (string[] Things, int Number) List()
        {
            int number = 1 + random.Next(Things - 1);
            string[] list = [.. random.Sample(counted, number), .. random.Sample(others, Things - number)];
            random.Shuffle<string>(list);
            return (list, number);
        }

        PromptText Fill(string[] list) => PromptText.Of(before).Then(
            "In the room there were a {I1}, a {I2}, a {I3}, a {I4} and a {I5}. The number of {KIND} was",
            ("I1", list[0]), ("I2", list[1]), ("I3", list[2]), ("I4", list[3]), ("I5", list[4]), ("KIND", kind));
    }

    private static bool HasPlainArticle(string word) => EnglishWords.WithArticle(word)[1] == ' ';
}
