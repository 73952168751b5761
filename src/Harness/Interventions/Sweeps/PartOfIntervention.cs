using CircuitSpecs.Prompts;
using CircuitSpecs.Transformer;
using static TorchSharp.torch;

namespace CircuitSpecs.Interventions.Sweeps;

/// <summary>Makes an intervention's change at some heads or at one position of its activation, and leaves the rest as it was.</summary>
internal sealed class PartOfIntervention(Intervention whole, ActivationTarget part) : Intervention
{
    /// <inheritdoc/>
    public override string Description => $"{whole.Description}, in {part} only";

    /// <inheritdoc/>
    public override PromptSide Side => whole.Side;

    /// <inheritdoc/>
    public override IReadOnlyList<ForwardHook> HooksFor(HookedTransformer model, PromptBatch batch)
    {
        ArgumentNullException.ThrowIfNull(model);
        ActivationTarget here = part.In(model.Config);
        ForwardHook hook = Single(whole, here.Point, model, batch);
        return [new ForwardHook(here.Point, (activation, point) =>
        {
            Tensor edited = activation.clone();
            return here.Replace(activation, hook.Function(edited, point) ?? edited, model.Config, batch);
        })];
    }

    /// <summary>The only hook of an intervention, which has to be at the given point.</summary>
    /// <exception cref="ArgumentException">The intervention acts elsewhere.</exception>
    public static ForwardHook Single(Intervention intervention, HookPoint point, HookedTransformer model, PromptBatch batch)
    {
        IReadOnlyList<ForwardHook> hooks = intervention.HooksFor(model, batch);
        return hooks is [var hook] && hook.Point.In(model.Config) == point
            ? hook
            : throw new ArgumentException($"A sweep of '{point}' needs an intervention that acts there and nowhere else; '{intervention}' acts at {(hooks.Count == 0 ? "no point" : string.Join(", ", hooks.Select(other => other.Point)))}.", nameof(intervention));
    }
}
