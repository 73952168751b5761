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

    /// <summary>The distribution over resamples that are given.</summary>
    internal static BootstrapDistribution Distribution(Func<ReadOnlySpan<int>, double> statistic, Resampling resampling, IEnumerable<int[]> resamples) =>
        new(statistic, statistic([.. Enumerable.Range(0, resampling.Count)]), resamples, resampling.Acceleration(statistic));

    private static BootstrapDistribution Distribution(PerPrompt sample, IReadOnlyList<string?>? clusters, double confidence, int seed, int resamples)
    {
        ArgumentNullException.ThrowIfNull(sample);
        ArgumentOutOfRangeException.ThrowIfLessThan(resamples, 1);
        if (confidence is not (> 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(confidence), confidence, "A confidence lies between 0 and 1.");
        }

        var resampling = Resampling.Of(sample.Count, clusters);
        var random = SeededRandom.For(seed, "bootstrap");
        return Distribution(sample.ValueOver, resampling, Enumerable.Range(0, resamples).Select(_ => resampling.Draw(random)));
    }
}
