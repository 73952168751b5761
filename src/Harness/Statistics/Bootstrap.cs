namespace CircuitSpecs.Statistics;

/// <summary>
/// Confidence intervals of a measurement by resampling its prompts. Works for means and for ratios of means (numerator
/// and denominator of a prompt stay together). The same seed gives the same interval; where all prompts have the same
/// value it has width zero.
/// </summary>
public static class Bootstrap
{
    /// <summary>Number of resamples unless said otherwise.</summary>
    public const int DefaultResamples = 4999;

    /// <summary>Bias-corrected and accelerated interval (Efron 1987), with the mid-rank bias of scipy: second-order right, also where the values are skewed.</summary>
    /// <param name="sample">The measurement; at least two prompts.</param>
    /// <param name="clusters">The template of each prompt, or null; see <see cref="Resampling"/>.</param>
    /// <param name="confidence">Nominal coverage.</param>
    /// <param name="seed">Fixes the resamples.</param>
    /// <param name="resamples">How many.</param>
    /// <exception cref="ArgumentException">Fewer than two prompts, a label missing, or a value that is not finite.</exception>
    public static Interval BiasCorrectedAccelerated(PerPrompt sample, IReadOnlyList<string?>? clusters = null, double confidence = 0.95, int seed = 0, int resamples = DefaultResamples) =>
        Distribution(sample, clusters, confidence, seed, resamples).BiasCorrectedAccelerated(confidence);

    /// <summary>Percentile interval: the middle of the resamples' values, uncorrected.</summary>
    /// <param name="sample">The measurement; at least two prompts.</param>
    /// <param name="clusters">The template of each prompt, or null; see <see cref="Resampling"/>.</param>
    /// <param name="confidence">Nominal coverage.</param>
    /// <param name="seed">Fixes the resamples.</param>
    /// <param name="resamples">How many.</param>
    /// <exception cref="ArgumentException">Fewer than two prompts, a label missing, or a value that is not finite.</exception>
    public static Interval Percentile(PerPrompt sample, IReadOnlyList<string?>? clusters = null, double confidence = 0.95, int seed = 0, int resamples = DefaultResamples) =>
        Distribution(sample, clusters, confidence, seed, resamples).Percentile(confidence);

    /// <summary>Basic interval: the percentile interval reflected at the value.</summary>
    /// <param name="sample">The measurement; at least two prompts.</param>
    /// <param name="clusters">The template of each prompt, or null; see <see cref="Resampling"/>.</param>
    /// <param name="confidence">Nominal coverage.</param>
    /// <param name="seed">Fixes the resamples.</param>
    /// <param name="resamples">How many.</param>
    /// <exception cref="ArgumentException">Fewer than two prompts, a label missing, or a value that is not finite.</exception>
    public static Interval Basic(PerPrompt sample, IReadOnlyList<string?>? clusters = null, double confidence = 0.95, int seed = 0, int resamples = DefaultResamples) =>
        Distribution(sample, clusters, confidence, seed, resamples).Basic(confidence);

    /// <summary>The distribution of any statistic of one sample, for example <see cref="SampleStatistic.Median"/>.</summary>
    /// <param name="sample">One value per prompt; at least two.</param>
    /// <param name="statistic">A number for a sample of any length that the resampling gives.</param>
    /// <param name="clusters">The template of each prompt, or null; see <see cref="Resampling"/>.</param>
    /// <param name="seed">Fixes the resamples.</param>
    /// <param name="resamples">How many.</param>
    /// <exception cref="ArgumentException">Fewer than two prompts, a label missing, or a value that is not finite.</exception>
    public static BootstrapDistribution Distribution(IReadOnlyList<double> sample, Func<ReadOnlySpan<double>, double> statistic, IReadOnlyList<string?>? clusters = null, int seed = 0, int resamples = DefaultResamples)
    {
        ArgumentNullException.ThrowIfNull(statistic);
        double[] values = Samples.Finite(sample, 0, nameof(sample));
        return Distribution(values.Length, Of(values, statistic), clusters, seed, resamples);
    }

    /// <summary>The distribution of any statistic of one sample over resamples that are given, for example another program's.</summary>
    /// <param name="sample">One value per prompt; at least two.</param>
    /// <param name="statistic">A number for a sample.</param>
    /// <param name="resamples">Which prompts each resample holds, by index and with repetition.</param>
    /// <exception cref="ArgumentException">Fewer than two prompts, no resample, an index that no prompt has, or a value that is not finite.</exception>
    public static BootstrapDistribution Distribution(IReadOnlyList<double> sample, Func<ReadOnlySpan<double>, double> statistic, IEnumerable<int[]> resamples)
    {
        ArgumentNullException.ThrowIfNull(statistic);
        ArgumentNullException.ThrowIfNull(resamples);
        double[] values = Samples.Finite(sample, 0, nameof(sample));
        return Distribution(Of(values, statistic), Resampling.Of(values.Length), resamples.Select(Checked));

        int[] Checked(int[] resample) => resample.Length > 0 && resample.All(index => index >= 0 && index < values.Length)
            ? resample
            : throw new ArgumentException($"A resample is empty or has an index outside 0 to {values.Length - 1}.", nameof(resamples));
    }

    /// <summary>The distribution of any statistic of several measurements over the same prompts, which stay together: a correlation, an AUROC, a difference of medians.</summary>
    /// <param name="count">Number of prompts; at least two.</param>
    /// <param name="statistic">A number for a selection of prompts, by index and with repetition.</param>
    /// <param name="clusters">The template of each prompt, or null; see <see cref="Resampling"/>.</param>
    /// <param name="seed">Fixes the resamples.</param>
    /// <param name="resamples">How many.</param>
    /// <exception cref="ArgumentException">Fewer than two prompts, a label missing, or a statistic that is not finite.</exception>
    public static BootstrapDistribution Distribution(int count, Func<ReadOnlySpan<int>, double> statistic, IReadOnlyList<string?>? clusters = null, int seed = 0, int resamples = DefaultResamples)
    {
        ArgumentNullException.ThrowIfNull(statistic);
        ArgumentOutOfRangeException.ThrowIfLessThan(resamples, 1);
        var resampling = Resampling.Of(count, clusters);
        var random = SeededRandom.For(seed, "bootstrap");
        return Distribution(statistic, resampling, Enumerable.Range(0, resamples).Select(_ => resampling.Draw(random)));
    }

    private static BootstrapDistribution Distribution(Func<ReadOnlySpan<int>, double> statistic, Resampling resampling, IEnumerable<int[]> resamples) =>
        new(statistic, statistic([.. Enumerable.Range(0, resampling.Count)]), resamples, resampling.Acceleration(statistic));

    private static BootstrapDistribution Distribution(PerPrompt sample, IReadOnlyList<string?>? clusters, double confidence, int seed, int resamples)
    {
        ArgumentNullException.ThrowIfNull(sample);
        Samples.MustBeInside(confidence, nameof(confidence));
        return Distribution(sample.Count, sample.ValueOver, clusters, seed, resamples);
    }

    private static Func<ReadOnlySpan<int>, double> Of(double[] values, Func<ReadOnlySpan<double>, double> statistic) => indices =>
    {
        double[] picked = new double[indices.Length];
        for (int position = 0; position < picked.Length; position++)
        {
            picked[position] = values[indices[position]];
        }

        return statistic(picked);
    };
}
