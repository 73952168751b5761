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
    private readonly ActivationTarget target;
    private readonly PromptSide source;

    private ActivationPatch(ActivationTarget target, PromptSide source)
    {
        this.target = target;
        this.source = source;
    }

    /// <inheritdoc/>
    public override string Description => source == PromptSide.Clean
        ? $"denoise: corrupted prompts with the clean {target}"
        : $"noise: clean prompts with the corrupted {target}";

    /// <inheritdoc/>
    public override PromptSide Side => source == PromptSide.Clean ? PromptSide.Corrupt : PromptSide.Clean;

    /// <summary>Runs the corrupted prompts with clean values at a point.</summary>
    /// <param name="point">Where.</param>
    /// <param name="head">Of which head; null takes all. Only where the activation has an axis of heads.</param>
    /// <param name="at">At which position (query position of scores and patterns); null takes all.</param>
    public static ActivationPatch Denoising(HookPoint point, int? head = null, Position? at = null) => new(Target(point, head, at), PromptSide.Clean);

    /// <summary>Runs the clean prompts with corrupted values at a point.</summary>
    /// <param name="point">Where.</param>
    /// <param name="head">Of which head; null takes all. Only where the activation has an axis of heads.</param>
    /// <param name="at">At which position (query position of scores and patterns); null takes all.</param>
    public static ActivationPatch Noising(HookPoint point, int? head = null, Position? at = null) => new(Target(point, head, at), PromptSide.Corrupt);

    /// <summary>Runs the corrupted prompts with the clean output of one component (z of a head).</summary>
    /// <param name="component">A head, an attention layer, an MLP or a neuron.</param>
    /// <param name="at">At which position; null takes all.</param>
    public static ActivationPatch Denoising(Component component, Position? at = null) => new(Target(component, at), PromptSide.Clean);

    /// <summary>Runs the clean prompts with the corrupted output of one component (z of a head).</summary>
    /// <param name="component">A head, an attention layer, an MLP or a neuron.</param>
    /// <param name="at">At which position; null takes all.</param>
    public static ActivationPatch Noising(Component component, Position? at = null) => new(Target(component, at), PromptSide.Corrupt);

    /// <inheritdoc/>
    public override IReadOnlyList<ForwardHook> HooksFor(HookedTransformer model, PromptBatch batch)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(batch);
        CorruptRun.RequireDifference(batch);
        ActivationTarget here = target.In(model.Config);
        return [new ForwardHook(here.Point, (activation, point) =>
            here.Replace(activation, ReferenceActivations.Of(model, point, source, batch), model.Config, batch))];
    }

    private static ActivationTarget Target(HookPoint point, int? head, Position? at)
    {
        ArgumentNullException.ThrowIfNull(point);
        return new ActivationTarget(point, head is int index ? [index] : default, At: at);
    }

    private static ActivationTarget Target(Component component, Position? at)
    {
        ArgumentNullException.ThrowIfNull(component);
        ImmutableArray<ActivationTarget> targets = ActivationTarget.Of(component);
        return targets is [var only]
            ? only with { At = at }
            : throw new NotSupportedException($"'{component}' spans several layers; patch each of its heads with an intervention of its own.");
    }
}
