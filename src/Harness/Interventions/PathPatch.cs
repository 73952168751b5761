using System.Collections.Immutable;
using CircuitSpecs.Components;
using CircuitSpecs.Models;
using CircuitSpecs.Prompts;
using CircuitSpecs.Transformer;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Interventions;

/// <summary>
/// Exact path patching (Wang et al. 2023, arXiv 2211.00593, appendix B; Goldowsky-Dill et al. 2023, arXiv 2304.05969):
/// what reaches the receivers from the senders along the paths that no other head is on. Two runs of the unchanged model
/// and one that counts. First the base prompts are run with every head's z as it is there, but the senders' as on
/// the other twins, and what the receivers read is recorded; the MLPs are recomputed or frozen, as
/// <see cref="PathMlps"/> says. Then the base prompts are run with what was recorded in place, everything after it
/// recomputed. Norms are never frozen. Interventions beside this one act in the last run only.
/// </summary>
public sealed class PathPatch : Intervention
{
    private readonly ImmutableArray<Component> senders;
    private readonly ImmutableArray<PathReceiver> receivers;
    private readonly PathMlps mlps;
    private readonly PromptSide source;
    private readonly Position? at;

    private PathPatch(IEnumerable<Component> senders, IEnumerable<PathReceiver> receivers, PathMlps mlps, PromptSide source, Position? at)
    {
        ArgumentNullException.ThrowIfNull(senders);
        ArgumentNullException.ThrowIfNull(receivers);
        this.senders = [.. senders.Distinct()];
        this.receivers = [.. receivers.Distinct()];
        this.mlps = mlps;
        this.source = source;
        this.at = at;
        if (this.senders.IsEmpty || this.receivers.IsEmpty)
        {
            throw new ArgumentException("Path patching needs at least one sender and one receiver.", this.senders.IsEmpty ? nameof(senders) : nameof(receivers));
        }
    }

    /// <inheritdoc/>
    public override string Description
    {
        get
        {
            string direction = source == PromptSide.Corrupt ? "noise (clean prompts with corrupted paths)" : "denoise (corrupted prompts with clean paths)";
            string position = at is null ? string.Empty : $" at {at}";
            return $"path-patch {direction} {string.Join(" and ", senders)}{position} → {string.Join(", ", receivers)}; heads frozen, MLPs {(mlps == PathMlps.Frozen ? "frozen" : "recomputed")}";
        }
    }

    /// <inheritdoc/>
    public override PromptSide Side => source == PromptSide.Clean ? PromptSide.Corrupt : PromptSide.Clean;

    /// <summary>Runs the clean prompts with corrupted paths: what the answer needs.</summary>
    /// <param name="sender">A head, a set of heads, an attention layer, an MLP, a neuron, or the <see cref="Embedding"/>.</param>
    /// <param name="receiver">Where the path ends.</param>
    /// <param name="mlps">What the MLPs in between do.</param>
    /// <param name="at">At which position the sender is replaced; null takes all.</param>
    public static PathPatch Noising(Component sender, PathReceiver receiver, PathMlps mlps, Position? at = null) => new([sender], [receiver], mlps, PromptSide.Corrupt, at);

    /// <summary>Runs the clean prompts with corrupted paths from any of the senders to any of the receivers.</summary>
    /// <param name="senders">Heads, sets of heads, attention layers, MLPs, neurons, or the <see cref="Embedding"/>; replaced together.</param>
    /// <param name="receivers">Where paths end; patched together.</param>
    /// <param name="mlps">What the MLPs in between do.</param>
    /// <param name="at">At which position the senders are replaced; null takes all.</param>
    /// <exception cref="ArgumentException">There is no sender or no receiver.</exception>
    public static PathPatch Noising(IEnumerable<Component> senders, IEnumerable<PathReceiver> receivers, PathMlps mlps, Position? at = null) => new(senders, receivers, mlps, PromptSide.Corrupt, at);

    /// <summary>Runs the corrupted prompts with clean paths: what suffices for the answer.</summary>
    /// <param name="sender">A head, a set of heads, an attention layer, an MLP, a neuron, or the <see cref="Embedding"/>.</param>
    /// <param name="receiver">Where the path ends.</param>
    /// <param name="mlps">What the MLPs in between do.</param>
    /// <param name="at">At which position the sender is replaced; null takes all.</param>
    public static PathPatch Denoising(Component sender, PathReceiver receiver, PathMlps mlps, Position? at = null) => new([sender], [receiver], mlps, PromptSide.Clean, at);

    /// <summary>Runs the corrupted prompts with clean paths from any of the senders to any of the receivers.</summary>
    /// <param name="senders">Heads, sets of heads, attention layers, MLPs, neurons, or the <see cref="Embedding"/>; replaced together.</param>
    /// <param name="receivers">Where paths end; patched together.</param>
    /// <param name="mlps">What the MLPs in between do.</param>
    /// <param name="at">At which position the senders are replaced; null takes all.</param>
    /// <exception cref="ArgumentException">There is no sender or no receiver.</exception>
    public static PathPatch Denoising(IEnumerable<Component> senders, IEnumerable<PathReceiver> receivers, PathMlps mlps, Position? at = null) => new(senders, receivers, mlps, PromptSide.Clean, at);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The model lacks a sender or receiver, or no path leads from a sender to a receiver.</exception>
    public override IReadOnlyList<ForwardHook> HooksFor(HookedTransformer model, PromptBatch batch)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(batch);
        CorruptRun.RequireDifference(batch);
        ImmutableArray<ActivationTarget> sent = [.. senders.SelectMany(sender => ActivationTarget.Of(sender)).Select(target => (target with { At = at }).In(model.Config))];
        ImmutableArray<ActivationTarget> received = [.. receivers.Select(receiver => receiver.In(model.Config))];
        RequirePaths(sent, received, model.Config);
        Tensor[] recorded = Record(model, batch, sent, received);
        return [.. received.Select((target, i) => new ForwardHook(target.Point, (activation, _) => target.Replace(activation, recorded[i], model.Config, batch)))];
    }

    private void RequirePaths(ImmutableArray<ActivationTarget> sent, ImmutableArray<ActivationTarget> received, ModelConfig config)
    {
        int[] writes = [.. sent.Select(target => ResidualOrder.OfWrite(target.Point))];
        int[] reads = [.. received.Select(target => ResidualOrder.OfRead(target.Point, config))];
        int late = Array.FindIndex(writes, write => write > reads.Max());
        if (late >= 0)
        {
            throw new ArgumentException($"No path leads from {sent[late]} to {string.Join(", ", receivers)}: it is written after they read. Name a sender of an earlier layer.");
        }

        int early = Array.FindIndex(reads, read => read < writes.Min());
        if (early >= 0)
        {
            throw new ArgumentException($"No path leads from {string.Join(" and ", senders)} to {receivers[early]}: it reads before they write. Name a receiver of a later layer.");
        }
    }

    /// <summary>The run that carries the senders' values to the receivers.</summary>
    /// <returns>The whole activation at each receiver's point, in the caller's dispose scope.</returns>
    private Tensor[] Record(HookedTransformer model, PromptBatch batch, ImmutableArray<ActivationTarget> sent, ImmutableArray<ActivationTarget> received)
    {
        using DisposeScope scope = NewDisposeScope();
        int first = sent.Min(target => target.Point.Layer ?? 0);
        int end = received.Max(target => target.Point.Layer!.Value) + 1;
        var recorded = new Tensor[received.Length];
        ForwardHook[] hooks =
        [
            .. Frozen(model, batch, Enumerable.Range(first, end - first), sent),
            .. sent.Select(target => new ForwardHook(target.Point, (activation, point) => target.Replace(activation, ReferenceActivations.Of(model, point, source, batch), model.Config, batch))),
            .. received.Select((target, i) => ForwardHook.Observing(target.Point, activation => scope.Attach(recorded[i] = activation.clone().DetachFromDisposeScope()))),
        ];
        Tensor input = first > 0 ? ReferenceActivations.OfEveryLayer(model, "hook_resid_pre", Side, batch)[first] : ReferenceActivations.TokensOf(Side, batch);
        model.RunPristine(input, new ForwardOptions { StartAtLayer = first > 0 ? first : null, StopAtLayer = end }, hooks);
        foreach (Tensor tensor in recorded)
        {
            tensor.MoveToOuterDisposeScope();
        }

        return recorded;
    }

    /// <summary>What keeps the heads of some layers, and their MLPs where MLPs are frozen, at their values in the base run.</summary>
    private IEnumerable<ForwardHook> Frozen(HookedTransformer model, PromptBatch batch, IEnumerable<int> layers, ImmutableArray<ActivationTarget> sent)
    {
        IEnumerable<ForwardHook> hooks = Base(Hook.Z, layers);
        if (mlps == PathMlps.Recomputed || model.Config.AttentionOnly)
        {
            return hooks;
        }

        // A neuron can only send if the MLP's other neurons are frozen instead of its output.
        ILookup<bool, int> byNeuron = layers.ToLookup(layer => sent.Any(target => target.Point == Hook.Post(layer)));
        return [.. hooks, .. Base(Hook.MlpOut, byNeuron[false]), .. Base(Hook.Post, byNeuron[true])];

        ForwardHook[] Base(Func<int, HookPoint> point, IEnumerable<int> at)
        {
            int[] chosen = [.. at];
            Tensor[] values = chosen.Length == 0 ? [] : ReferenceActivations.OfEveryLayer(model, point(0).Site, Side, batch);
            return Array.ConvertAll(chosen, layer => new ForwardHook(point(layer), (_, _) => values[layer]));
        }
    }
}
