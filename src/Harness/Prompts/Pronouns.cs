using CircuitSpecs.Prompts.Organism;
using CircuitSpecs.Statistics;
using CircuitSpecs.Tokenizers;
using static CircuitSpecs.Prompts.Organism.OrganismWords;

namespace CircuitSpecs.Prompts;

/// <summary>
/// <c>Mary is a great friend , isn't</c> → <c>she</c>, in three templates, with combinations of name and template that were
/// kept out of training. The foil is the other pronoun; the corrupted twin has the neighbouring name of the other gender.
/// Named positions: <c>NAME</c>, <c>END</c>. There are 48 such prompts in all, about half of them for each set.
/// </summary>
public static class Pronouns
{
    /// <summary>Prompts to judge a claim on.</summary>
    /// <param name="tokenizer">An organism's tokenizer.</param>
    /// <param name="count">How many prompts.</param>
    /// <param name="seed">Fixes the prompts.</param>
    /// <exception cref="ArgumentException">The tokenizer is not word-level.</exception>
    /// <exception cref="InvalidOperationException">There are not as many prompts; the message says how many.</exception>
    public static EvaluationSet Evaluation(Tokenizer tokenizer, int count = 16, int seed = 1) =>
        PromptGenerator.Evaluation(nameof(Pronouns), seed, count, random => Draw(tokenizer, random));

    /// <summary>Prompts to search a component with; none of them is ever in an evaluation set.</summary>
    /// <param name="tokenizer">An organism's tokenizer.</param>
    /// <param name="count">How many prompts.</param>
    /// <param name="seed">Fixes the prompts.</param>
    /// <exception cref="ArgumentException">The tokenizer is not word-level.</exception>
    /// <exception cref="InvalidOperationException">There are not as many prompts; the message says how many.</exception>
    public static DiscoverySet Discovery(Tokenizer tokenizer, int count = 16, int seed = 2) =>
        PromptGenerator.Discovery(nameof(Pronouns), seed, count, random => Draw(tokenizer, random));

    private static readonly string[] Templates = ["is a great friend , isn't", "went home because", "raised"];

    private static Drawn Draw(Tokenizer tokenizer, SeededRandom random)
    {
        int template = random.Next(Templates.Length);
        int name = random.Choose([.. Enumerable.Range(0, Names.Length).Where(index => ((index / 2) + template) % 5 == 0)]);
        int other = name ^ 1;
        return Sentence(name).ToQuestion(tokenizer, $"NAME {Templates[template]}", PronounOf(name), PronounOf(other), Sentence(other));

        Document Sentence(int who) => new Document().Name("NAME", Names[who]).Say(Templates[template]);

        string PronounOf(int who) => template == 2 ? (who % 2 == 0 ? "her" : "his") : Pronoun(who);
    }
}
