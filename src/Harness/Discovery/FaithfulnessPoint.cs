using CircuitSpecs.Statistics;

namespace CircuitSpecs.Discovery;

/// <summary>A circuit of one size and how well it does.</summary>
/// <param name="Share">The share of all edges that was selected.</param>
/// <param name="Selected">How many edges that is: share · edges, rounded down.</param>
/// <param name="Circuit">What pruning left of them; may be empty.</param>
/// <param name="Performance">The metric of the circuit alone.</param>
/// <param name="Faithfulness">The share of the model's performance that it keeps; not limited to 0 to 1.</param>
public sealed record FaithfulnessPoint(double Share, int Selected, Circuit Circuit, PerPrompt Performance, PerPrompt Faithfulness);
