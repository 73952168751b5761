using System.Collections.Immutable;
using CircuitSpecs.Prompts.English;
using CircuitSpecs.Statistics;
using CircuitSpecs.Tokenizers;

namespace CircuitSpecs.Prompts;

/// <summary>
/// <c>hot -&gt; cold\nbig -&gt; small\n … wide -&gt;</c> → <c> narrow</c>: a relation that the examples show. The foil is the answer to
/// another word, which is asked about in the corrupted twin, or else the twin has the examples' answers in another order. Named positions:
/// <c>X1</c>, <c>Y1</c> … (the examples), <c>QUERY</c>, <c>END</c>. A country at the beginning of a line is seldom one token: of capitals they are
/// <c>X1_FIRST</c>, <c>X1_LAST</c> … and <c>QUERY_FIRST</c>, <c>QUERY_LAST</c>; capitals of several tokens are left out.
/// </summary>
public static class FewShot
{
    /// <inheritdoc cref="PromptFamily.Evaluation"/>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="count">How many prompts.</param>
    /// <param name="seed">Fixes the prompts.</param>
    /// <param name="task">The relation.</param>
    /// <param name="examples">How many are shown; at least 2 where their answers are shuffled.</param>
    /// <param name="corruption">What differs in the corrupted twin.</param>
    public static EvaluationSet Evaluation(Tokenizer tokenizer, int count = 32, int seed = 1, FewShotTask task = FewShotTask.Antonyms, int examples = 5, FewShotCorruption corruption = FewShotCorruption.OtherQuery) =>
        PromptGenerator.Evaluation(Family(task, examples, corruption), seed, count, random => Draw(tokenizer, task, examples, corruption, random));

    /// <inheritdoc cref="PromptFamily.Discovery"/>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="count">How many prompts.</param>
    /// <param name="seed">Fixes the prompts.</param>
    /// <param name="task">The relation.</param>
    /// <param name="examples">How many are shown; at least 2 where their answers are shuffled.</param>
    /// <param name="corruption">What differs in the corrupted twin.</param>
    public static DiscoverySet Discovery(Tokenizer tokenizer, int count = 32, int seed = 2, FewShotTask task = FewShotTask.Antonyms, int examples = 5, FewShotCorruption corruption = FewShotCorruption.OtherQuery) =>
        PromptGenerator.Discovery(Family(task, examples, corruption), seed, count, random => Draw(tokenizer, task, examples, corruption, random));

    internal static string Family(FewShotTask task, int examples, FewShotCorruption corruption) => (task, examples, corruption) == (FewShotTask.Antonyms, 5, FewShotCorruption.OtherQuery)
        ? nameof(FewShot)
        : $"{nameof(FewShot)} ({task}, {examples} examples{(corruption == FewShotCorruption.OtherQuery ? "" : $", {corruption}")})";

    private static Drawn Draw(Tokenizer tokenizer, FewShotTask task, int examples, FewShotCorruption corruption, SeededRandom random)
    {
        EnglishText.Checked(tokenizer);
        bool shuffles = corruption == FewShotCorruption.ShuffledAnswers;
        ArgumentOutOfRangeException.ThrowIfLessThan(examples, shuffles ? 2 : 0);
        ImmutableArray<string>[] pairs = random.Sample(PairsOf(task, tokenizer), examples + 2);
        int[] right = [.. Enumerable.Range(0, examples)];
        string spread = task == FewShotTask.Capitals ? "*" : "";
        return new PromptQuestion
        {
            Clean = Fill(pairs[0], right),
            Corrupt = shuffles ? Fill(pairs[0], [.. right.Skip(1), 0]) : Fill(pairs[1], right),
            Answer = $" {pairs[0][1]}",
            Foil = $" {pairs[1][1]}",
            Template = $"{task}",
        }.ToPrompt(tokenizer);

        PromptText Fill(ImmutableArray<string> query, int[] answers)
        {
            PromptText text = PromptText.Of("");
            for (int example = 0; example < examples; example++)
            {
                text = text.Then($"{{X{example + 1}{spread}}} -> {{Y{example + 1}}}\n", ($"X{example + 1}", pairs[example + 2][0]), ($"Y{example + 1}", pairs[answers[example] + 2][1]));
            }

            return text.Then($"{{QUERY{spread}}} ->", ("QUERY", query[0]));
        }
    }

    private static ImmutableArray<ImmutableArray<string>> PairsOf(FewShotTask task, Tokenizer tokenizer) => task switch
    {
        FewShotTask.Antonyms => EnglishWords.Antonyms,
        FewShotTask.Plurals => EnglishWords.Nouns,
        FewShotTask.PastTense => EnglishWords.Verbs,

        // Half of them are several tokens: six or seven that are all one would hardly ever be drawn.
        FewShotTask.Capitals => EnglishWords.Countries.RemoveAll(country => tokenizer.Encode($" {country[1]}").Length != 1),
        _ => throw new ArgumentOutOfRangeException(nameof(task), task, "There is no such task."),
    };
}
