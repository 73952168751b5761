using System.Globalization;

namespace CircuitSpecs.Statistics;

/// <summary>
/// Does knocking out the circuit change the model more than knocking out random circuits of its size (Shi et al. 2024,
/// partial necessity)? With W the number of random circuits whose knockout changes the scores less, the null hypothesis
/// P(less) ≤ q* is rejected where P(X ≥ W) ≤ α, X ~ Binomial(N, q*). A tie is no win. The paper draws the random circuits
/// either from the whole model or from the circuit's complement: say which.
/// </summary>
public static class CircuitPartialNecessity
{
    /// <summary>Tests the scores without the circuit against those without random ones.</summary>
    /// <param name="complement">The score of the model with the circuit knocked out, on each prompt.</param>
    /// <param name="model">The full model's, on the same prompts.</param>
    /// <param name="random">The score of the model with each random circuit knocked out, on the same prompts.</param>
    /// <param name="quantile">q*, .9 in the paper.</param>
    /// <param name="level">α.</param>
    /// <param name="distance">How the change is read.</param>
    /// <exception cref="ArgumentException">No random circuit, different numbers of prompts, ratios, or a score that is not finite.</exception>
    public static CircuitTestResult Test(PerPrompt complement, PerPrompt model, IReadOnlyList<PerPrompt> random, double quantile = 0.9, double level = 0.05, ScoreDistance distance = ScoreDistance.MeanAbsolute)
    {
        ArgumentNullException.ThrowIfNull(random);
        CircuitScores.CheckDraws(random.Count, quantile, level, nameof(random));
        double damage = CircuitScores.Distance(complement, model, distance, nameof(complement), nameof(model));
        int wins = random.Select((other, index) => CircuitScores.Distance(other, model, distance, string.Create(CultureInfo.InvariantCulture, $"random[{index}]"), nameof(model))).Count(other => other < damage);
        return CircuitScores.AgainstRandom(
            "partial necessity",
            string.Create(CultureInfo.InvariantCulture, $"knocking out the circuit changes more than at most the share {quantile} of random circuits do"),
            "changes more when knocked out than",
            wins,
            random.Count,
            quantile,
            level,
            damage);
    }
}
