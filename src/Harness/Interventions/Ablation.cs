using System.Collections.Immutable;
using CircuitSpecs.Prompts;
using CircuitSpecs.Transformer;
using static TorchSharp.torch;

namespace CircuitSpecs.Interventions;

/// <summary>Puts something else in place of a component's output, at every position. Made by <see cref="Ablate"/>.</summary>
internal sealed class Ablation : Intervention
{
    private readonly ImmutableArray<ActivationTarget> targets;
    private readonly Func<HookedTransformer, HookPoint, PromptBatch, Tensor, Tensor> replacement;

    /// <param name="description">What is done.</param>
    /// <param name="targets">To what.</param>
    /// <param name="replacement">From model, point, batch and activation: what is put in place, of the activation's shape or expanding to it.</param>
    public Ablation(string description, ImmutableArray<ActivationTarget> targets, Func<HookedTransformer, HookPoint, PromptBatch, Tensor, Tensor> replacement)
    {
        Description = description;
        this.targets = targets;
        this.replacement = replacement;
    }

    /// <inheritdoc/>
    public override string Description { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<ForwardHook> HooksFor(HookedTransformer model, PromptBatch batch)
    {
        ArgumentNullException.ThrowIfNull(model);
        return [.. targets.Select(target => HookFor(target.In(model.Config), model, batch))];
    }

    private ForwardHook HookFor(ActivationTarget target, HookedTransformer model, PromptBatch batch) =>
        new(target.Point, (activation, point) => target.Replace(activation, replacement(model, point, batch, activation), model.Config, batch));
}
