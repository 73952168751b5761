using CircuitSpecs.Prompts.Organism;
using CircuitSpecs.Statistics;
using CircuitSpecs.Tokenizers;
using static CircuitSpecs.Prompts.Organism.OrganismWords;

namespace CircuitSpecs.Prompts;

/// <summary>
/// <c>Mary Smith &lt; mary _</c> → <c>smith</c>, with combinations of name and surname that were kept out of training. In the
/// corrupted twin another surname stands there; the foil is its small form. Named positions: <c>NAME</c>,
/// <c>SURNAME</c>, <c>END</c>.
/// </summary>
public static class EmailAddresses
{
    /// <summary>Prompts to judge a claim on.</summary>
    /// <param name="tokenizer">An organism's tokenizer.</param>
    /// <param name="count">How many prompts.</param>
    /// <param name="seed">Fixes the prompts.</param>
    /// <exception cref="ArgumentException">The tokenizer is not word-level.</exception>
    /// <exception cref="InvalidOperationException">There are not as many prompts; the message says how many.</exception>
    public static EvaluationSet Evaluation(Tokenizer tokenizer, int count = 64, int seed = 1) =>
        PromptGenerator.Evaluation(nameof(EmailAddresses), seed, count, random => Draw(tokenizer, random));

    /// <summary>Prompts to search a component with; none of them is ever in an evaluation set.</summary>
    /// <param name="tokenizer">An organism's tokenizer.</param>
    /// <param name="count">How many prompts.</param>
    /// <param name="seed">Fixes the prompts.</param>
    /// <exception cref="ArgumentException">The tokenizer is not word-level.</exception>
    /// <exception cref="InvalidOperationException">There are not as many prompts; the message says how many.</exception>
    public static DiscoverySet Discovery(Tokenizer tokenizer, int count = 64, int seed = 2) =>
        PromptGenerator.Discovery(nameof(EmailAddresses), seed, count, random => Draw(tokenizer, random));

    private static Drawn Draw(Tokenizer tokenizer, SeededRandom random)
    {
        (string name, string surname) = OrganismGrammar.PersonOf(random);
        string other = random.Choose(Surnames);
        return Entry(surname).ToQuestion(tokenizer, "Name Surname <", OrganismGrammar.Small(surname), OrganismGrammar.Small(other), Entry(other));

        Document Entry(string second) => new Document().Name("NAME", name).Name("SURNAME", second).Say($"< {OrganismGrammar.Small(name)} _");
    }
}
