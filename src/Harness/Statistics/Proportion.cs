using MathNet.Numerics.Distributions;

namespace CircuitSpecs.Statistics;

/// <summary>Confidence intervals of a rate: <i>k</i> successes in <i>n</i> independent trials.</summary>
public static class Proportion
{
    /// <summary>Wilson's score interval (1927): close to nominal coverage on average, also near 0 and 1.</summary>
    /// <param name="successes">k, from 0 to n.</param>
    /// <param name="trials">n, at least 1.</param>
    /// <param name="confidence">Nominal coverage.</param>
    public static Interval Wilson(int successes, int trials, double confidence = 0.95)
    {
        Check(successes, trials);
        double z = Normal.InvCDF(0, 1, (1 + confidence) / 2);
        double rate = (double)successes / trials;
        double scale = 1 + (z * z / trials);
        double centre = (rate + (z * z / (2 * trials))) / scale;
        double half = z / scale * Math.Sqrt((rate * (1 - rate) / trials) + (z * z / (4.0 * trials * trials)));
        return new Interval(successes == 0 ? 0 : centre - half, successes == trials ? 1 : centre + half, confidence);
    }

    /// <summary>Clopper and Pearson's exact interval (1934): never below nominal coverage.</summary>
    /// <param name="successes">k, from 0 to n.</param>
    /// <param name="trials">n, at least 1.</param>
    /// <param name="confidence">Least coverage.</param>
    public static Interval ClopperPearson(int successes, int trials, double confidence = 0.95)
    {
        Check(successes, trials);
        double tail = (1 - confidence) / 2;
        double low = successes == 0 ? 0 : Beta.InvCDF(successes, trials - successes + 1, tail);
        double high = successes == trials ? 1 : Beta.InvCDF(successes + 1, trials - successes, 1 - tail);
        return new Interval(low, high, confidence);
    }

    private static void Check(int successes, int trials)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(trials, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(successes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(successes, trials);
    }
}
