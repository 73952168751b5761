using CircuitSpecs.Prompts.English;
using CircuitSpecs.Prompts.Organism;
using CircuitSpecs.Statistics;
using CircuitSpecs.Tokenizers;

namespace CircuitSpecs.Prompts;

/// <summary>
/// <c>So Mary is a really great friend, isn't</c> → <c>she</c> (Mathwin et al. 2023). The foil is the other pronoun; in the
/// corrupted twin a name of the other gender stands there. In the organisms' words: three templates with the combinations of name and
/// template that were kept out of training, 48 in all, about half of them for each set. Named positions: <c>NAME</c>, <c>END</c>.
/// </summary>
public static class Pronouns
{
    /// <inheritdoc cref="PromptFamily.Evaluation"/>
    public static EvaluationSet Evaluation(Tokenizer tokenizer, int count = 16, int seed = 1) =>
        PromptGenerator.Evaluation(nameof(Pronouns), seed, count, random => Draw(tokenizer, random));

    /// <inheritdoc cref="PromptFamily.Discovery"/>
    public static DiscoverySet Discovery(Tokenizer tokenizer, int count = 16, int seed = 2) =>
        PromptGenerator.Discovery(nameof(Pronouns), seed, count, random => Draw(tokenizer, random));

    private static readonly string[] Templates =
    [
        "So {NAME} is a really great friend, isn't",
        "Everyone likes {NAME} because",
        "When {NAME} came home last night,",
        "We all know {NAME} and think that",
        "The teacher asked {NAME} whether",
    ];

    private static Drawn Draw(Tokenizer tokenizer, SeededRandom random) => EnglishText.DrawBy(tokenizer, random, OrganismQuestions.Pronoun, DrawEnglish);

    private static Drawn DrawEnglish(Tokenizer tokenizer, SeededRandom random)
    {
        string template = random.Choose(Templates);
        bool isFemale = random.Next(2) == 0;
        string woman = random.Choose(EnglishWords.FemaleNames);
        string man = random.Choose(EnglishWords.MaleNames);
        return new PromptQuestion
        {
            Clean = PromptText.Of(template, ("NAME", isFemale ? woman : man)),
            Corrupt = PromptText.Of(template, ("NAME", isFemale ? man : woman)),
            Answer = isFemale ? " she" : " he",
            Foil = isFemale ? " he" : " she",
            Template = template,
        }.ToPrompt(tokenizer);
    }
}
