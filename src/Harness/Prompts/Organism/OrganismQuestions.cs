using System.Collections.Immutable;
using CircuitSpecs.Statistics;
using CircuitSpecs.Tokenizers;
using static CircuitSpecs.Prompts.Organism.OrganismWords;

namespace CircuitSpecs.Prompts.Organism;

/// <summary>Questions in the organisms' words, out of combinations that were kept out of training.</summary>
internal static class OrganismQuestions
{
    private const int EarliestYear = 10;

    private static readonly string[] PronounTemplates = ["is a great friend , isn't", "went home because", "raised"];

    private static readonly string[] SuccessorTemplates = ["The one after X is", "After X comes", "X is followed by"];

    /// <summary>The Solar Eagle Group ( S E → G; in the twin another word stands third.</summary>
    public static Drawn Acronym(Tokenizer tokenizer, SeededRandom random)
    {
        string[] words = OrganismGrammar.AcronymOf(random);
        string other = random.Choose(AcronymWords);
        return Phrase(words[2]).ToQuestion(tokenizer, "The W1 W2 W3 (", words[2][..1], other[..1], Phrase(other));

        Document Phrase(string third) => new Document().Say("The").Name("W1", words[0]).Name("W2", words[1]).Name("W3", third)
            .Say($"( {words[0][..1]} {words[1][..1]}");
    }

    /// <summary>Mary Smith &lt; mary _ → smith; in the twin another surname.</summary>
    public static Drawn EmailAddress(Tokenizer tokenizer, SeededRandom random)
    {
        (string name, string surname) = OrganismGrammar.PersonOf(random);
        string other = random.Choose(Surnames);
        return Entry(surname).ToQuestion(tokenizer, "Name Surname <", OrganismGrammar.Small(surname), OrganismGrammar.Small(other), Entry(other));

        Document Entry(string second) => new Document().Name("NAME", name).Name("SURNAME", second).Say($"< {OrganismGrammar.Small(name)} _");
    }

    /// <summary>The Solar Tower is in the city of → its city; in the twin another building.</summary>
    public static Drawn Fact(Tokenizer tokenizer, SeededRandom random)
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

    /// <summary>The war lasted from the year 17 32 to the year 17 → any later one; in the twin from 10, the earliest of training.</summary>
    public static Drawn LaterYear(Tokenizer tokenizer, SeededRandom random)
    {
        string what = random.Choose(Events);
        int century;
        int year;
        do
        {
            century = 11 + random.Next(9);
            year = EarliestYear + random.Next(88);
        }
        while (!IsHeldOut(century, year));

        int later = year + 1 + random.Next(99 - year);
        int earlier = random.Next(year + 1);
        Prompt question = Sentence(year).ToQuestion(tokenizer, "The EVENT lasted from the year XX YY to the year XX", Number(later), Number(earlier), Sentence(EarliestYear));
        ImmutableArray<int> numbers = OrganismPools.Numbers(tokenizer);
        return question with { AnswerSet = numbers[(year + 1)..], FoilSet = numbers[..(year + 1)] };

        Document Sentence(int start) => new Document()
            .Say($"The {what} lasted from the year {Number(century)}").Name("YY", Number(start))
            .Say($"to the year {Number(century)}");
    }

    /// <summary>Mary is a great friend , isn't → she; in the twin the neighbouring name, of the other gender.</summary>
    public static Drawn Pronoun(Tokenizer tokenizer, SeededRandom random)
    {
        int template = random.Next(PronounTemplates.Length);
        int name = random.Choose([.. Enumerable.Range(0, Names.Length).Where(index => ((index / 2) + template) % 5 == 0)]);
        int other = name ^ 1;
        return Sentence(name).ToQuestion(tokenizer, $"NAME {PronounTemplates[template]}", PronounOf(name), PronounOf(other), Sentence(other));

        Document Sentence(int who) => new Document().Name("NAME", Names[who]).Say(PronounTemplates[template]);

        string PronounOf(int who) => template == 2 ? (who % 2 == 0 ? "her" : "his") : OrganismWords.Pronoun(who);
    }

    /// <summary>The one after Monday is → Tuesday; in the twin another item of the same list.</summary>
    public static Drawn Successor(Tokenizer tokenizer, SeededRandom random)
    {
        int template = random.Next(SuccessorTemplates.Length);
        OrganismSeries series = random.Choose(OrganismSeries.All);
        int item = random.Choose([.. Enumerable.Range(0, series.Followed).Where(index => (index + template) % 5 == 0)]);
        int other = random.Next(series.Followed);
        return Sentence(item).ToQuestion(tokenizer, $"{SuccessorTemplates[template]} ({series.Name})", series.After(item), series.After(other), Sentence(other));

        Document Sentence(int index)
        {
            var document = new Document();
            foreach (string word in SuccessorTemplates[template].Split(' '))
            {
                _ = word == "X" ? document.Name("ITEM", series.Items[index]) : document.Say(word);
            }

            return document;
        }
    }
}
