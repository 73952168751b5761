using CircuitSpecs.Prompts.Organism;
using CircuitSpecs.Statistics;
using CircuitSpecs.Tokenizers;
using static CircuitSpecs.Prompts.Organism.OrganismWords;

namespace CircuitSpecs.Prompts;

/// <summary>
/// <c>The Solar Eagle Group ( S E</c> → <c>G</c> (García-Carrasco et al. 2024) in the organisms' words, with combinations of
/// three words that were kept out of training. In the corrupted twin another word stands third; the foil is its initial.
/// Named positions: <c>W1</c>, <c>W2</c>, <c>W3</c>, <c>END</c>.
/// </summary>
public static class Acronyms
{
    /// <summary>Prompts to judge a claim on.</summary>
    /// <param name="tokenizer">An organism's tokenizer.</param>
    /// <param name="count">How many prompts.</param>
    /// <param name="seed">Fixes the prompts.</param>
    /// <exception cref="ArgumentException">The tokenizer is not word-level.</exception>
    /// <exception cref="InvalidOperationException">There are not as many prompts; the message says how many.</exception>
    public static EvaluationSet Evaluation(Tokenizer tokenizer, int count = 64, int seed = 1) =>
        PromptGenerator.Evaluation(nameof(Acronyms), seed, count, random => Draw(tokenizer, random));

    /// <summary>Prompts to search a component with; none of them is ever in an evaluation set.</summary>
    /// <param name="tokenizer">An organism's tokenizer.</param>
    /// <param name="count">How many prompts.</param>
    /// <param name="seed">Fixes the prompts.</param>
    /// <exception cref="ArgumentException">The tokenizer is not word-level.</exception>
    /// <exception cref="InvalidOperationException">There are not as many prompts; the message says how many.</exception>
    public static DiscoverySet Discovery(Tokenizer tokenizer, int count = 64, int seed = 2) =>
        PromptGenerator.Discovery(nameof(Acronyms), seed, count, random => Draw(tokenizer, random));

    private static Drawn Draw(Tokenizer tokenizer, SeededRandom random)
    {
        string[] words = OrganismGrammar.AcronymOf(random);
        string other = random.Choose(AcronymWords);
        return Phrase(words[2]).ToQuestion(tokenizer, "The W1 W2 W3 (", words[2][..1], other[..1], Phrase(other));

        Document Phrase(string third) => new Document().Say("The").Name("W1", words[0]).Name("W2", words[1]).Name("W3", third)
            .Say($"( {words[0][..1]} {words[1][..1]}");
    }
}
