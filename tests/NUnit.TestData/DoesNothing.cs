using CircuitSpecs.Components;
using CircuitSpecs.Interventions;
using CircuitSpecs.Prompts;
using CircuitSpecs.Transformer;
using static TorchSharp.torch;

namespace CircuitSpecs.TestData;

/// <summary>An intervention that puts every activation back as it was.</summary>
internal sealed class DoesNothing(Head head) : Intervention
{
    public override string Description => $"put z of {head} back as it was";

    public override IReadOnlyList<ForwardHook> HooksFor(HookedTransformer model, PromptBatch batch) =>
        [new ForwardHook(Hook.Z(head.Layer), (activation, _) => activation.clone())];
}
