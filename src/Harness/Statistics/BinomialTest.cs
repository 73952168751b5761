using MathNet.Numerics;

namespace CircuitSpecs.Statistics;

/// <summary>The exact binomial test, computed in logarithms so that tiny p stay right.</summary>
public static class BinomialTest
{
    /// <summary>The p of <i>k</i> successes in <i>n</i> trials. Two-sided: the probability of all outcomes that are at most as likely as <i>k</i> (scipy's and R's definition).</summary>
    /// <param name="successes">k, from 0 to n.</param>
    /// <param name="trials">n, at least 1.</param>
    /// <param name="probability">The rate under the null hypothesis, 0 to 1.</param>
    /// <param name="alternative">On which side an effect is looked for.</param>
    public static double P(int successes, int trials, double probability, Alternative alternative = Alternative.TwoSided)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(trials, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(successes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(successes, trials);
        if (probability is not (>= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(probability), probability, "A probability lies between 0 and 1.");
        }

        // Outcomes of equal probability may differ by rounding; scipy allows as much.
        double likelihood = LogProbability(successes, trials, probability) + Math.Log(1 + 1e-7);
        IEnumerable<int> outcomes = alternative switch
        {
            Alternative.Greater => Enumerable.Range(successes, trials - successes + 1),
            Alternative.Less => Enumerable.Range(0, successes + 1),
            _ => Enumerable.Range(0, trials + 1).Where(outcome => LogProbability(outcome, trials, probability) <= likelihood),
        };
        return Math.Min(1, Math.Exp(LogSum([.. outcomes.Select(outcome => LogProbability(outcome, trials, probability))])));
    }

    /// <summary>The natural logarithm of the probability of exactly <i>k</i> successes.</summary>
    /// <param name="successes">k, from 0 to n.</param>
    /// <param name="trials">n.</param>
    /// <param name="probability">The rate.</param>
    public static double LogProbability(int successes, int trials, double probability) =>
        SpecialFunctions.BinomialLn(trials, successes) + Term(successes, Math.Log(probability)) + Term(trials - successes, SpecialFunctions.Log1p(-probability));

    private static double Term(int count, double logarithm) => count == 0 ? 0 : count * logarithm;

    private static double LogSum(double[] logarithms)
    {
        double largest = logarithms.Max();
        return double.IsNegativeInfinity(largest) ? largest : largest + Math.Log(logarithms.Sum(value => Math.Exp(value - largest)));
    }
}
