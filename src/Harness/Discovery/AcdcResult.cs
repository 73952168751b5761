namespace CircuitSpecs.Discovery;

/// <summary>What ACDC left of a model.</summary>
/// <param name="Threshold">τ: how much worse the metric may get for an edge to be removed.</param>
/// <param name="Kept">The edges that were not removed.</param>
/// <param name="Loss">The metric with the others removed, as a loss (negated if higher is better): the mean over prompts.</param>
/// <param name="SmallestMargin">The smallest |change − τ| of all decisions: rounding errors below it cannot have changed the result.</param>
public sealed record AcdcResult(double Threshold, Circuit Kept, double Loss, double SmallestMargin)
{
    /// <summary>The edges that lie on a path from the input to the logits.</summary>
    public Circuit Pruned => Kept.Pruned();
}
