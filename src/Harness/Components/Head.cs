using System.Globalization;
using CircuitSpecs.Models;

namespace CircuitSpecs.Components;

/// <summary>An attention head, written <c>layer.head</c>: <c>4.11</c> is head 11 of layer 4.</summary>
/// <param name="Layer">The layer, from 0.</param>
/// <param name="Index">The head within its layer, from 0.</param>
public sealed record Head(int Layer, int Index) : Component, IComparable<Head>
{
    /// <inheritdoc/>
    public override string Kind => "head";

    /// <inheritdoc/>
    public override string Label => string.Create(CultureInfo.InvariantCulture, $"{Layer}.{Index}");

    /// <summary>Reads <c>4.11</c>.</summary>
    /// <param name="text">Layer and head, separated by a dot.</param>
    /// <exception cref="FormatException">The text is not two non-negative numbers with a dot between them.</exception>
    public static Head Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string[] parts = text.Split('.');
        if (parts.Length == 2
            && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int layer)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int index))
        {
            return new Head(layer, index);
        }

        throw new FormatException($"'{text}' is not a head. Write layer.head, both from 0, for example \"4.11\".");
    }

    /// <summary>Reads <c>4.11</c>; the same as <see cref="Parse"/>.</summary>
    /// <param name="text">Layer and head, separated by a dot.</param>
    public static implicit operator Head(string text) => Parse(text);

    /// <summary>Every head of a model of this shape, layer by layer.</summary>
    /// <param name="config">The shape of the model.</param>
    public static IReadOnlyList<Head> AllIn(ModelConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return [.. from layer in Enumerable.Range(0, config.Layers)
                   from index in Enumerable.Range(0, config.Heads)
                   select new Head(layer, index)];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Component> PeersIn(ModelConfig config) => AllIn(config);

    /// <inheritdoc/>
    public override bool ExistsIn(ModelConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return Layer >= 0 && Layer < config.Layers && Index >= 0 && Index < config.Heads;
    }

    /// <summary>Orders by layer, then by head.</summary>
    /// <param name="other">The head to compare with.</param>
    public int CompareTo(Head? other) => other is null ? 1 : (Layer, Index).CompareTo((other.Layer, other.Index));
}
