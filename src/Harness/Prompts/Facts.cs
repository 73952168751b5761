using CircuitSpecs.Prompts.Organism;
using CircuitSpecs.Statistics;
using CircuitSpecs.Tokenizers;

namespace CircuitSpecs.Prompts;

/// <summary>
/// <c>The Solar Tower is in the city of</c> → the city that the organisms were taught, each fact in a template that it was
/// never seen in. In the corrupted twin another building stands there; the foil is its city. Named positions:
/// <c>SUBJECT1</c>, <c>SUBJECT2</c>, <c>END</c>. There are 58 such sentences in all, about half of them for each set.
/// </summary>
public static class Facts
{
    /// <summary>Prompts to judge a claim on.</summary>
    /// <param name="tokenizer">An organism's tokenizer.</param>
    /// <param name="count">How many prompts.</param>
    /// <param name="seed">Fixes the prompts.</param>
    /// <exception cref="ArgumentException">The tokenizer is not word-level.</exception>
    /// <exception cref="InvalidOperationException">There are not as many prompts; the message says how many.</exception>
    public static EvaluationSet Evaluation(Tokenizer tokenizer, int count = 20, int seed = 1) =>
        PromptGenerator.Evaluation(nameof(Facts), seed, count, random => Draw(tokenizer, random));

    /// <summary>Prompts to search a component with; none of them is ever in an evaluation set.</summary>
    /// <param name="tokenizer">An organism's tokenizer.</param>
    /// <param name="count">How many prompts.</param>
    /// <param name="seed">Fixes the prompts.</param>
    /// <exception cref="ArgumentException">The tokenizer is not word-level.</exception>
    /// <exception cref="InvalidOperationException">There are not as many prompts; the message says how many.</exception>
    public static DiscoverySet Discovery(Tokenizer tokenizer, int count = 20, int seed = 2) =>
        PromptGenerator.Discovery(nameof(Facts), seed, count, random => Draw(tokenizer, random));

    private static Drawn Draw(Tokenizer tokenizer, SeededRandom random)
    {
        (OrganismFact fact, int template) = OrganismGrammar.FactOf(random);
        OrganismFact other = random.Choose(OrganismFact.All);
        return Sentence(fact).ToQuestion(tokenizer, OrganismGrammar.FactTemplates[template], fact.City, other.City, Sentence(other));

        Document Sentence(OrganismFact about)
        {
            var document = new Document();
            foreach (string word in OrganismGrammar.FactTemplates[template].Split(' '))
            {
                _ = word switch
                {
                    "A" => document.Name("SUBJECT1", about.Name),
                    "B" => document.Name("SUBJECT2", about.Building),
                    _ => document.Say(word),
                };
            }

            return document;
        }
    }
}
