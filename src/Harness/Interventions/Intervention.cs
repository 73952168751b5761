using CircuitSpecs.Prompts;
using CircuitSpecs.Transformer;

namespace CircuitSpecs.Interventions;

/// <summary>
/// A change to a run: an ablation, a patch, a knocked-out edge. Metrics take interventions, run the prompts with them,
/// and refuse the result if one of them changed nothing on any prompt.
/// </summary>
public abstract class Intervention
{
    /// <summary>What is done, in words that stand in a claim's conventions, with the data it is done with.</summary>
    public abstract string Description { get; }

    /// <summary>Which twin of each prompt the change is made to.</summary>
    public virtual PromptSide Side => PromptSide.Clean;

    /// <summary>The hooks that make the change in a run of a batch.</summary>
    /// <param name="model">The model that is run.</param>
    /// <param name="batch">The prompts that are run.</param>
    public abstract IReadOnlyList<ForwardHook> HooksFor(HookedTransformer model, PromptBatch batch);

    /// <inheritdoc/>
    public sealed override string ToString() => Description;
}
