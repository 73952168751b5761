using System.Collections.Immutable;
using CircuitSpecs.Models;

namespace CircuitSpecs.Components;

/// <summary>Several heads that a claim takes together, in order, each once: <c>3.0+3.2+3.4</c>.</summary>
public sealed record HeadSet : Component
{
    /// <summary>Makes the set; order and repetition of the arguments do not matter.</summary>
    /// <param name="heads">At least one head.</param>
    /// <exception cref="ArgumentException">No head was given.</exception>
    public HeadSet(IEnumerable<Head> heads)
    {
        ArgumentNullException.ThrowIfNull(heads);
        Heads = [.. heads.Distinct().Order()];
        if (Heads.IsEmpty)
        {
            throw new ArgumentException("A set of heads needs at least one head.", nameof(heads));
        }
    }

    /// <summary>The heads, ordered by layer and head.</summary>
    public ImmutableArray<Head> Heads { get; }

    /// <inheritdoc/>
    public override string Kind => "heads";

    /// <inheritdoc/>
    public override string Label => string.Join('+', Heads.Select(head => head.Label));

    /// <summary>Reads heads separated by spaces, commas or plus signs: <c>"3.0 3.2"</c>.</summary>
    /// <param name="text">The heads.</param>
    /// <exception cref="FormatException">A part of the text is not a head, or there is none.</exception>
    public static HeadSet Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string[] parts = text.Split([' ', ',', '+'], StringSplitOptions.RemoveEmptyEntries);
        return parts.Length > 0
            ? new HeadSet(parts.Select(Head.Parse))
            : throw new FormatException("No head was named. Write for example \"3.0 3.2\".");
    }

    /// <inheritdoc/>
    /// <remarks>The single heads outside the set would not be of its kind, and all sets of its size are too many: a set is compared with nothing by itself.</remarks>
    public override IReadOnlyList<Component> PeersIn(ModelConfig config) => [this];

    /// <inheritdoc/>
    public override bool ExistsIn(ModelConfig config) => Heads.All(head => head.ExistsIn(config));

    /// <inheritdoc/>
    public bool Equals(HeadSet? other) => other is not null && Heads.SequenceEqual(other.Heads);

    /// <inheritdoc/>
    public override int GetHashCode() => Label.GetHashCode(StringComparison.Ordinal);
}
