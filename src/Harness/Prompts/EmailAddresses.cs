using CircuitSpecs.Prompts.English;
using CircuitSpecs.Prompts.Organism;
using CircuitSpecs.Statistics;
using CircuitSpecs.Tokenizers;

namespace CircuitSpecs.Prompts;

/// <summary>
/// <c>Mary Smith &lt;mary_</c> → <c>smith</c>, or <c>Mary Smith &lt;</c> → <c>mary</c>, behind as many complete lines
/// as are asked for. In the corrupted twin another name stands there; the foil is its small form. In the organisms' words only the
/// surname is asked for, without examples, with combinations that were kept out of training. Named positions: <c>NAME</c>, <c>SURNAME</c>, <c>END</c>.
/// </summary>
public static class EmailAddresses
{
    /// <inheritdoc cref="PromptFamily.Evaluation"/>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="count">How many prompts.</param>
    /// <param name="seed">Fixes the prompts.</param>
    /// <param name="part">Which part is asked for.</param>
    /// <param name="examples">Complete lines before the question.</param>
    public static EvaluationSet Evaluation(Tokenizer tokenizer, int count = 64, int seed = 1, EmailPart part = EmailPart.Surname, int examples = 0) =>
        PromptGenerator.Evaluation(Family(part, examples), seed, count, random => Draw(tokenizer, part, examples, random));

    /// <inheritdoc cref="PromptFamily.Discovery"/>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="count">How many prompts.</param>
    /// <param name="seed">Fixes the prompts.</param>
    /// <param name="part">Which part is asked for.</param>
    /// <param name="examples">Complete lines before the question.</param>
    public static DiscoverySet Discovery(Tokenizer tokenizer, int count = 64, int seed = 2, EmailPart part = EmailPart.Surname, int examples = 0) =>
        PromptGenerator.Discovery(Family(part, examples), seed, count, random => Draw(tokenizer, part, examples, random));

    internal static string Family(EmailPart part, int examples) => (part, examples) == (EmailPart.Surname, 0)
        ? nameof(EmailAddresses)
        : $"{nameof(EmailAddresses)} ({part}, {examples} examples)";

    private static Drawn Draw(Tokenizer tokenizer, EmailPart part, int examples, SeededRandom random) =>
        EnglishText.DrawBy(tokenizer, random, (words, draws) => DrawOrganism(words, part, examples, draws), (words, draws) => DrawEnglish(words, part, examples, draws));

    private static Drawn DrawOrganism(Tokenizer tokenizer, EmailPart part, int examples, SeededRandom random) => (part, examples) == (EmailPart.Surname, 0)
        ? OrganismQuestions.EmailAddress(tokenizer, random)
        : throw new ArgumentException("The organisms were taught to write the surname, without examples: leave both as they are.", nameof(part));

    private static Drawn DrawEnglish(Tokenizer tokenizer, EmailPart part, int examples, SeededRandom random)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(examples);
        string[] names = random.Sample(EnglishWords.Names, examples + 2);
        string[] surnames = random.Sample(EnglishWords.Surnames, examples + 2);
        string before = string.Concat(Enumerable.Range(2, examples).Select(person => $"{names[person]} {surnames[person]} <{Small(names[person])}_{Small(surnames[person])}@example.com>\n"));
        bool isSurname = part == EmailPart.Surname;
        return new PromptQuestion
        {
            Clean = Fill(names[0], surnames[0]),
            Corrupt = isSurname ? Fill(names[0], surnames[1]) : Fill(names[1], surnames[0]),
            Answer = Small(isSurname ? surnames[0] : names[0]),
            Foil = Small(isSurname ? surnames[1] : names[1]),
            Template = $"NAME SURNAME < {part}",
        }.ToPrompt(tokenizer);

        PromptText Fill(string name, string surname) => PromptText.Of(before).Then($"{{NAME}} {{SURNAME}} <{(isSurname ? $"{Small(name)}_" : "")}", ("NAME", name), ("SURNAME", surname));
    }

    private static string Small(string word) => word.ToLowerInvariant();
}
