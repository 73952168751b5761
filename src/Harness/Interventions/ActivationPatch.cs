using System.Collections.Immutable;
using CircuitSpecs.Components;
using CircuitSpecs.Prompts;
using CircuitSpecs.Transformer;
using static TorchSharp.torch;

namespace CircuitSpecs.Interventions;

/// <summary>
/// Activation patching between the two twins of each prompt. Denoising runs the corrupted prompts and puts clean values
/// in place, which shows what suffices to bring the answer back; noising runs the clean prompts and puts corrupted
/// values in place, which shows what the answer needs.
/// </summary>
public sealed class ActivationPatch : Intervention
{
    private readonly ImmutableArray<ActivationTarget> targets;
    private readonly PromptSide source;

    private ActivationPatch(ImmutableArray<ActivationTarget> targets, PromptSide source)
    {
        this.targets = targets;
        this.source = source;
    }

    /// <inheritdoc/>
    public override string Description => source == PromptSide.Clean
        ? $"denoise: corrupted prompts with the clean {string.Join(" and ", targets)}"
        : $"noise: clean prompts with the corrupted {string.Join(" and ", targets)}";

    /// <inheritdoc/>
    public override PromptSide Side => source == PromptSide.Clean ? PromptSide.Corrupt : PromptSide.Clean;

    /// <summary>Runs the corrupted prompts with clean values at a point.</summary>
    /// <param name="point">Where.</param>
    /// <param name="head">Of which head; null takes all. Only where the activation has an axis of heads; keys and values have their own heads under grouped-query attention.</param>
    /// <param name="at">At which position (query position of scores and patterns); null takes all.</param>
    /// <param name="key">At which key position of scores and patterns; null takes all.</param>
    public static ActivationPatch Denoising(HookPoint point, int? head = null, Position? at = null, Position? key = null) => new(Target(point, head, at, key), PromptSide.Clean);

    /// <summary>Runs the clean prompts with corrupted values at a point.</summary>
    /// <param name="point">Where.</param>
    /// <param name="head">Of which head; null takes all. Only where the activation has an axis of heads; keys and values have their own heads under grouped-query attention.</param>
    /// <param name="at">At which position (query position of scores and patterns); null takes all.</param>
    /// <param name="key">At which key position of scores and patterns; null takes all.</param>
    public static ActivationPatch Noising(HookPoint point, int? head = null, Position? at = null, Position? key = null) => new(Target(point, head, at, key), PromptSide.Corrupt);

    /// <summary>Runs the corrupted prompts with the clean output of one component (z of a head).</summary>
    /// <param name="component">A head, a set of heads, an attention layer, an MLP, a neuron or the embedding.</param>
    /// <param name="at">At which position; null takes all.</param>
    public static ActivationPatch Denoising(Component component, Position? at = null) => new(Target(component, at), PromptSide.Clean);

    /// <summary>Runs the clean prompts with the corrupted output of one component (z of a head).</summary>
    /// <param name="component">A head, a set of heads, an attention layer, an MLP, a neuron or the embedding.</param>
    /// <param name="at">At which position; null takes all.</param>
    public static ActivationPatch Noising(Component component, Position? at = null) => new(Target(component, at), PromptSide.Corrupt);

    /// <inheritdoc/>
    public override IReadOnlyList<ForwardHook> HooksFor(HookedTransformer model, PromptBatch batch)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(batch);
        CorruptRun.RequireDifference(batch);
        return [.. targets.Select(target => target.In(model.Config)).Select(target => new ForwardHook(
            target.Point,
            (activation, point) => target.Replace(activation, ReferenceActivations.Of(model, point, source, batch), model.Config, batch)))];
    }

    private static ImmutableArray<ActivationTarget> Target(HookPoint point, int? head, Position? at, Position? key)
    {
        ArgumentNullException.ThrowIfNull(point);
        return [new ActivationTarget(point, head is int index ? [index] : default, At: at, Key: key)];
    }

    private static ImmutableArray<ActivationTarget> Target(Component component, Position? at)
    {
        ArgumentNullException.ThrowIfNull(component);
        return [.. ActivationTarget.Of(component).Select(target => target with { At = at })];
    }
}
