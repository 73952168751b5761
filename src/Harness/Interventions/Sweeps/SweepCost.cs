using System.Globalization;

namespace CircuitSpecs.Interventions.Sweeps;

/// <summary>What a sweep is expected to cost, known before it is run.</summary>
/// <param name="Patches">Cells times prompts: the runs of a naive loop.</param>
/// <param name="Skipped">How many of them cannot change anything, by the tokens alone: their twins do not differ so far, or the position comes after the answer. More may be found on the way.</param>
/// <param name="ForwardPasses">The work of the rest in forward passes of one prompt through all blocks: they start at the patched layer and position.</param>
/// <param name="Operations">Floating-point operations of that work.</param>
/// <param name="Bytes">Most bytes of activations that are held at once.</param>
public sealed record SweepCost(long Patches, long Skipped, double ForwardPasses, double Operations, long Bytes)
{
    private const double LongOperations = 1e12;

    /// <summary>Whether it takes so long (10¹² operations, about 5 s on one core) that a run without an <see cref="IProgress{T}"/> of its own prints cost and progress to standard error.</summary>
    public bool IsLong => Operations >= LongOperations;

    /// <summary>One line for people.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Patches} patches, {Skipped} of them without effect by their tokens, {ForwardPasses:F1} forward passes' work ({Operations / 1e9:F0} GFLOP), {Bytes / 1e6:F0} MB of activations");
}
