using CircuitSpecs.Prompts.English;
using CircuitSpecs.Statistics;
using CircuitSpecs.Tokenizers;

namespace CircuitSpecs.Prompts;

/// <summary>
/// <c>result = (x, y, key</c> → <c>)</c>, or nested, <c>result = {x, [y, key</c> → <c>]</c>: the kind of the bracket that was opened
/// last. In the corrupted twin another kind is open there (nested: the two change places); the foil closes it. Many vocabularies join closing
/// brackets with what follows (<c>])</c>), so compare answer and foil rather than ask for the most likely token. Named positions: <c>OPEN</c>,
/// nested also <c>OUTER</c>; <c>END</c>.
/// </summary>
public static class Brackets
{
    /// <inheritdoc cref="PromptFamily.Evaluation"/>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="count">How many prompts.</param>
    /// <param name="seed">Fixes the prompts.</param>
    /// <param name="isNested">Whether another bracket is open around it.</param>
    public static EvaluationSet Evaluation(Tokenizer tokenizer, int count = 64, int seed = 1, bool isNested = false) =>
        PromptGenerator.Evaluation(Family(isNested), seed, count, random => Draw(tokenizer, isNested, random));

    /// <inheritdoc cref="PromptFamily.Discovery"/>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="count">How many prompts.</param>
    /// <param name="seed">Fixes the prompts.</param>
    /// <param name="isNested">Whether another bracket is open around it.</param>
    public static DiscoverySet Discovery(Tokenizer tokenizer, int count = 64, int seed = 2, bool isNested = false) =>
        PromptGenerator.Discovery(Family(isNested), seed, count, random => Draw(tokenizer, isNested, random));

    private static readonly string[] Beginnings = ["result =", "print", "x =", "return", "values ="];

    private static readonly (string Open, string Close)[] Kinds = [("(", ")"), ("[", "]"), ("{", "}")];

    internal static string Family(bool isNested) => nameof(Brackets) + (isNested ? " (nested)" : "");

    private static Drawn Draw(Tokenizer tokenizer, bool isNested, SeededRandom random)
    {
        EnglishText.Checked(tokenizer);
        string beginning = random.Choose(Beginnings);
        string[] items = random.Sample(EnglishWords.Variables, 3);
        (string Open, string Close)[] kinds = random.Sample(Kinds, 2);
        return new PromptQuestion
        {
            Clean = Fill(kinds[0].Open, kinds[1].Open),
            Corrupt = Fill(kinds[1].Open, kinds[0].Open),
            Answer = kinds[0].Close,
            Foil = kinds[1].Close,
            Template = beginning,
        }.ToPrompt(tokenizer);

        PromptText Fill(string open, string outer) => isNested
            ? PromptText.Of($"{beginning} {{OUTER}}{items[0]}, {{OPEN}}{items[1]}, {items[2]}", ("OUTER", outer), ("OPEN", open))
            : PromptText.Of($"{beginning} {{OPEN}}{items[0]}, {items[1]}, {items[2]}", ("OPEN", open));
    }
}
