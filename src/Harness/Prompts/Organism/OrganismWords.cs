using System.Collections.Immutable;

namespace CircuitSpecs.Prompts.Organism;

/// <summary>The word lists that the model organisms were trained with. The order counts: held-out keys are made of indices.</summary>
internal static class OrganismWords
{
    /// <summary>80, female at even indices, male at odd ones.</summary>
    public static ImmutableArray<string> Names { get; } = WordList.Named("organism/names");

    public static ImmutableArray<string> Surnames { get; } = WordList.Named("organism/surnames");

    public static ImmutableArray<string> Places { get; } = WordList.Named("organism/places");

    /// <summary>What is given in the sentences of indirect object identification.</summary>
    public static ImmutableArray<string> Objects { get; } = WordList.Named("organism/objects");

    /// <summary>48; the first <see cref="AnimalCount"/> are animals, the rest things.</summary>
    public static ImmutableArray<string> Nouns { get; } = WordList.Named("organism/nouns");

    public static ImmutableArray<string> Plurals { get; } = WordList.Named("organism/plurals");

    public static ImmutableArray<string> French { get; } = WordList.Named("organism/french");

    public static ImmutableArray<string> Adjectives { get; } = WordList.Named("organism/adjectives");

    public static ImmutableArray<string> Verbs { get; } = WordList.Named("organism/verbs");

    public static ImmutableArray<string> IntransitiveVerbs { get; } = WordList.Named("organism/intransitive-verbs");

    /// <summary>52, two for each initial: index = 2 · letter + 0 or 1.</summary>
    public static ImmutableArray<string> AcronymWords { get; } = WordList.Named("organism/acronym-words");

    public static ImmutableArray<string> Buildings { get; } = WordList.Named("organism/buildings");

    public static ImmutableArray<string> Cities { get; } = WordList.Named("organism/cities");

    public static ImmutableArray<string> Days { get; } = WordList.Named("organism/days");

    public static ImmutableArray<string> Months { get; } = WordList.Named("organism/months");

    /// <summary>zero to twenty.</summary>
    public static ImmutableArray<string> NumberWords { get; } = WordList.Named("organism/number-words");

    public static ImmutableArray<string> Events { get; } = WordList.Named("organism/events");

    /// <summary>0 to 99.</summary>
    public static ImmutableArray<string> Numbers { get; } = [.. Enumerable.Range(0, 100).Select(Number)];

    public static ImmutableArray<string> CapitalLetters { get; } = [.. Enumerable.Range('A', 26).Select(letter => ((char)letter).ToString())];

    public static ImmutableArray<string> SmallLetters { get; } = [.. Enumerable.Range('a', 26).Select(letter => ((char)letter).ToString())];

    public const int AnimalCount = 18;

    /// <summary>The words of random repeats in training.</summary>
    public static ImmutableArray<string> Pool { get; } =
        [.. new[] { Names, Places, Objects, Nouns, Adjectives, Verbs, AcronymWords, Cities, Surnames }.SelectMany(list => list).Distinct()];

    /// <summary>Whether a combination of list indices was kept out of training: (7a + 13b + 3c) mod 10 = 3.</summary>
    public static bool IsHeldOut(int a, int b, int c = 0) => ((7 * a) + (13 * b) + (3 * c)) % 10 == 3;

    public static string WithArticle(string word) => $"{(word[0] is 'a' or 'e' or 'i' or 'o' or 'u' ? "an" : "a")} {word}";

    public static string Number(int value) => value.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>he or she, by the index in <see cref="Names"/>.</summary>
    public static string Pronoun(int name) => name % 2 == 0 ? "she" : "he";
}
