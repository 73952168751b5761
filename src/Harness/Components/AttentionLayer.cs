using System.Globalization;
using CircuitSpecs.Models;

namespace CircuitSpecs.Components;

/// <summary>All heads of one layer together, with the layer's output bias.</summary>
/// <param name="Layer">The layer, from 0.</param>
public sealed record AttentionLayer(int Layer) : Component
{
    /// <inheritdoc/>
    public override string Kind => "attention";

    /// <inheritdoc/>
    public override string Label => string.Create(CultureInfo.InvariantCulture, $"attn{Layer}");

    /// <inheritdoc/>
    public override IReadOnlyList<Component> PeersIn(ModelConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return [.. Enumerable.Range(0, config.Layers).Select(layer => new AttentionLayer(layer))];
    }

    /// <inheritdoc/>
    public override bool ExistsIn(ModelConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return Layer >= 0 && Layer < config.Layers;
    }
}
