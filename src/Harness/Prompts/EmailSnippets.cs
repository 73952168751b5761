using CircuitSpecs.Prompts.English;
using CircuitSpecs.Statistics;
using CircuitSpecs.Tokenizers;

namespace CircuitSpecs.Prompts;

/// <summary>
/// <c>Name: Ben King, Email: king.ben@example.com</c>, three such lines, and <c>Name: Amy Hill, Email:</c> → <c> hill</c>, or
/// <c>… Email: hill.</c> → <c>amy</c>: an address to be put together in another order than the name. In the corrupted twin another
/// name stands there; the foil is its small form. Named positions: <c>NAME</c>, <c>SURNAME</c>, <c>END</c>.
/// </summary>
public static class EmailSnippets
{
    /// <inheritdoc cref="PromptFamily.Evaluation"/>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="count">How many prompts.</param>
    /// <param name="seed">Fixes the prompts.</param>
    /// <param name="part">Which part is asked for.</param>
    public static EvaluationSet Evaluation(Tokenizer tokenizer, int count = 64, int seed = 1, EmailPart part = EmailPart.Surname) =>
        PromptGenerator.Evaluation(Family(part), seed, count, random => Draw(tokenizer, part, random));

    /// <inheritdoc cref="PromptFamily.Discovery"/>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="count">How many prompts.</param>
    /// <param name="seed">Fixes the prompts.</param>
    /// <param name="part">Which part is asked for.</param>
    public static DiscoverySet Discovery(Tokenizer tokenizer, int count = 64, int seed = 2, EmailPart part = EmailPart.Surname) =>
        PromptGenerator.Discovery(Family(part), seed, count, random => Draw(tokenizer, part, random));

    private const int Examples = 3;

    internal static string Family(EmailPart part) => nameof(EmailSnippets) + (part == EmailPart.Surname ? "" : $" ({part})");

    private static Drawn Draw(Tokenizer tokenizer, EmailPart part, SeededRandom random)
    {
        EnglishText.Checked(tokenizer);
        string[] names = random.Sample(EnglishWords.Names, Examples + 2);
        string[] surnames = random.Sample(EnglishWords.Surnames, Examples + 2);
        string before = string.Concat(Enumerable.Range(2, Examples).Select(person => $"Name: {names[person]} {surnames[person]}, Email: {Small(surnames[person])}.{Small(names[person])}@example.com\n"));
        bool isSurname = part == EmailPart.Surname;
        return new PromptQuestion
        {
            Clean = Fill(names[0], surnames[0]),
            Corrupt = isSurname ? Fill(names[0], surnames[1]) : Fill(names[1], surnames[0]),
            Answer = isSurname ? $" {Small(surnames[0])}" : Small(names[0]),
            Foil = isSurname ? $" {Small(surnames[1])}" : Small(names[1]),
            Template = $"Name: NAME SURNAME, Email: {part}",
        }.ToPrompt(tokenizer);

        PromptText Fill(string name, string surname) => PromptText.Of(before).Then($"Name: {{NAME}} {{SURNAME}}, Email:{(isSurname ? "" : $" {Small(surname)}.")}", ("NAME", name), ("SURNAME", surname));
    }

    private static string Small(string word) => word.ToLowerInvariant();
}
