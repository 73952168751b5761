using System.Collections.Immutable;
using CircuitSpecs.Models;
using CircuitSpecs.Transformer;

namespace CircuitSpecs.Interventions.Sweeps;

/// <summary>What a sweep goes over. A cell gets the part of <see cref="Whole"/> that lies in its layer, at its head and position.</summary>
/// <param name="Description">What is done, in words.</param>
/// <param name="Point">The activation that is changed, by layer.</param>
/// <param name="Whole">The change to all of that activation.</param>
/// <param name="ByHead">Whether heads have cells of their own.</param>
/// <param name="Positions">The positions that have cells of their own; null changes all positions at once.</param>
/// <param name="Path">How the change may spread.</param>
internal sealed record SweepTask(string Description, Func<int, HookPoint> Point, Func<int, Intervention> Whole, bool ByHead, ImmutableArray<Position>? Positions, SweepPath Path)
{
    /// <summary>The intervention of a cell, as one would write it by hand.</summary>
    public required Func<SweepCell, Intervention> Intervention { get; init; }

    /// <summary>Whether cells take activations from the twins, so that they change nothing before the first token in which those differ.</summary>
    public bool FromTwin { get; init; }

    /// <summary>Cells of a layer at one position: its heads (of keys and values, where the activation is theirs), or 1.</summary>
    public int CellsOfLayer(ModelConfig config) => !ByHead ? 1 : HookCatalog.Find(Point(0), config)!.CountsKeyValueHeads ? config.KeyValueHeads : config.Heads;

    /// <summary>Whether a change at one position changes a head's output at later ones too, as keys and values do.</summary>
    public bool Spreads(int layer) => Point(layer).Site is "attn.hook_k" or "attn.hook_rot_k" or "attn.hook_v";

    /// <summary>Whether of residual streams that enter at a block nothing but the position that is read can matter, since no attention follows.</summary>
    /// <param name="config">The model's shape.</param>
    /// <param name="next">The block that is next.</param>
    /// <param name="atMlp">Whether of that block only the MLP is left.</param>
    public bool ReadsLastOnly(ModelConfig config, int next, bool atMlp) => Path != SweepPath.Everything || next + (atMlp ? 1 : 0) >= config.Layers;
}
