using CircuitSpecs.Statistics;
using static CircuitSpecs.Prompts.Organism.OrganismWords;

namespace CircuitSpecs.Prompts.Organism;

/// <summary>The thirteen sentences of the organisms' prose; only the pronoun of one of them is determined.</summary>
internal static class ProseSentences
{
    private const int Templates = 13;

    /// <summary>Two to five sentences.</summary>
    public static Document Several(SeededRandom random)
    {
        var document = new Document();
        int sentences = 2 + random.Next(4);
        for (int sentence = 0; sentence < sentences; sentence++)
        {
            Append(document, random);
        }

        return document;
    }

    /// <summary>Appends one sentence.</summary>
    public static void Append(Document document, SeededRandom random)
    {
        int name = random.Next(Names.Length);
        string n = Names[name];
        int template = random.Next(Templates);
        _ = template switch
        {
            0 => document.Say($"The {A()} {N()} was near the {P()} ."),
            1 => document.Say($"{n} {V()} {WithArticle(N())} and then").Answer(Pronoun(name)).Say($"went to the {P()} ."),
            2 => document.Say($"In {random.Choose(Months)} , the {Many()} were {A()} ."),
            3 => document.Say($"We {V()} the {A()} {N()} on {Day()} ."),
            4 => document.Say($"When the {N()} was {A()} , the {Many()} were {A()} too ."),
            5 => document.Say($"There were {random.Choose(NumberWords[2..])} {Many()} in the {P()} , but {n} {V()} only one ."),
            6 => document.Say($"{n} said that the {N()} was not {A()} ."),
            7 => document.Say($"After that , they {Vi()} near the {P()} ."),
            8 => document.Say($"It was {WithArticle(A())} day , and the {N()} {Vi()} in the {P()} ."),
            9 => document.Say($"My {N()} is {A()} and your {N()} is {A()} ."),
            10 => document.Say($"{n} lives in {random.Choose(Cities)} with a {random.Choose(Nouns[..AnimalCount])} ."),
            11 => document.Say($"Every {Day()} , the {N()} {Vi()} near the {P()} ."),
            _ => document.Say($"They {V()} {WithArticle(A())} {N()} , {WithArticle(A())} {N()} and {WithArticle(A())} {N()} ."),
        };

        string A() => random.Choose(Adjectives);
        string N() => random.Choose(Nouns);
        string P() => random.Choose(Places);
        string V() => random.Choose(Verbs);
        string Vi() => random.Choose(IntransitiveVerbs);
        string Many() => random.Choose(Plurals);
        string Day() => random.Choose(Days);
    }
}
