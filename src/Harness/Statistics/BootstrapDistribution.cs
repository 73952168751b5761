using System.Collections.Immutable;
using MathNet.Numerics.Distributions;

namespace CircuitSpecs.Statistics;

/// <summary>A statistic on many resamples, from which intervals are read.</summary>
public sealed class BootstrapDistribution
{
    /// <summary>Evaluates the statistic.</summary>
    /// <param name="statistic">A number for a selection of prompts, with repetition.</param>
    /// <param name="estimate">Its value on all prompts.</param>
    /// <param name="resamples">The selections.</param>
    /// <param name="acceleration">From <see cref="Resampling.Acceleration"/>.</param>
    internal BootstrapDistribution(Func<ReadOnlySpan<int>, double> statistic, double estimate, IEnumerable<int[]> resamples, double acceleration)
    {
        Estimate = estimate;
        Values = [.. resamples.Select(resample => statistic(resample)).Order()];
        Acceleration = acceleration;
        if (Values.IsEmpty)
        {
            throw new ArgumentException("There is no resample: ask for at least one.", nameof(resamples));
        }

        if (!double.IsFinite(estimate) || !double.IsFinite(acceleration) || Values.Any(value => !double.IsFinite(value)))
        {
            throw new ArgumentException($"The value ({estimate}) is not finite, or is not on some resample: a prompt is NaN or infinite, or the denominators of a ratio can sum to zero.");
        }

        double below = Values.Count(value => value < estimate);
        double equal = Values.Count(value => value == estimate);
        ShareEqual = equal / Values.Length;
        Bias = BiasAt(below + (0.5 * equal));
        BiasStrictlyBelow = BiasAt(below);
    }

    /// <summary>The statistic on all prompts.</summary>
    public double Estimate { get; }

    /// <summary>The statistic on every resample, in ascending order.</summary>
    public ImmutableArray<double> Values { get; }

    /// <summary>The standard deviation of the resamples' values (n − 1 in the denominator).</summary>
    public double StandardError => Values.Length > 1 ? SampleStatistic.StandardDeviation(Values.AsSpan()) : 0;

    /// <summary>The share of resamples whose value is the estimate itself: large where a statistic can take few values, as a median can.</summary>
    public double ShareEqual { get; }

    /// <summary>z₀ = Φ⁻¹(share of resamples below the estimate + half the share equal to it), as scipy has it.</summary>
    public double Bias { get; }

    /// <summary>z₀ = Φ⁻¹(share of resamples strictly below the estimate), as in Efron and Tibshirani (1993, 14.14); differs where resamples equal the estimate.</summary>
    public double BiasStrictlyBelow { get; }

    /// <summary>BCa's <i>a</i>, from the jackknife (Efron and Tibshirani 1993, 14.15).</summary>
    public double Acceleration { get; }

    /// <summary>Percentile interval: the middle of the resamples' values.</summary>
    /// <param name="confidence">Nominal coverage.</param>
    public Interval Percentile(double confidence = 0.95)
    {
        Samples.MustBeInside(confidence, nameof(confidence));
        return new(Quantile((1 - confidence) / 2), Quantile((1 + confidence) / 2), confidence);
    }

    /// <summary>Basic interval: the percentile interval reflected at the estimate (Davison and Hinkley 1997, 5.6).</summary>
    /// <param name="confidence">Nominal coverage.</param>
    public Interval Basic(double confidence = 0.95)
    {
        Interval percentile = Percentile(confidence);
        return new((2 * Estimate) - percentile.High, (2 * Estimate) - percentile.Low, confidence);
    }

    /// <summary>Bias-corrected and accelerated interval (Efron 1987).</summary>
    /// <param name="confidence">Nominal coverage.</param>
    /// <param name="strictlyBelow">Take <see cref="BiasStrictlyBelow"/> in place of <see cref="Bias"/>.</param>
    public Interval BiasCorrectedAccelerated(double confidence = 0.95, bool strictlyBelow = false)
    {
        Samples.MustBeInside(confidence, nameof(confidence));
        return new(Quantile(Corrected((1 - confidence) / 2, strictlyBelow)), Quantile(Corrected((1 + confidence) / 2, strictlyBelow)), confidence);
    }

    /// <summary>The quantile that BCa reads in place of α: Φ(z₀ + (z₀ + z_α) / (1 − a (z₀ + z_α))).</summary>
    /// <param name="alpha">α.</param>
    /// <param name="strictlyBelow">Take <see cref="BiasStrictlyBelow"/> in place of <see cref="Bias"/>.</param>
    public double Corrected(double alpha, bool strictlyBelow = false)
    {
        double bias = strictlyBelow ? BiasStrictlyBelow : Bias;
        double z = bias + Normal.InvCDF(0, 1, alpha);
        return Normal.CDF(0, 1, bias + (z / (1 - (Acceleration * z))));
    }

    // Half a resample away from 0 and 1, so that an estimate at the very edge gives a finite correction.
    private double BiasAt(double rank) => Normal.InvCDF(0, 1, Math.Clamp(rank / Values.Length, 0.5 / Values.Length, 1 - (0.5 / Values.Length)));

    /// <summary>Linear interpolation between order statistics (type 7, NumPy's default).</summary>
    private double Quantile(double probability)
    {
        double rank = probability * (Values.Length - 1);
        int lower = (int)Math.Floor(rank);
        int upper = Math.Min(lower + 1, Values.Length - 1);
        return Values[lower] + ((rank - lower) * (Values[upper] - Values[lower]));
    }
}
