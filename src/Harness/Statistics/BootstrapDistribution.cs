using System.Collections.Immutable;
using MathNet.Numerics.Distributions;

namespace CircuitSpecs.Statistics;

/// <summary>A statistic on many resamples, from which intervals are read.</summary>
internal sealed class BootstrapDistribution
{
    private readonly ImmutableArray<double> sorted;

    /// <summary>Evaluates the statistic.</summary>
    /// <param name="statistic">A number for a selection of prompts, with repetition.</param>
    /// <param name="estimate">Its value on all prompts.</param>
    /// <param name="resamples">The selections.</param>
    /// <param name="acceleration">From <see cref="Resampling.Acceleration"/>.</param>
    public BootstrapDistribution(Func<ReadOnlySpan<int>, double> statistic, double estimate, IEnumerable<int[]> resamples, double acceleration)
    {
        sorted = [.. resamples.Select(resample => statistic(resample)).Order()];
        Acceleration = acceleration;
        if (!double.IsFinite(estimate) || !double.IsFinite(acceleration) || sorted.Any(value => !double.IsFinite(value)))
        {
            throw new ArgumentException($"The value ({estimate}) is not finite, or is not on some resample: a prompt is NaN or infinite, or the denominators of a ratio can sum to zero.");
        }

        double below = sorted.Count(value => value < estimate);
        double equal = sorted.Count(value => value == estimate);

        // Half a resample away from 0 and 1, so that an estimate at the very edge gives a finite correction.
        double midRank = Math.Clamp((below + (0.5 * equal)) / sorted.Length, 0.5 / sorted.Length, 1 - (0.5 / sorted.Length));
        Bias = Normal.InvCDF(0, 1, midRank);
    }

    /// <summary>z₀ = Φ⁻¹(share of resamples below the estimate + half the share equal to it), as scipy has it.</summary>
    public double Bias { get; }

    public double Acceleration { get; }

    public Interval Percentile(double confidence) => new(Quantile((1 - confidence) / 2), Quantile((1 + confidence) / 2), confidence);

    public Interval BiasCorrectedAccelerated(double confidence) => new(Quantile(Corrected((1 - confidence) / 2)), Quantile(Corrected((1 + confidence) / 2)), confidence);

    /// <summary>The quantile that BCa reads in place of α: Φ(z₀ + (z₀ + z_α) / (1 − a (z₀ + z_α))).</summary>
    public double Corrected(double alpha)
    {
        double z = Bias + Normal.InvCDF(0, 1, alpha);
        return Normal.CDF(0, 1, Bias + (z / (1 - (Acceleration * z))));
    }

    /// <summary>Linear interpolation between order statistics (type 7, NumPy's default).</summary>
    private double Quantile(double probability)
    {
        double rank = probability * (sorted.Length - 1);
        int lower = (int)Math.Floor(rank);
        int upper = Math.Min(lower + 1, sorted.Length - 1);
        return sorted[lower] + ((rank - lower) * (sorted[upper] - sorted[lower]));
    }
}
