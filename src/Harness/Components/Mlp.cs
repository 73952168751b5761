using System.Globalization;
using CircuitSpecs.Models;

namespace CircuitSpecs.Components;

/// <summary>The MLP of one layer.</summary>
/// <param name="Layer">The layer, from 0.</param>
public sealed record Mlp(int Layer) : Component
{
    /// <inheritdoc/>
    public override string Kind => "mlp";

    /// <inheritdoc/>
    public override string Label => string.Create(CultureInfo.InvariantCulture, $"mlp{Layer}");

    /// <summary>The MLPs of a model of this shape, by layer.</summary>
    /// <param name="config">The shape of the model.</param>
    public static IReadOnlyList<Mlp> AllIn(ModelConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return [.. Enumerable.Range(0, config.Layers).Select(layer => new Mlp(layer))];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Component> PeersIn(ModelConfig config) => AllIn(config);

    /// <inheritdoc/>
    public override bool ExistsIn(ModelConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return Layer >= 0 && Layer < config.Layers;
    }
}
