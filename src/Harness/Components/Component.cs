using CircuitSpecs.Models;

namespace CircuitSpecs.Components;

/// <summary>
/// A part of a transformer that a claim can name: a head, an MLP, an attention layer, a neuron, or a set of heads.
/// Layers and indices count from zero, as in TransformerLens.
/// </summary>
public abstract record Component
{
    /// <summary>The kind in one word, as it stands in test categories: <c>head</c>, <c>mlp</c>, <c>attention</c>, <c>neuron</c>, <c>heads</c>.</summary>
    public abstract string Kind { get; }

    /// <summary>The short name a reader knows it by: <c>4.11</c>, <c>mlp0</c>, <c>attn3</c>, <c>3.0+3.2</c>.</summary>
    public abstract string Label { get; }

    /// <summary>Every component of this kind in a model of this shape, this one included; the population that a claim about it is compared with.</summary>
    /// <param name="config">The shape of the model.</param>
    public abstract IReadOnlyList<Component> PeersIn(ModelConfig config);

    /// <summary>Whether a model of this shape has the component.</summary>
    /// <param name="config">The shape of the model.</param>
    public abstract bool ExistsIn(ModelConfig config);

    /// <inheritdoc/>
    public sealed override string ToString() => Label;
}
