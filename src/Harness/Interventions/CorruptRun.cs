using CircuitSpecs.Claims;
using CircuitSpecs.Prompts;
using CircuitSpecs.Transformer;

namespace CircuitSpecs.Interventions;

/// <summary>Runs the corrupted twins of the prompts and changes nothing else: the baseline that a denoising patch is compared with.</summary>
public sealed class CorruptRun : Intervention
{
    private CorruptRun()
    {
    }

    /// <summary>The only one there is.</summary>
    public static CorruptRun Instance { get; } = new();

    /// <inheritdoc/>
    public override string Description => "corrupted prompts";

    /// <inheritdoc/>
    public override PromptSide Side => PromptSide.Corrupt;

    /// <inheritdoc/>
    public override IReadOnlyList<ForwardHook> HooksFor(HookedTransformer model, PromptBatch batch) => [];

    /// <summary>Fails where the twins of all prompts of the set are equal: then no patch changes anything.</summary>
    /// <exception cref="InvalidExperimentException">They are.</exception>
    internal static void RequireDifference(PromptBatch batch)
    {
        if (!Differs(batch) && !Differs(new PromptBatch(batch.Source, [.. Enumerable.Range(0, batch.Source.Count)])))
        {
            throw new InvalidExperimentException($"Clean equals corrupt in every prompt of '{batch.Source.Family}': there is nothing to patch.");
        }
    }

    internal static bool Differs(PromptBatch batch) => batch.Prompts.Any(prompt => prompt.Corrupt is { } corrupt && !corrupt.SequenceEqual(prompt.Tokens));
}
