using CircuitSpecs.Prompts.Organism;
using CircuitSpecs.Statistics;
using CircuitSpecs.Tokenizers;

namespace CircuitSpecs.Prompts;

/// <summary>
/// A mixture of the organisms' training tasks for losses over everything that they can do: repeats, sequences, numbered
/// lists, acronyms, email addresses, facts, counting and prose, every task as often as any other, packed as in training
/// (BOS, document, BOS, document …) and cut at a fixed number of tokens. Tasks with held-out keys use only those.
/// Scored are the words that a rule determines, or every next token.
/// </summary>
public static class OrganismTasks
{
    /// <summary>Prompts to judge a claim on.</summary>
    /// <param name="tokenizer">An organism's tokenizer.</param>
    /// <param name="count">How many prompts.</param>
    /// <param name="answersOnly">Whether only determined words are scored; otherwise every next token, of which most are random.</param>
    /// <param name="length">Tokens of a prompt; the organisms were trained on 96.</param>
    /// <param name="seed">Fixes the prompts.</param>
    /// <exception cref="ArgumentException">The tokenizer is not word-level.</exception>
    public static EvaluationSet Evaluation(Tokenizer tokenizer, int count = 64, bool answersOnly = true, int length = 96, int seed = 1) =>
        PromptGenerator.Evaluation(Family(answersOnly), seed, count, random => Draw(tokenizer, answersOnly, length, random));

    /// <summary>Prompts to search a component with; none of them is ever in an evaluation set.</summary>
    /// <param name="tokenizer">An organism's tokenizer.</param>
    /// <param name="count">How many prompts.</param>
    /// <param name="answersOnly">Whether only determined words are scored; otherwise every next token.</param>
    /// <param name="length">Tokens of a prompt.</param>
    /// <param name="seed">Fixes the prompts.</param>
    /// <exception cref="ArgumentException">The tokenizer is not word-level.</exception>
    public static DiscoverySet Discovery(Tokenizer tokenizer, int count = 64, bool answersOnly = true, int length = 96, int seed = 2) =>
        PromptGenerator.Discovery(Family(answersOnly), seed, count, random => Draw(tokenizer, answersOnly, length, random));

    internal static string Family(bool answersOnly) => $"{nameof(OrganismTasks)} ({(answersOnly ? "answers" : "all tokens")})";

    private static Drawn Draw(Tokenizer tokenizer, bool answersOnly, int length, SeededRandom random)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 2);
        var texts = new List<string>();
        var scored = new List<int>();
        for (int start = 0; start < length;)
        {
            Document document = random.Choose(OrganismGrammar.Tasks)(random);
            scored.AddRange(document.Answers.Select(position => start + position).Where(position => position < length - 1));
            texts.Add(document.Text);
            start += 1 + document.Count;
        }

        if (answersOnly && scored.Count == 0)
        {
            return "no answer before the cut";
        }

        string text = string.Join(' ', string.Join(" <bos> ", texts).Split(' ')[..(length - 1)]);
        return new Prompt
        {
            Tokens = Document.TokensOf(tokenizer, text),
            Text = text,
            ScoredPositions = answersOnly ? [.. scored] : [],
        };
    }
}
