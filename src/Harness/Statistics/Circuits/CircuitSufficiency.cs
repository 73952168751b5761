using System.Globalization;

namespace CircuitSpecs.Statistics;

/// <summary>
/// Is the circuit more faithful to the model than random circuits of its size (Shi et al. 2024, sufficiency)? With W the
/// number of random circuits whose scores are further from the model's, the null hypothesis P(further) ≤ q* is rejected
/// where P(X ≥ W) ≤ α, X ~ Binomial(N, q*). With q* = .9 and α = .05 that takes 29 of 29, 49 of 50 or 96 of 100. A tie is
/// no win. Draw the random circuits with exactly as many edges, best with the same numbers of each kind in each layer.
/// </summary>
public static class CircuitSufficiency
{
    /// <summary>Tests the scores of the circuit against those of random ones.</summary>
    /// <param name="circuit">The circuit's score on each prompt, everything else ablated.</param>
    /// <param name="model">The full model's, on the same prompts.</param>
    /// <param name="random">Each random circuit's, on the same prompts.</param>
    /// <param name="quantile">q*, .9 in the paper.</param>
    /// <param name="level">α.</param>
    /// <param name="distance">How faithfulness is read.</param>
    /// <exception cref="ArgumentException">No random circuit, different numbers of prompts, ratios, or a score that is not finite.</exception>
    public static CircuitTestResult Test(PerPrompt circuit, PerPrompt model, IReadOnlyList<PerPrompt> random, double quantile = 0.9, double level = 0.05, ScoreDistance distance = ScoreDistance.MeanAbsolute)
    {
        ArgumentNullException.ThrowIfNull(random);
        CircuitScores.CheckDraws(random.Count, quantile, level, nameof(random));
        double loss = CircuitScores.Distance(circuit, model, distance, nameof(circuit), nameof(model));
        int wins = random.Select((other, index) => CircuitScores.Distance(other, model, distance, string.Create(CultureInfo.InvariantCulture, $"random[{index}]"), nameof(model))).Count(other => other > loss);
        return CircuitScores.AgainstRandom(
            "sufficiency",
            string.Create(CultureInfo.InvariantCulture, $"the circuit is more faithful than at most the share {quantile} of random circuits"),
            "is nearer to the model than",
            wins,
            random.Count,
            quantile,
            level,
            loss);
    }

    /// <summary>The fewest random circuits at which the test can reject at all: 29 for q* = .9 and α = .05.</summary>
    /// <param name="quantile">q*.</param>
    /// <param name="level">α.</param>
    public static int FewestDraws(double quantile = 0.9, double level = 0.05)
    {
        CircuitScores.CheckDraws(1, quantile, level, nameof(quantile));
        return CircuitScores.FewestDraws(quantile, level);
    }
}
