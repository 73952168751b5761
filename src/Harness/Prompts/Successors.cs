using CircuitSpecs.Prompts.Organism;
using CircuitSpecs.Statistics;
using CircuitSpecs.Tokenizers;

namespace CircuitSpecs.Prompts;

/// <summary>
/// <c>The one after Monday is</c> → <c>Tuesday</c>, for numbers, number words, months, days and letters in three templates,
/// with combinations of item and template that were kept out of training. In the corrupted twin another item of the same
/// list stands there; the foil is its successor. Named positions: <c>ITEM</c>, <c>END</c>. A template is a sentence with a list.
/// </summary>
public static class Successors
{
    /// <summary>Prompts to judge a claim on.</summary>
    /// <param name="tokenizer">An organism's tokenizer.</param>
    /// <param name="count">How many prompts.</param>
    /// <param name="seed">Fixes the prompts.</param>
    /// <exception cref="ArgumentException">The tokenizer is not word-level.</exception>
    /// <exception cref="InvalidOperationException">There are not as many prompts; the message says how many.</exception>
    public static EvaluationSet Evaluation(Tokenizer tokenizer, int count = 32, int seed = 1) =>
        PromptGenerator.Evaluation(nameof(Successors), seed, count, random => Draw(tokenizer, random));

    /// <summary>Prompts to search a component with; none of them is ever in an evaluation set.</summary>
    /// <param name="tokenizer">An organism's tokenizer.</param>
    /// <param name="count">How many prompts.</param>
    /// <param name="seed">Fixes the prompts.</param>
    /// <exception cref="ArgumentException">The tokenizer is not word-level.</exception>
    /// <exception cref="InvalidOperationException">There are not as many prompts; the message says how many.</exception>
    public static DiscoverySet Discovery(Tokenizer tokenizer, int count = 32, int seed = 2) =>
        PromptGenerator.Discovery(nameof(Successors), seed, count, random => Draw(tokenizer, random));

    private static readonly string[] Templates = ["The one after X is", "After X comes", "X is followed by"];

    private static Drawn Draw(Tokenizer tokenizer, SeededRandom random)
    {
        int template = random.Next(Templates.Length);
        OrganismSeries series = random.Choose(OrganismSeries.All);
        int item = random.Choose([.. Enumerable.Range(0, series.Followed).Where(index => (index + template) % 5 == 0)]);
        int other = random.Next(series.Followed);
        return Sentence(item).ToQuestion(tokenizer, $"{Templates[template]} ({series.Name})", series.After(item), series.After(other), Sentence(other));

        Document Sentence(int index)
        {
            var document = new Document();
            foreach (string word in Templates[template].Split(' '))
            {
                _ = word == "X" ? document.Name("ITEM", series.Items[index]) : document.Say(word);
            }

            return document;
        }
    }
}
