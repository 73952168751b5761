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

    internal static bool Differs(PromptBatch batch) => batch.Prompts.Any(prompt => prompt.Corrupt is { } corrupt && !corrupt.SequenceEqual(prompt.Tokens));
}
