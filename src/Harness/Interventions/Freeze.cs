using CircuitSpecs.Components;
using CircuitSpecs.Models;
using CircuitSpecs.Transformer;
using static TorchSharp.torch;

namespace CircuitSpecs.Interventions;

/// <summary>
/// Keeps activations at the values that they have in the unchanged model on the prompts that are run, while another
/// intervention changes something before them. Frozen attention patterns leave what heads move and take away where they
/// move it from (Elhage et al. 2021, A Mathematical Framework for Transformer Circuits); frozen norm scales make the model linear in its
/// residual stream. Alone it changes nothing, which metrics refuse.
/// </summary>
public static class Freeze
{
    private const string ScaleName = "hook_scale";

    /// <summary>Keeps the attention patterns of all heads of all layers.</summary>
    /// <param name="side">Which twin is run: <see cref="PromptSide.Corrupt"/> beside an intervention on corrupted prompts, whose patterns are then kept.</param>
    public static Intervention Patterns(PromptSide side = PromptSide.Clean) =>
        Kept("all attention patterns", config => Enumerable.Range(0, config.Layers).Select(layer => new ActivationTarget(Hook.Pattern(layer))), side);

    /// <summary>Keeps the attention patterns of a head, of some heads, or of a layer.</summary>
    /// <param name="component">A head, a set of heads, or an attention layer.</param>
    /// <param name="side">Which twin is run.</param>
    /// <exception cref="NotSupportedException">The component has no attention.</exception>
    public static Intervention Pattern(Component component, PromptSide side = PromptSide.Clean)
    {
        ArgumentNullException.ThrowIfNull(component);
        ActivationTarget[] targets = component switch
        {
            Head or HeadSet => [.. ActivationTarget.Of(component).Select(target => target with { Point = Hook.Pattern(target.Point.Layer!.Value) })],
            AttentionLayer attention => [new ActivationTarget(Hook.Pattern(attention.Layer))],
            _ => throw new NotSupportedException($"A {component.Kind} has no attention pattern to freeze."),
        };
        return Kept($"the attention pattern of {component.Kind} {component}", _ => targets, side);
    }

    /// <summary>Keeps the scales (√(variance + ε), or the root mean square) of all norms, ln_final's included.</summary>
    /// <param name="side">Which twin is run.</param>
    /// <exception cref="NotSupportedException">The model has no norms (on use).</exception>
    public static Intervention NormScales(PromptSide side = PromptSide.Clean) =>
        Kept("all norm scales", config => AllScales(config), side);

    /// <summary>Keeps what all MLPs write.</summary>
    /// <param name="side">Which twin is run.</param>
    public static Intervention Mlps(PromptSide side = PromptSide.Clean) =>
        Kept("all MLPs", config => Enumerable.Range(0, config.Layers).Select(layer => new ActivationTarget(Hook.MlpOut(layer))), side);

    /// <summary>Keeps an activation.</summary>
    /// <param name="point">Where, for example <c>Hook.Ln2Scale(3)</c>.</param>
    /// <param name="head">Of which head; null takes all. Only where the activation has an axis of heads.</param>
    /// <param name="at">At which position (query position of scores and patterns); null takes all.</param>
    /// <param name="side">Which twin is run.</param>
    public static Intervention Activation(HookPoint point, int? head = null, Position? at = null, PromptSide side = PromptSide.Clean)
    {
        ArgumentNullException.ThrowIfNull(point);
        var target = new ActivationTarget(point, head is int index ? [index] : default, At: at);
        return Kept(target.ToString(), _ => [target], side);
    }

    /// <summary>Keeps what a component writes.</summary>
    /// <param name="component">A head, a set of heads, an attention layer, an MLP, a neuron or the embedding.</param>
    /// <param name="at">At which position; null takes all.</param>
    /// <param name="side">Which twin is run.</param>
    public static Intervention Output(Component component, Position? at = null, PromptSide side = PromptSide.Clean)
    {
        ArgumentNullException.ThrowIfNull(component);
        string where = at is null ? string.Empty : $" at {at}";
        return Kept($"{component.Kind} {component}{where}", _ => ActivationTarget.Of(component).Select(target => target with { At = at }), side);
    }

    /// <summary>Keeps several activations.</summary>
    internal static Intervention Kept(string what, Func<ModelConfig, IEnumerable<ActivationTarget>> targets, PromptSide side) => new ActivationEdit(
        side == PromptSide.Clean ? $"freeze {what}" : $"freeze {what} of the corrupted prompts",
        targets,
        (model, target, batch, activation) =>
        {
            HookPoint point = target.Point;
            Tensor kept = point.Layer is int layer
                ? ReferenceActivations.OfEveryLayer(model, point.Site, side, batch)[layer]
                : ReferenceActivations.Of(model, point, side, batch);

            // Where heads read inputs of their own, a norm has a scale for each of them.
            return activation.dim() > kept.dim() ? kept.unsqueeze(2) : kept;
        },
        side);

    private static ActivationTarget[] AllScales(ModelConfig config)
    {
        ActivationTarget[] scales = [.. HookCatalog.PointsIn(config, onDemand: false).Where(point => point.Site.EndsWith(ScaleName, StringComparison.Ordinal)).Select(point => new ActivationTarget(point))];
        return scales.Length > 0 ? scales : throw new NotSupportedException("The model has no norms, so there is no scale to freeze.");
    }
}
