using CircuitSpecs.Prompts.Organism;
using CircuitSpecs.Statistics;
using CircuitSpecs.Tokenizers;
using static CircuitSpecs.Prompts.Organism.OrganismWords;

namespace CircuitSpecs.Prompts;

/// <summary>
/// <c>When Mary and John went to the store , John gave a drink to</c> → <c>Mary</c> (Wang et al. 2022) in the organisms'
/// words: six prefixes × five verbs, the subject named first or second with equal chance (BABA, ABBA), and only pairs of
/// names that were kept out of training. The answer is the indirect object, the foil the subject. The corrupted twin is
/// ABC: a third name stands at <c>S2</c>, so that neither name is repeated and both are as likely. Named positions:
/// <c>IO</c>, <c>S1</c>, <c>S2</c>, <c>END</c>. A template is a prefix with a verb.
/// </summary>
public static class IndirectObjectIdentification
{
    /// <summary>Prompts to judge a claim on.</summary>
    /// <param name="tokenizer">An organism's tokenizer.</param>
    /// <param name="count">How many prompts.</param>
    /// <param name="seed">Fixes the prompts.</param>
    /// <exception cref="ArgumentException">The tokenizer is not word-level.</exception>
    /// <exception cref="InvalidOperationException">There are not as many prompts; the message says how many.</exception>
    public static EvaluationSet Evaluation(Tokenizer tokenizer, int count = 64, int seed = 1) =>
        PromptGenerator.Evaluation(nameof(IndirectObjectIdentification), seed, count, random => Draw(tokenizer, random));

    /// <summary>Prompts to search a component with; none of them is ever in an evaluation set.</summary>
    /// <param name="tokenizer">An organism's tokenizer.</param>
    /// <param name="count">How many prompts.</param>
    /// <param name="seed">Fixes the prompts.</param>
    /// <exception cref="ArgumentException">The tokenizer is not word-level.</exception>
    /// <exception cref="InvalidOperationException">There are not as many prompts; the message says how many.</exception>
    public static DiscoverySet Discovery(Tokenizer tokenizer, int count = 64, int seed = 2) =>
        PromptGenerator.Discovery(nameof(IndirectObjectIdentification), seed, count, random => Draw(tokenizer, random));

    private static readonly string[] Prefixes =
    [
        "When A and B went to the PLACE ,",
        "Then A and B had a long talk . Later ,",
        "After A and B went to the PLACE ,",
        "A and B were working at the PLACE . Today ,",
        "Then A and B were thinking about going to the PLACE .",
        "While A and B were at the PLACE ,",
    ];

    private static readonly string[] Verbs = ["gave a", "handed the", "decided to give a", "wanted to give the", "sent a"];

    private static Drawn Draw(Tokenizer tokenizer, SeededRandom random)
    {
        string prefix = random.Choose(Prefixes);
        string verb = random.Choose(Verbs);
        string place = random.Choose(Places);
        string thing = random.Choose(Objects);
        int[] people;
        do
        {
            people = random.Sample([.. Enumerable.Range(0, Names.Length)], 3);
        }
        while (!IsHeldOut(Math.Min(people[0], people[1]), Math.Max(people[0], people[1])));

        (string io, string subject, string third) = (Names[people[0]], Names[people[1]], Names[people[2]]);
        bool subjectFirst = random.Next(2) == 0;
        Document clean = Sentence(subject);
        return clean.ToQuestion(tokenizer, $"{prefix} S {verb}", io, subject, corrupt: Sentence(third));

        Document Sentence(string giver)
        {
            var document = new Document();
            foreach (string word in prefix.Split(' '))
            {
                _ = word switch
                {
                    "A" => subjectFirst ? document.Name("S1", subject) : document.Name("IO", io),
                    "B" => subjectFirst ? document.Name("IO", io) : document.Name("S1", subject),
                    "PLACE" => document.Say(place),
                    _ => document.Say(word),
                };
            }

            return document.Name("S2", giver).Say($"{verb} {thing} to");
        }
    }
}
