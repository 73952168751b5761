using CircuitSpecs.Models;
using CircuitSpecs.Prompts;
using CircuitSpecs.Transformer;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Interventions.Sweeps;

/// <summary>The run that the cells of a sweep change, for prompts of one length that are read at one position: every activation that patched runs start from.</summary>
internal sealed class UnpatchedRun : IDisposable
{
    private readonly Dictionary<HookPoint, Tensor> kept = [];
    private readonly HookedTransformer model;

    /// <param name="model">The model.</param>
    /// <param name="batch">Prompts of one length and one answer position.</param>
    /// <param name="side">Which twin is run.</param>
    /// <param name="points">What is kept besides the residual stream.</param>
    public UnpatchedRun(HookedTransformer model, PromptBatch batch, PromptSide side, IEnumerable<HookPoint> points)
    {
        this.model = model;
        Batch = batch;
        End = batch.AnswerPositions()[0] + 1;
        using DisposeScope scope = NewDisposeScope();
        IEnumerable<HookPoint> wanted = [.. points, .. Enumerable.Range(0, model.Config.Layers).Select(Hook.ResidPre), Hook.ResidPost(model.Config.Layers - 1)];
        ForwardHook[] hooks = [.. wanted.Distinct().Select(point => ForwardHook.Observing(point, activation => kept[point] = activation.alias().DetachFromDisposeScope()))];
        model.RunPristine(side == PromptSide.Clean ? batch.Tokens() : batch.CorruptTokens(), new ForwardOptions { StopAtLayer = model.Config.Layers }, hooks);
    }

    /// <summary>The prompts.</summary>
    public PromptBatch Batch { get; }

    /// <summary>The position after the one that is read; what comes later cannot matter.</summary>
    public int End { get; }

    /// <summary>An activation at all positions, those after <see cref="End"/> too.</summary>
    public Tensor this[HookPoint point] => kept[point];

    /// <summary>The residual stream before a block, or after the last, [prompt, <see cref="End"/>, d_model].</summary>
    public Tensor Residual(int layer) => Cut(layer == model.Config.Layers ? this[Hook.ResidPost(layer - 1)] : this[Hook.ResidPre(layer)]);

    /// <summary>The positions up to <see cref="End"/> of an activation [prompt, pos, ...].</summary>
    public Tensor Cut(Tensor activation) => activation.narrow(1, 0, End);

    /// <summary>Keys (rotated) and values before a position, for rows that each belong to a prompt.</summary>
    /// <param name="position">At least 1.</param>
    /// <param name="prompts">[row] int64: each row's prompt.</param>
    public KeyValuePrefix Before(int position, Tensor prompts)
    {
        return new KeyValuePrefix(position, layer => (Rows(KeyPoint(model.Config, layer)), Rows(Hook.V(layer))));

        Tensor Rows(HookPoint point)
        {
            Tensor earlier = this[point].narrow(1, 0, position);
            return Batch.Count == 1 ? earlier.expand(prompts.shape[0], position, earlier.shape[2], earlier.shape[3]) : earlier.index_select(0, prompts);
        }
    }

    /// <summary>Where rotated keys are seen.</summary>
    public static HookPoint KeyPoint(ModelConfig config, int layer) => config.Positions == PositionScheme.Rotary ? Hook.RotK(layer) : Hook.K(layer);

    /// <summary>Frees the activations.</summary>
    public void Dispose()
    {
        foreach (Tensor activation in kept.Values)
        {
            activation.Dispose();
        }

        kept.Clear();
    }
}
