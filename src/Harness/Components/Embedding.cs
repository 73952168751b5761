using CircuitSpecs.Models;

namespace CircuitSpecs.Components;

/// <summary>The token embedding (<c>hook_embed</c>), without what is added for positions.</summary>
public sealed record Embedding : Component
{
    /// <inheritdoc/>
    public override string Kind => "embedding";

    /// <inheritdoc/>
    public override string Label => "embed";

    /// <inheritdoc/>
    /// <remarks>There is only one.</remarks>
    public override IReadOnlyList<Component> PeersIn(ModelConfig config) => [this];

    /// <inheritdoc/>
    public override bool ExistsIn(ModelConfig config) => true;
}
