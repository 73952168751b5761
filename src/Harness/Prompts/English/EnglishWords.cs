using System.Collections.Immutable;

namespace CircuitSpecs.Prompts.English;

/// <summary>The word lists of the families that are written in English. Words that are several tokens in a vocabulary are dropped when prompts are drawn.</summary>
internal static class EnglishWords
{
    public static ImmutableArray<string> FemaleNames { get; } = List("female-names");

    public static ImmutableArray<string> MaleNames { get; } = List("male-names");

    public static ImmutableArray<string> Names { get; } = [.. FemaleNames, .. MaleNames];

    public static ImmutableArray<string> Surnames { get; } = List("surnames");

    public static ImmutableArray<string> Places { get; } = List("places");

    /// <summary>What can be given to a person, without article.</summary>
    public static ImmutableArray<string> Objects { get; } = List("objects");

    public static ImmutableArray<string> Animals { get; } = List("animals");

    public static ImmutableArray<string> Fruits { get; } = List("fruits");

    public static ImmutableArray<string> Utensils { get; } = List("utensils");

    public static ImmutableArray<string> Colours { get; } = List("colours");

    public static ImmutableArray<string> Cities { get; } = List("cities");

    public static ImmutableArray<string> Adjectives { get; } = List("adjectives");

    /// <summary>Capitalised; several for each initial but X.</summary>
    public static ImmutableArray<string> AcronymWords { get; } = List("acronym-words");

    /// <summary>What lasts for years.</summary>
    public static ImmutableArray<string> Events { get; } = List("events");

    /// <summary>Lines of a list: <c>Make the bed</c>.</summary>
    public static ImmutableArray<string> Chores { get; } = List("chores");

    public static ImmutableArray<string> Variables { get; } = List("variables");

    public static ImmutableArray<string> Functions { get; } = List("functions");

    /// <summary>Names of HTML elements.</summary>
    public static ImmutableArray<string> Tags { get; } = List("tags");

    /// <summary>What stands in them.</summary>
    public static ImmutableArray<string> Headings { get; } = List("headings");

    /// <summary>Words that begin sentences, in small letters.</summary>
    public static ImmutableArray<string> Openers { get; } = List("openers");

    public static ImmutableArray<string> Days { get; } = List("days");

    public static ImmutableArray<string> Months { get; } = List("months");

    /// <summary>one to twenty.</summary>
    public static ImmutableArray<string> NumberWords { get; } = List("number-words");

    /// <summary>Beginnings of well-known texts out of copyright, one a line.</summary>
    public static ImmutableArray<string> Openings { get; } = List("openings");

    /// <summary>Paragraphs written for this repository.</summary>
    public static ImmutableArray<string> Paragraphs { get; } = List("prose");

    /// <summary>Country, capital, language, continent; <c>-</c> where there is no single answer.</summary>
    public static ImmutableArray<ImmutableArray<string>> Countries { get; } = Table("countries");

    /// <summary>Landmark and city.</summary>
    public static ImmutableArray<ImmutableArray<string>> Landmarks { get; } = Table("landmarks");

    /// <summary>Singular and plural.</summary>
    public static ImmutableArray<ImmutableArray<string>> Nouns { get; } = Table("nouns");

    /// <summary>Present and past.</summary>
    public static ImmutableArray<ImmutableArray<string>> Verbs { get; } = Table("verbs");

    public static ImmutableArray<ImmutableArray<string>> Antonyms { get; } = Table("antonyms");

    /// <summary>English, French, Spanish, German.</summary>
    public static ImmutableArray<ImmutableArray<string>> Translations { get; } = Table("translations");

    /// <summary>What belongs together: salt and pepper.</summary>
    public static ImmutableArray<ImmutableArray<string>> WordPairs { get; } = Table("word-pairs");

    public static string WithArticle(string word) => $"{(word[0] is 'a' or 'e' or 'i' or 'o' or 'u' ? "an" : "a")} {word}";

    public static string Number(int value) => value.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static ImmutableArray<string> List(string name) => WordList.Named($"english/{name}");

    private static ImmutableArray<ImmutableArray<string>> Table(string name) => [.. List(name).Select(line => line.Split('\t').ToImmutableArray())];
}
