using System.Collections.Immutable;
using CircuitSpecs.Prompts.English;
using CircuitSpecs.Prompts.Organism;
using CircuitSpecs.Statistics;
using CircuitSpecs.Tokenizers;

namespace CircuitSpecs.Prompts;

/// <summary>
/// <c>The capital of France is</c> → <c>Paris</c> (of the shape of CounterFact, Meng et al. 2022): capitals, languages and continents
/// of countries, cities of landmarks. In the corrupted twin another subject of as many tokens stands there; the foil is its answer. In
/// the organisms' words: the cities of the buildings that they were taught, each in a template that it was never seen in, 58 sentences in
/// all. Named positions: <c>SUBJECT_FIRST</c>, <c>SUBJECT_LAST</c> and <c>RELATION</c> in English, <c>SUBJECT1</c>, <c>SUBJECT2</c>
/// in the organisms' words; <c>END</c>.
/// </summary>
public static class Facts
{
    /// <inheritdoc cref="PromptFamily.Evaluation"/>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="count">How many prompts.</param>
    /// <param name="seed">Fixes the prompts.</param>
    /// <param name="relation">What is asked; all by turns if null. The organisms know one relation only.</param>
    public static EvaluationSet Evaluation(Tokenizer tokenizer, int count = 20, int seed = 1, FactRelation? relation = null) =>
        PromptGenerator.Evaluation(Family(relation), seed, count, random => Draw(tokenizer, relation, random));

    /// <inheritdoc cref="PromptFamily.Discovery"/>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="count">How many prompts.</param>
    /// <param name="seed">Fixes the prompts.</param>
    /// <param name="relation">What is asked; all by turns if null. The organisms know one relation only.</param>
    public static DiscoverySet Discovery(Tokenizer tokenizer, int count = 20, int seed = 2, FactRelation? relation = null) =>
        PromptGenerator.Discovery(Family(relation), seed, count, random => Draw(tokenizer, relation, random));

    private static readonly (FactRelation Relation, string Template)[] Templates =
    [
        (FactRelation.Capital, "The {RELATION=capital} of {SUBJECT*} is"),
        (FactRelation.Capital, "The {RELATION=capital} city of {SUBJECT*} is"),
        (FactRelation.Capital, "Everyone knows that the {RELATION=capital} of {SUBJECT*} is"),
        (FactRelation.Language, "The official {RELATION=language} of {SUBJECT*} is"),
        (FactRelation.Language, "In {SUBJECT*}, most people {RELATION=speak}"),
        (FactRelation.Language, "The main {RELATION=language} in {SUBJECT*} is"),
        (FactRelation.Continent, "The {RELATION=country} of {SUBJECT*} is in"),
        (FactRelation.Continent, "We looked for {SUBJECT*} on the {RELATION=map} of"),
        (FactRelation.Landmark, "The {SUBJECT*} is in the {RELATION=city} of"),
        (FactRelation.Landmark, "To see the {SUBJECT*}, you have to {RELATION=travel} to"),
    ];

    internal static string Family(FactRelation? relation) => nameof(Facts) + (relation is null ? "" : $" ({relation})");

    private static Drawn Draw(Tokenizer tokenizer, FactRelation? relation, SeededRandom random) =>
        EnglishText.DrawBy(tokenizer, random, (words, draws) => DrawOrganism(words, relation, draws), (words, draws) => DrawEnglish(words, relation, draws));

    private static Drawn DrawOrganism(Tokenizer tokenizer, FactRelation? relation, SeededRandom random) => relation is null
        ? OrganismQuestions.Fact(tokenizer, random)
        : throw new ArgumentException("The organisms know one relation, between buildings and cities of their own: leave it as it is.", nameof(relation));

    private static Drawn DrawEnglish(Tokenizer tokenizer, FactRelation? relation, SeededRandom random)
    {
        (FactRelation asked, string template) = random.Choose(Templates.Where(template => relation is null || template.Relation == relation).ToArray());
        bool isLandmark = asked == FactRelation.Landmark;
        int column = isLandmark ? 1 : 1 + (int)asked;
        ImmutableArray<string>[] facts = random.Sample((isLandmark ? EnglishWords.Landmarks : EnglishWords.Countries).RemoveAll(fact => fact[column] == "-"), 2);
        return new PromptQuestion
        {
            Clean = PromptText.Of(template, ("SUBJECT", facts[0][0])),
            Corrupt = PromptText.Of(template, ("SUBJECT", facts[1][0])),
            Answer = $" {facts[0][column]}",
            Foil = $" {facts[1][column]}",
            Template = template,
        }.ToPrompt(tokenizer);
    }
}
