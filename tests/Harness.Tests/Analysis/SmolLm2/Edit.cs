using CircuitSpecs.Interventions;
using CircuitSpecs.Prompts;
using CircuitSpecs.Transformer;
using static TorchSharp.torch;

namespace CircuitSpecs.Tests.Analysis.SmolLm2;

/// <summary>An intervention given as a function, for what one test alone does.</summary>
internal sealed class Edit(string description, HookPoint point, Func<Tensor, Tensor> change) : Intervention
{
    public override string Description { get; } = description;

    public override IReadOnlyList<ForwardHook> HooksFor(HookedTransformer model, PromptBatch batch) => [new ForwardHook(point, (activation, _) => change(activation))];
}
