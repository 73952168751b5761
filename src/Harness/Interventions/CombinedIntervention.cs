using System.Collections.Immutable;
using CircuitSpecs.Prompts;
using CircuitSpecs.Transformer;

namespace CircuitSpecs.Interventions;

/// <summary>Several interventions that are one experiment together, so that one of them may change nothing.</summary>
internal sealed class CombinedIntervention(params ImmutableArray<Intervention> parts) : Intervention
{
    /// <inheritdoc/>
    public override string Description => string.Join("; ", parts);

    /// <inheritdoc/>
    public override PromptSide Side => parts[0].Side;

    /// <inheritdoc/>
    public override IReadOnlyList<ForwardHook> HooksFor(HookedTransformer model, PromptBatch batch) => [.. parts.SelectMany(part => part.HooksFor(model, batch))];
}
