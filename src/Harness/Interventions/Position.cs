using System.Collections.Immutable;
using System.Globalization;
using CircuitSpecs.Prompts;

namespace CircuitSpecs.Interventions;

/// <summary>A position of every prompt: an index from the front, one from the end (−1 is the last), or a name that the prompt family gives (<c>END</c>, <c>S2</c>).</summary>
public sealed record Position
{
    private readonly int index;
    private readonly string? name;

    private Position(int index, string? name)
    {
        this.index = index;
        this.name = name;
    }

    /// <summary>A position by index; negative counts from the end.</summary>
    /// <param name="index">The index.</param>
    public static implicit operator Position(int index) => new(index, null);

    /// <summary>A position by its name in the prompt family.</summary>
    /// <param name="name">For example <c>END</c>.</param>
    public static implicit operator Position(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return new Position(0, name);
    }

    /// <summary>Where the position is in each prompt of a batch, from the front.</summary>
    /// <param name="batch">The batch.</param>
    /// <exception cref="KeyNotFoundException">The prompts have no position of that name.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The prompts are shorter.</exception>
    public ImmutableArray<int> In(PromptBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ImmutableArray<int> positions = name is null ? [.. Enumerable.Repeat(index, batch.Count)] : batch.PositionsOf(name);
        positions = [.. positions.Select(position => position < 0 ? position + batch.Length : position)];
        return positions.All(position => position >= 0 && position < batch.Length)
            ? positions
            : throw new ArgumentOutOfRangeException(nameof(batch), ToString(), $"Position {this} lies outside of prompts of {batch.Length} tokens (prompt family '{batch.Source.Family}').");
    }

    /// <summary>The name or the index.</summary>
    public override string ToString() => name ?? index.ToString(CultureInfo.InvariantCulture);
}
