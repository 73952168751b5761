namespace CircuitSpecs.Statistics;

/// <summary>One edge taken out of a circuit.</summary>
/// <param name="Edge">Its name.</param>
/// <param name="Before">The circuit's score on each prompt.</param>
/// <param name="After">Without the edge, on the same prompts.</param>
public sealed record EdgeRemoval(string Edge, PerPrompt Before, PerPrompt After)
{
    /// <summary>How much the removal changes the scores.</summary>
    /// <param name="distance">How that is read.</param>
    /// <exception cref="ArgumentException">Different numbers of prompts, none, ratios, or a score that is not finite; the message names the edge.</exception>
    public double Effect(ScoreDistance distance = ScoreDistance.MeanAbsolute) => CircuitScores.Distance(Before, After, distance, $"{Edge} (before)", $"{Edge} (after)");
}
