using CircuitSpecs.Prompts.English;
using CircuitSpecs.Statistics;
using CircuitSpecs.Tokenizers;
using static CircuitSpecs.Prompts.Organism.OrganismWords;

namespace CircuitSpecs.Prompts.Organism;

/// <summary>Indirect object identification in the organisms' words. A template is a prefix with a verb.</summary>
internal static class OrganismIndirectObjects
{
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

    public static Drawn Draw(Tokenizer tokenizer, IndirectObjectOrder order, IndirectObjectCorruption corruption, SeededRandom random)
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
        bool subjectFirst = IndirectObjectSentence.IsSubjectFirst(order, random.Next(2) == 0);

        // Two more names only where a twin has them: a draw more would change every set that was ever recorded.
        string[] others = corruption == IndirectObjectCorruption.AllNames ? [third, .. random.Sample(Names.RemoveAll(name => name == io || name == subject || name == third), 2)] : [third];
        bool isAbc = order == IndirectObjectOrder.Abc;
        Document clean = Sentence(new(io, subject, isAbc ? third : subject));
        return clean.ToQuestion(tokenizer, $"{prefix} S {verb}", io, subject, isAbc ? null : Sentence(IndirectObjectNames.Of(io, subject, others, corruption)));

        Document Sentence(IndirectObjectNames names)
        {
            var document = new Document();
            foreach (string word in prefix.Split(' '))
            {
                _ = word switch
                {
                    "A" => subjectFirst ? document.Name("S1", names.FirstSubject) : document.Name("IO", names.IndirectObject),
                    "B" => subjectFirst ? document.Name("IO", names.IndirectObject) : document.Name("S1", names.FirstSubject),
                    "PLACE" => document.Say(place),
                    _ => document.Say(word),
                };
            }

            return document.Name("S2", names.SecondSubject).Say($"{verb} {thing} to");
        }
    }
}
