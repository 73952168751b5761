using CircuitSpecs.Models;

namespace CircuitSpecs.Transformer;

/// <summary>One entry of the catalogue: a hook point without its block.</summary>
/// <param name="Site">Its name inside the block, or its full name.</param>
/// <param name="PerLayer">Whether every block has one.</param>
/// <param name="Axes">The axes of its activation.</param>
/// <param name="OnDemand">Whether it exists only in runs that ask for it by name.</param>
/// <param name="When">Which models have it; null: all.</param>
internal sealed record HookSite(string Site, bool PerLayer, HookAxes Axes, bool OnDemand = false, Func<ModelConfig, bool>? When = null)
{
    /// <summary>Whether a model of this shape has it.</summary>
    public bool IsIn(ModelConfig config) => When is null || When(config);

    /// <summary>Whether its axis of heads counts key/value heads.</summary>
    public bool CountsKeyValueHeads => Axes is HookAxes.BatchPosKeyValueHeadModel or HookAxes.BatchPosKeyValueHeadWidth;

    /// <summary>The axis of heads, or null.</summary>
    public int? HeadAxis => Axes switch
    {
        HookAxes.BatchPosHeadModel or HookAxes.BatchPosHeadWidth => 2,
        HookAxes.BatchPosKeyValueHeadModel or HookAxes.BatchPosKeyValueHeadWidth => 2,
        HookAxes.BatchHeadQueryKey => 1,
        _ => null,
    };

    /// <summary>The axis of positions; of query positions where there are two.</summary>
    public int PositionAxis => Axes == HookAxes.BatchHeadQueryKey ? 2 : 1;

    /// <summary>The shape of the activation.</summary>
    public long[] Shape(ModelConfig config, long batch, long positions, long keys) => Axes switch
    {
        HookAxes.BatchPos => [batch, positions],
        HookAxes.BatchPosOne => [batch, positions, 1],
        HookAxes.BatchPosModel => [batch, positions, config.DModel],
        HookAxes.BatchPosHeadModel => [batch, positions, config.Heads, config.DModel],
        HookAxes.BatchPosHeadWidth => [batch, positions, config.Heads, config.DHead],
        HookAxes.BatchPosKeyValueHeadModel => [batch, positions, config.KeyValueHeads, config.DModel],
        HookAxes.BatchPosKeyValueHeadWidth => [batch, positions, config.KeyValueHeads, config.DHead],
        HookAxes.BatchHeadQueryKey => [batch, config.Heads, positions, keys],
        HookAxes.BatchPosMlp => [batch, positions, config.DMlp],
        HookAxes.BatchPosVocab => [batch, positions, config.Vocabulary],
        _ => throw new InvalidOperationException($"Axes {Axes} have no shape."),
    };
}
