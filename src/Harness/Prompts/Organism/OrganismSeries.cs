using System.Collections.Immutable;

namespace CircuitSpecs.Prompts.Organism;

/// <summary>A list whose items follow each other.</summary>
/// <param name="Name">What a person calls it.</param>
/// <param name="Items">In order.</param>
/// <param name="IsCyclic">Whether the first one follows the last one.</param>
internal sealed record OrganismSeries(string Name, ImmutableArray<string> Items, bool IsCyclic)
{
    public static ImmutableArray<OrganismSeries> All { get; } =
    [
        new("numbers", OrganismWords.Numbers, false),
        new("number words", OrganismWords.NumberWords, false),
        new("months", OrganismWords.Months, true),
        new("days", OrganismWords.Days, true),
        new("letters", OrganismWords.CapitalLetters, false),
    ];

    /// <summary>How many items have a successor.</summary>
    public int Followed => IsCyclic ? Items.Length : Items.Length - 1;

    public string After(int index) => Items[(index + 1) % Items.Length];
}
