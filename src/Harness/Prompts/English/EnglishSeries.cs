using System.Collections.Immutable;

namespace CircuitSpecs.Prompts.English;

/// <summary>A list whose items follow each other.</summary>
/// <param name="Kind">Which list.</param>
/// <param name="Noun">What a person calls one of its items.</param>
/// <param name="Items">In order.</param>
/// <param name="IsCyclic">Whether the first one follows the last one.</param>
internal sealed record EnglishSeries(SeriesKind Kind, string Noun, ImmutableArray<string> Items, bool IsCyclic)
{
    // Numerals of two digits are one token in some vocabularies only; more of them would leave too few draws to the others.
    private const int LargestNumeral = 40;

    public static ImmutableArray<EnglishSeries> All { get; } =
    [
        new(SeriesKind.Numerals, "number", [.. Enumerable.Range(1, LargestNumeral).Select(EnglishWords.Number)], false),
        new(SeriesKind.NumberWords, "number", EnglishWords.NumberWords, false),
        new(SeriesKind.Months, "month", EnglishWords.Months, true),
        new(SeriesKind.Days, "day", EnglishWords.Days, true),
        new(SeriesKind.Letters, "letter", [.. Enumerable.Range('A', 26).Select(letter => $"{(char)letter}")], false),
    ];

    /// <summary>How many items have a successor.</summary>
    public int Followed => IsCyclic ? Items.Length : Items.Length - 1;

    /// <summary>An item; behind the last one the first again.</summary>
    public string this[int index] => Items[index % Items.Length];
}
