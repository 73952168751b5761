using System.Globalization;
using CircuitSpecs.Models;

namespace CircuitSpecs.Components;

/// <summary>One neuron of an MLP, after its activation function (<c>hook_post</c>).</summary>
/// <param name="Layer">The layer, from 0.</param>
/// <param name="Index">The neuron within the MLP, from 0.</param>
public sealed record Neuron(int Layer, int Index) : Component
{
    /// <inheritdoc/>
    public override string Kind => "neuron";

    /// <inheritdoc/>
    public override string Label => string.Create(CultureInfo.InvariantCulture, $"n{Layer}.{Index}");

    /// <inheritdoc/>
    /// <remarks>The neurons of the same layer: across layers, norms differ too much for a comparison to mean anything.</remarks>
    public override IReadOnlyList<Component> PeersIn(ModelConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return [.. Enumerable.Range(0, config.DMlp).Select(index => new Neuron(Layer, index))];
    }

    /// <inheritdoc/>
    public override bool ExistsIn(ModelConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return Layer >= 0 && Layer < config.Layers && Index >= 0 && Index < config.DMlp;
    }
}
