using MathNet.Numerics;

namespace CircuitSpecs.Statistics;

/// <summary>
/// The exact binomial test, computed in logarithms so that tiny p stay right, and from Loader's saddle-point expansion
/// ("Fast and accurate computation of binomial probabilities", 2000), so that large n lose no digits.
/// </summary>
public static class BinomialTest
{
    // Outcomes of equal probability may differ by rounding; scipy allows as much.
    private static readonly double Slack = Math.Log(1 + 1e-7);

    /// <summary>The p of <i>k</i> successes in <i>n</i> trials. Two-sided: the probability of all outcomes that are at most as likely as <i>k</i> (scipy's and R's definition).</summary>
    /// <param name="successes">k, from 0 to n.</param>
    /// <param name="trials">n, at least 1.</param>
    /// <param name="probability">The rate under the null hypothesis, 0 to 1.</param>
    /// <param name="alternative">On which side an effect is looked for.</param>
    public static double P(int successes, int trials, double probability, Alternative alternative = Alternative.TwoSided) =>
        Math.Exp(LogP(successes, trials, probability, alternative));

    /// <summary>The natural logarithm of <see cref="P"/>, for p that are smaller than the smallest number.</summary>
    /// <param name="successes">k, from 0 to n.</param>
    /// <param name="trials">n, at least 1.</param>
    /// <param name="probability">The rate under the null hypothesis, 0 to 1.</param>
    /// <param name="alternative">On which side an effect is looked for.</param>
    public static double LogP(int successes, int trials, double probability, Alternative alternative = Alternative.TwoSided)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(trials, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(successes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(successes, trials);
        if (probability is not (>= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(probability), probability, "A probability lies between 0 and 1.");
        }

        return alternative switch
        {
            Alternative.Greater => LogAtLeast(successes, trials, probability),
            Alternative.Less => LogAtMost(successes, trials, probability),
            _ => LogTwoSided(successes, trials, probability),
        };
    }

    /// <summary>The natural logarithm of the probability of exactly <i>k</i> successes.</summary>
    /// <param name="successes">k, from 0 to n.</param>
    /// <param name="trials">n.</param>
    /// <param name="probability">The rate.</param>
    public static double LogProbability(int successes, int trials, double probability)
    {
        double k = successes;
        double n = trials;
        if (probability is 0 or 1)
        {
            return k == n * probability ? 0 : double.NegativeInfinity;
        }

        if (k == 0 || k == n)
        {
            return k == 0 ? n * SpecialFunctions.Log1p(-probability) : n * Math.Log(probability);
        }

        return StirlingError(n) - StirlingError(k) - StirlingError(n - k)
            - Deviance(k, n * probability) - Deviance(n - k, n * (1 - probability))
            + (0.5 * Math.Log(n / (2 * Math.PI * k * (n - k))));
    }

    /// <summary>ln P(X ≥ k); k may lie outside 0 to n.</summary>
    internal static double LogAtLeast(int successes, int trials, double probability) =>
        successes <= 0 ? 0
        : successes > trials ? double.NegativeInfinity
        : successes > trials * probability ? Falling(successes, trials, probability)
        : LogOneMinusExp(LogAtMost(successes - 1, trials, probability));

    /// <summary>ln P(X ≤ k); k may lie outside 0 to n.</summary>
    internal static double LogAtMost(int successes, int trials, double probability) => LogAtLeast(trials - successes, trials, 1 - probability);

    private static double LogTwoSided(int successes, int trials, double probability)
    {
        double likelihood = LogProbability(successes, trials, probability) + Slack;
        int mode = (int)Math.Min(trials, Math.Floor((trials + 1.0) * probability));
        if (LogProbability(mode, trials, probability) <= likelihood)
        {
            return 0;
        }

        // Probabilities rise up to the mode and fall after it.
        int low = Boundary(-1, mode);
        int high = Boundary(trials + 1, mode);
        double lower = LogAtMost(low, trials, probability);
        double upper = LogAtLeast(high, trials, probability);
        double larger = Math.Max(lower, upper);
        return double.IsNegativeInfinity(larger) ? larger : Math.Min(0, larger + Math.Log(Math.Exp(lower - larger) + Math.Exp(upper - larger)));

        // The outcome nearest to the mode that is still unlikely enough.
        int Boundary(int unlikely, int likely)
        {
            while (Math.Abs((long)likely - unlikely) > 1)
            {
                int middle = unlikely + (int)(((long)likely - unlikely) / 2);
                if (LogProbability(middle, trials, probability) <= likelihood)
                {
                    unlikely = middle;
                }
                else
                {
                    likely = middle;
                }
            }

            return unlikely;
        }
    }

    /// <summary>The upper tail where its first term is its largest: each further term is a fraction of the one before.</summary>
    private static double Falling(int successes, int trials, double probability)
    {
        double odds = probability / (1 - probability);
        double sum = 1;
        double term = 1;
        for (int k = successes; k < trials && term > sum * 1e-18; k++)
        {
            term *= (double)(trials - k) / (k + 1.0) * odds;
            sum += term;
        }

        return Math.Min(0, LogProbability(successes, trials, probability) + Math.Log(sum));
    }

    private static double LogOneMinusExp(double logarithm) => double.IsNegativeInfinity(logarithm) ? 0 : Math.Min(0, SpecialFunctions.Log1p(-Math.Exp(logarithm)));

    /// <summary>ln n! less Stirling's formula.</summary>
    private static double StirlingError(double n)
    {
        if (n < 16)
        {
            return SpecialFunctions.FactorialLn((int)n) - (((n + 0.5) * Math.Log(n)) - n + (0.5 * Math.Log(2 * Math.PI)));
        }

        double square = n * n;
        return ((1.0 / 12) - (((1.0 / 360) - (((1.0 / 1260) - (((1.0 / 1680) - (1.0 / 1188 / square)) / square)) / square)) / square)) / n;
    }

    /// <summary>x ln(x / m) + m − x, without cancellation where x is near m.</summary>
    private static double Deviance(double x, double mean)
    {
        double difference = x - mean;
        if (Math.Abs(difference) >= 0.1 * (x + mean))
        {
            return (x * Math.Log(x / mean)) - difference;
        }

        double ratio = difference / (x + mean);
        double sum = difference * ratio;
        double power = 2 * x * ratio;
        for (int index = 1; ; index++)
        {
            power *= ratio * ratio;
            double next = sum + (power / ((2 * index) + 1));
            if (next == sum)
            {
                return next;
            }

            sum = next;
        }
    }
}
