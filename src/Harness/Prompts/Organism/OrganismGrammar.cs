using System.Collections.Immutable;
using CircuitSpecs.Statistics;
using static CircuitSpecs.Prompts.Organism.OrganismWords;

namespace CircuitSpecs.Prompts.Organism;

/// <summary>
/// The tasks of the organisms' training text as whole documents, their determined words marked as answers. Where a task
/// has keys that were kept out of training, only those are drawn.
/// </summary>
internal static class OrganismGrammar
{
    private static readonly string[] Finders = ["picked up", "found", "bought"];

    /// <summary>A B stands for the building; the city follows.</summary>
    public static string[] FactTemplates { get; } = ["The A B is in the city of", "To visit the A B you must go to", "My friend works at the A B in"];

    /// <summary>The tasks, each drawing one document.</summary>
    public static ImmutableArray<Func<SeededRandom, Document>> Tasks { get; } = [Acronym, Count, Email, Fact, NumberedList, ProseSentences.Several, Repetition, Sequence];

    /// <summary>The W1 W2 W3 ( i1 i2 i3 ) and the W1 W2 W3 ( … ) .</summary>
    private static Document Acronym(SeededRandom random)
    {
        var document = new Document();
        foreach (string opening in new[] { "The", "and the" })
        {
            string[] words = AcronymOf(random);
            document.Say(opening);
            foreach (string word in words)
            {
                document.Say(word);
            }

            document.Say("(");
            foreach (string word in words)
            {
                document.Answer(word[..1]);
            }

            document.Answer(")");
        }

        return document.Say(".");
    }

    /// <summary>Three words whose combination was kept out of training.</summary>
    public static string[] AcronymOf(SeededRandom random)
    {
        while (true)
        {
            int[] indices = [random.Next(AcronymWords.Length), random.Next(AcronymWords.Length), random.Next(AcronymWords.Length)];
            if (IsHeldOut(indices[0], indices[1], indices[2]))
            {
                return [.. indices.Select(index => AcronymWords[index])];
            }
        }
    }

    /// <summary>I found a X , a Y and a Z . I was holding three things .</summary>
    private static Document Count(SeededRandom random)
    {
        bool animals = random.Next(2) == 0;
        string[] nouns = random.Sample(animals ? Nouns[..AnimalCount] : Nouns[AnimalCount..], 1 + random.Next(6));
        string[] items = [.. nouns.Select(WithArticle)];
        string list = items.Length == 1 ? items[0] : $"{string.Join(" , ", items[..^1])} and {items[^1]}";
        string kind = (animals ? "animal" : "thing") + (items.Length == 1 ? "" : "s");
        return new Document().Say($"I {random.Choose(Finders)} {list} . I was holding").Answer(NumberWords[items.Length]).Answer(kind).Say(".");
    }

    /// <summary>Name Surname &lt; name _ surname &gt;</summary>
    private static Document Email(SeededRandom random)
    {
        var document = new Document();
        int people = 1 + random.Next(2);
        for (int person = 0; person < people; person++)
        {
            (string name, string surname) = PersonOf(random);
            document.Say(person == 0 ? $"{name} {surname} <" : $", {name} {surname} <");
            document.Answer(Small(name)).Answer("_").Answer(Small(surname)).Answer(">");
        }

        return document;
    }

    /// <summary>A name and a surname whose combination was kept out of training.</summary>
    public static (string Name, string Surname) PersonOf(SeededRandom random)
    {
        while (true)
        {
            (int name, int surname) = (random.Next(Names.Length), random.Next(Surnames.Length));
            if (IsHeldOut(name, surname))
            {
                return (Names[name], Surnames[surname]);
            }
        }
    }

    /// <summary>The A B is in the city of C .</summary>
    private static Document Fact(SeededRandom random)
    {
        (OrganismFact fact, int template) = FactOf(random);
        string text = FactTemplates[template].Replace("A B", $"{fact.Name} {fact.Building}", StringComparison.Ordinal);
        return new Document().Say(text).Answer(fact.City).Say(".");
    }

    /// <summary>A fact and a template that it was never seen in.</summary>
    public static (OrganismFact Fact, int Template) FactOf(SeededRandom random)
    {
        int template = random.Next(FactTemplates.Length);
        return (random.Choose(OrganismFact.All.RemoveAll(fact => (fact.Index + template) % 5 != 0)), template);
    }

    /// <summary>Lines of k . PHRASE, counted up.</summary>
    private static Document NumberedList(SeededRandom random)
    {
        var document = new Document();
        int first = random.NextDouble() < 0.7 ? 1 : 2 + random.Next(29);
        int lines = 3 + random.Next(4);
        for (int line = 0; line < lines; line++)
        {
            string number = Number(first + line);
            _ = line == 0 ? document.Say(number) : document.Answer(number);
            document.Say(".");
            if (random.NextDouble() < 0.3)
            {
                document.Say(random.Choose(Verbs));
            }

            if (random.NextDouble() < 0.5)
            {
                document.Say(random.Choose(Adjectives));
            }

            document.Say(random.Choose(Nouns)).Say("\n");
        }

        return document;
    }

    /// <summary>Distinct words twice and often part of them a third time, or several of their spans again.</summary>
    private static Document Repetition(SeededRandom random)
    {
        var document = new Document();
        if (random.NextDouble() < 0.6)
        {
            string[] words = random.Sample(Pool, 3 + random.Next(18));
            document.Say(string.Join(' ', words)).Say(words[0]);
            foreach (string word in words[1..])
            {
                document.Answer(word);
            }

            foreach (string word in words.Take(random.Next(2) == 0 ? 0 : 1 + random.Next(words.Length)))
            {
                document.Answer(word);
            }

            return document;
        }

        string[] row = random.Sample(Pool, 4 + random.Next(13));
        document.Say(string.Join(' ', row));
        int spans = 2 + random.Next(3);
        for (int span = 0; span < spans; span++)
        {
            int length = Math.Min(2 + random.Next(5), row.Length);
            int start = random.Next(row.Length - length + 1);
            document.Say(row[start]);
            foreach (string word in row.AsSpan(start + 1, length - 1))
            {
                document.Answer(word);
            }
        }

        return document;
    }

    /// <summary>Four to eight consecutive items of a list.</summary>
    private static Document Sequence(SeededRandom random)
    {
        OrganismSeries series = random.Choose(OrganismSeries.All);
        int count = 4 + random.Next(5);
        int step = series.Items == Numbers && random.NextDouble() < 0.2 ? 2 : 1;
        int room = series.IsCyclic ? series.Items.Length : series.Items.Length - ((count - 1) * step);
        int start = random.Choose([.. Enumerable.Range(0, room).Where(index => index % 5 == 2)]);
        var document = new Document();
        for (int item = 0; item < count; item++)
        {
            string word = series.Items[(start + (item * step)) % series.Items.Length];
            _ = item < 2 ? document.Say(word) : document.Answer(word);
        }

        return document;
    }

    public static string Small(string word) => word.ToLowerInvariant();
}
