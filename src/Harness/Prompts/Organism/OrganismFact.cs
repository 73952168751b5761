using System.Collections.Immutable;

namespace CircuitSpecs.Prompts.Organism;

/// <summary>A building and the city that it stands in.</summary>
/// <param name="Index">Its place in the table.</param>
/// <param name="Name">First word of the building's name.</param>
/// <param name="Building">Second word.</param>
/// <param name="City">Where it stands.</param>
internal sealed record OrganismFact(int Index, string Name, string Building, string City)
{
    /// <summary>The 96 facts that the organisms were taught, from a linear congruential generator with seed 7.</summary>
    public static ImmutableArray<OrganismFact> All { get; } = [.. Facts()];

    private static IEnumerable<OrganismFact> Facts()
    {
        uint state = 7;
        for (int index = 0; index < 96; index++)
        {
            state = ((1103515245 * state) + 12345) & 0x7fffffff;
            yield return new OrganismFact(
                index,
                OrganismWords.AcronymWords[index % 52],
                OrganismWords.Buildings[(index + (3 * (index / 52))) % 8],
                OrganismWords.Cities[(int)(state >> 16) % 16]);
        }
    }
}
