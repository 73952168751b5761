using CircuitSpecs.Prompts.English;
using CircuitSpecs.Statistics;
using CircuitSpecs.Tokenizers;

namespace CircuitSpecs.Prompts;

/// <summary>
/// <c>It was late. Mary walked to the store.</c> → <c> The</c> and other beginnings of sentences with a capital letter; in the corrupted
/// twin a comma stands for the full stop, and the same words in small letters are right. <c>AnswerSet</c> and <c>FoilSet</c> are the
/// same words, capitalised and small, so that nothing but the letter differs; answer and foil are one of them. Named positions: <c>MARK</c>, <c>END</c>
/// (the same token).
/// </summary>
public static class SentenceStarts
{
    /// <inheritdoc cref="PromptFamily.Evaluation"/>
    public static EvaluationSet Evaluation(Tokenizer tokenizer, int count = 64, int seed = 1) =>
        PromptGenerator.Evaluation(nameof(SentenceStarts), seed, count, random => Draw(tokenizer, random));

    /// <inheritdoc cref="PromptFamily.Discovery"/>
    public static DiscoverySet Discovery(Tokenizer tokenizer, int count = 64, int seed = 2) =>
        PromptGenerator.Discovery(nameof(SentenceStarts), seed, count, random => Draw(tokenizer, random));

    private static readonly string[] Before = ["It was late.", "Nothing had changed.", "The summer was nearly over.", "There was no wind that day.", "Everybody was tired."];

    private static readonly string[] Clauses =
    [
        "PERSON walked to the PLACE", "PERSON came back from the PLACE", "PERSON saw the PLACE from the hill", "PERSON had lost a THING",
        "PERSON was looking for a THING", "the THING was found near the PLACE", "the PLACE was closed", "PERSON put a THING on the table",
    ];

    private static Drawn Draw(Tokenizer tokenizer, SeededRandom random)
    {
        EnglishText.Checked(tokenizer);
        string clause = random.Choose(Clauses);
        string filled = clause
            .Replace("PERSON", random.Choose(EnglishWords.Names), StringComparison.Ordinal)
            .Replace("PLACE", random.Choose(EnglishWords.Places), StringComparison.Ordinal)
            .Replace("a THING", EnglishWords.WithArticle(random.Choose(EnglishWords.Objects)), StringComparison.Ordinal)
            .Replace("THING", random.Choose(EnglishWords.Objects), StringComparison.Ordinal);
        string text = $"{random.Choose(Before)} {Capitalised(filled)}{{MARK}}";
        string opener = random.Choose(EnglishWords.Openers);
        return new PromptQuestion
        {
            Clean = PromptText.Of(text, ("MARK", ".")),
            Corrupt = PromptText.Of(text, ("MARK", ",")),
            Answer = $" {Capitalised(opener)}",
            Foil = $" {opener}",
            Template = clause,
        }.ToPrompt(tokenizer).With(prompt => prompt with
        {
            AnswerSet = [.. Pairs(tokenizer).Select(pair => pair.Capital)],
            FoilSet = [.. Pairs(tokenizer).Select(pair => pair.Small)],
        });
    }

    // Only words that are one token both ways, so that each has its counterpart in the other set.
    private static IEnumerable<(int Capital, int Small)> Pairs(Tokenizer tokenizer) => EnglishWords.Openers
        .Select(word => (Capital: tokenizer.Encode($" {Capitalised(word)}"), Small: tokenizer.Encode($" {word}")))
        .Where(pair => pair.Capital.Length == 1 && pair.Small.Length == 1)
        .Select(pair => (pair.Capital[0].Id, pair.Small[0].Id));

    private static string Capitalised(string text) => char.ToUpperInvariant(text[0]) + text[1..];
}
