using CircuitSpecs.Models;
using CircuitSpecs.Prompts;
using CircuitSpecs.Transformer;
using static TorchSharp.torch;

namespace CircuitSpecs.Interventions;

/// <summary>Puts something else in place of parts of activations. Made by <see cref="Ablate"/>, <see cref="Steer"/> and <see cref="Freeze"/>.</summary>
internal sealed class ActivationEdit : Intervention
{
    private readonly Func<ModelConfig, IEnumerable<ActivationTarget>> targets;
    private readonly Func<HookedTransformer, ActivationTarget, PromptBatch, Tensor, Tensor> replacement;

    /// <param name="description">What is done.</param>
    /// <param name="targets">To what, in a model of this shape.</param>
    /// <param name="replacement">From model, target, batch and activation: what is put in place, of the activation's shape or expanding to it.</param>
    /// <param name="side">On which twin.</param>
    public ActivationEdit(
        string description,
        Func<ModelConfig, IEnumerable<ActivationTarget>> targets,
        Func<HookedTransformer, ActivationTarget, PromptBatch, Tensor, Tensor> replacement,
        PromptSide side = PromptSide.Clean)
    {
        Description = description;
        this.targets = targets;
        this.replacement = replacement;
        Side = side;
    }

    /// <inheritdoc/>
    public override string Description { get; }

    /// <inheritdoc/>
    public override PromptSide Side { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<ForwardHook> HooksFor(HookedTransformer model, PromptBatch batch)
    {
        ArgumentNullException.ThrowIfNull(model);
        return [.. targets(model.Config).Select(target => HookFor(target.In(model.Config), model, batch))];
    }

    private ForwardHook HookFor(ActivationTarget target, HookedTransformer model, PromptBatch batch) =>
        new(target.Point, (activation, _) => target.Replace(activation, replacement(model, target, batch, activation), model.Config, batch));
}
