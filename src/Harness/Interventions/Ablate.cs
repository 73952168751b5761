using System.Collections.Immutable;
using System.Globalization;
using CircuitSpecs.Components;
using CircuitSpecs.Prompts;
using CircuitSpecs.Transformer;
using static TorchSharp.torch;

namespace CircuitSpecs.Interventions;

/// <summary>
/// Ablations. The kind is always named, since it decides what is measured: zero takes the component to a point that it
/// may never be at, mean takes what it says on average and leaves that in place, resample gives it another prompt's value.
/// Of a head z is replaced (so zero removes b_V too, unless it was folded into b_O), of an attention layer attn_out, of
/// an MLP mlp_out, of a neuron post; at every position.
/// </summary>
public static class Ablate
{
    /// <summary>Puts zero in place of a component's output.</summary>
    /// <param name="component">A head, a set of heads, an attention layer, an MLP or a neuron.</param>
    public static Intervention Zero(Component component) => Zero(Named(component), ActivationTarget.Of(component));

    /// <summary>Puts zero in place of an activation.</summary>
    /// <param name="point">For example <c>Hook.MlpOut(0)</c>.</param>
    public static Intervention Zero(HookPoint point) => Zero(Named(point), [new ActivationTarget(point)]);

    /// <summary>Puts the mean over a set of prompts in place of a component's output.</summary>
    /// <param name="component">A head, a set of heads, an attention layer, an MLP or a neuron.</param>
    /// <param name="over">Whether positions have means of their own.</param>
    /// <param name="reference">The prompts that the mean is over; null takes the prompts that are run.</param>
    public static Intervention Mean(Component component, MeanOver over = MeanOver.EachPosition, PromptSet? reference = null) => Mean(Named(component), ActivationTarget.Of(component), over, reference);

    /// <summary>Puts the mean over a set of prompts in place of an activation.</summary>
    /// <param name="point">For example <c>Hook.MlpOut(0)</c>.</param>
    /// <param name="over">Whether positions have means of their own.</param>
    /// <param name="reference">The prompts that the mean is over; null takes the prompts that are run.</param>
    public static Intervention Mean(HookPoint point, MeanOver over = MeanOver.EachPosition, PromptSet? reference = null) => Mean(Named(point), [new ActivationTarget(point)], over, reference);

    /// <summary>Gives a component the value it has on another of the prompts that are run, of the same length; no prompt keeps its own.</summary>
    /// <param name="component">A head, a set of heads, an attention layer, an MLP or a neuron.</param>
    /// <param name="seed">Decides which prompt gets which other.</param>
    public static Intervention Resample(Component component, int seed) => Resample(Named(component), ActivationTarget.Of(component), PromptPairing.Shuffled(seed));

    /// <summary>Gives an activation the value it has on another of the prompts that are run, of the same length; no prompt keeps its own.</summary>
    /// <param name="point">For example <c>Hook.MlpOut(0)</c>.</param>
    /// <param name="seed">Decides which prompt gets which other.</param>
    public static Intervention Resample(HookPoint point, int seed) => Resample(Named(point), [new ActivationTarget(point)], PromptPairing.Shuffled(seed));

    /// <summary>Gives a component the value it has on a prompt of another set, of the same length.</summary>
    /// <param name="component">A head, a set of heads, an attention layer, an MLP or a neuron.</param>
    /// <param name="from">The set that values are drawn from, with replacement.</param>
    /// <param name="seed">Decides which prompt gets which.</param>
    public static Intervention Resample(Component component, PromptSet from, int seed) => Resample(Named(component), ActivationTarget.Of(component), PromptPairing.Drawn(from, seed));

    /// <summary>Gives an activation the value it has on a prompt of another set, of the same length.</summary>
    /// <param name="point">For example <c>Hook.MlpOut(0)</c>.</param>
    /// <param name="from">The set that values are drawn from, with replacement.</param>
    /// <param name="seed">Decides which prompt gets which.</param>
    public static Intervention Resample(HookPoint point, PromptSet from, int seed) => Resample(Named(point), [new ActivationTarget(point)], PromptPairing.Drawn(from, seed));

    /// <summary>Gives a component the value it has on a given other prompt of those that are run.</summary>
    /// <param name="component">A head, a set of heads, an attention layer, an MLP or a neuron.</param>
    /// <param name="permutation">For each prompt of the set the prompt whose value it gets.</param>
    public static Intervention Resample(Component component, ImmutableArray<int> permutation) => Resample(Named(component), ActivationTarget.Of(component), PromptPairing.Given(permutation));

    /// <summary>
    /// Adds Gaussian noise to a component's output, every entry of every prompt and position its own (Meng et al. 2022,
    /// section 2.1, there for embeddings; Zhang and Nanda 2024, arXiv 2309.16042, on its weaknesses).
    /// </summary>
    /// <param name="component">A head, a set of heads, an attention layer, an MLP, a neuron or the embedding.</param>
    /// <param name="scale">The noise's standard deviation, above 0.</param>
    /// <param name="seed">Decides the noise; a prompt's noise depends on the seed and its place in the set only.</param>
    /// <param name="unit">What the scale counts.</param>
    /// <param name="reference">The prompts that the activation's standard deviation is taken over; null takes the prompts that are run.</param>
    public static Intervention Noise(Component component, double scale, int seed, NoiseUnit unit = NoiseUnit.StandardDeviations, PromptSet? reference = null) => Noise(Named(component), ActivationTarget.Of(component), scale, seed, unit, reference);

    /// <summary>Adds Gaussian noise to an activation, every entry of every prompt and position its own.</summary>
    /// <param name="point">For example <c>Hook.MlpOut(0)</c>.</param>
    /// <param name="scale">The noise's standard deviation, above 0.</param>
    /// <param name="seed">Decides the noise; a prompt's noise depends on the seed and its place in the set only.</param>
    /// <param name="unit">What the scale counts.</param>
    /// <param name="reference">The prompts that the activation's standard deviation is taken over; null takes the prompts that are run.</param>
    public static Intervention Noise(HookPoint point, double scale, int seed, NoiseUnit unit = NoiseUnit.StandardDeviations, PromptSet? reference = null) => Noise(Named(point), [new ActivationTarget(point)], scale, seed, unit, reference);

    private static string Named(Component component)
    {
        ArgumentNullException.ThrowIfNull(component);
        return $"{component.Kind} {component.Label}";
    }

    private static string Named(HookPoint point)
    {
        ArgumentNullException.ThrowIfNull(point);
        return point.Name;
    }

    private static ActivationEdit Zero(string what, ImmutableArray<ActivationTarget> targets) =>
        new($"zero-ablate {what}", _ => targets, (_, _, _, activation) => zeros_like(activation));

    private static ActivationEdit Mean(string what, ImmutableArray<ActivationTarget> targets, MeanOver over, PromptSet? reference)
    {
        string how = over == MeanOver.EachPosition ? "at each position" : "over all positions";
        string data = reference is null ? "over the prompts that are run" : $"over {reference.Count} prompts of {reference.Family} ({reference.Hash})";
        return new ActivationEdit($"mean-ablate {what}, mean {how} {data}", _ => targets, (model, target, batch, activation) =>
        {
            PromptSet prompts = reference ?? batch.Source;
            Tensor mean = ReferenceActivations.Mean(model, target.Point, over, prompts);
            if (over == MeanOver.AllPositions)
            {
                return mean;
            }

            return mean.shape[1] >= activation.shape[1]
                ? mean.narrow(1, 0, activation.shape[1])
                : throw new InvalidOperationException($"A mean at each position of {activation.shape[1]} needs reference prompts of that length; those of '{prompts.Family}' have at most {mean.shape[1]} tokens.");
        });
    }

    private static ActivationEdit Resample(string what, ImmutableArray<ActivationTarget> targets, PromptPairing pairing) =>
        new($"resample-ablate {what}, {pairing.Description}", _ => targets, (model, target, batch, _) => ReferenceActivations.Of(model, target.Point, PromptSide.Clean, pairing.PartnersOf(batch)));

    private static ActivationEdit Noise(string what, ImmutableArray<ActivationTarget> targets, double scale, int seed, NoiseUnit unit, PromptSet? reference)
    {
        if (!(scale > 0) || double.IsInfinity(scale))
        {
            throw new ArgumentOutOfRangeException(nameof(scale), scale, "The scale of noise is a number above 0.");
        }

        if (unit == NoiseUnit.Absolute && reference is not null)
        {
            throw new ArgumentException("Noise of an absolute scale reads no reference prompts; leave them out.", nameof(reference));
        }

        string data = reference is null ? string.Empty : $" over {reference.Count} prompts of {reference.Family} ({reference.Hash})";
        string size = unit == NoiseUnit.Absolute ? string.Create(CultureInfo.InvariantCulture, $"{scale}") : string.Create(CultureInfo.InvariantCulture, $"{scale} standard deviations{data}");
        return new ActivationEdit($"noise-ablate {what}, Gaussian of {size}, seed {seed}", _ => targets, (model, target, batch, activation) =>
        {
            double deviation = unit == NoiseUnit.Absolute ? scale : scale * ActivationSpread.Of(model, target, reference ?? batch.Source);
            return activation + (deviation * GaussianNoise.PerPrompt(seed, target.Point.Name, batch, activation.shape));
        });
    }
}
