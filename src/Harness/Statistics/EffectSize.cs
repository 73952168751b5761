namespace CircuitSpecs.Statistics;

/// <summary>How large a difference is, in units of the spread or as a share of pairs.</summary>
public static class EffectSize
{
    /// <summary>Cohen's d of two independent samples: (mean x − mean y) / s, s² = ((n₁ − 1) s₁² + (n₂ − 1) s₂²) / (n₁ + n₂ − 2) (Cohen 1988).</summary>
    /// <param name="x">At least two values.</param>
    /// <param name="y">At least two values.</param>
    /// <exception cref="ArgumentException">Fewer than two values, one that is not finite, or no variance in either sample.</exception>
    public static double CohenD(IReadOnlyList<double> x, IReadOnlyList<double> y)
    {
        double[] first = Samples.Finite(x, 2, nameof(x));
        double[] second = Samples.Finite(y, 2, nameof(y));
        double squares = ((first.Length - 1) * SampleStatistic.Variance(first)) + ((second.Length - 1) * SampleStatistic.Variance(second));
        return squares == 0
            ? throw new ArgumentException("Neither sample varies, so a difference has no unit to be measured in: report the difference itself.", nameof(x))
            : (SampleStatistic.Mean(first) - SampleStatistic.Mean(second)) / Math.Sqrt(squares / (first.Length + second.Length - 2));
    }

    /// <summary>Cohen's d of paired differences, d_z = mean(x − y) / sd(x − y).</summary>
    /// <param name="x">One value per prompt.</param>
    /// <param name="y">One value per prompt, of the same prompts.</param>
    /// <exception cref="ArgumentException">Different lengths, fewer than two values, one that is not finite, or differences without variance.</exception>
    public static double CohenDz(IReadOnlyList<double> x, IReadOnlyList<double> y)
    {
        (double[] first, double[] second) = Samples.Paired(x, y, 2, nameof(x), nameof(y));
        double[] differences = [.. first.Zip(second, (a, b) => a - b)];
        Samples.MustVary(differences, "x − y", "a difference without spread has no unit to be measured in: report the difference itself.");
        return SampleStatistic.Mean(differences) / SampleStatistic.StandardDeviation(differences);
    }

    /// <summary>Hedges' g: d times 1 − 3 / (4 (n₁ + n₂ − 2) − 1), which takes out d's bias in small samples (Hedges 1981).</summary>
    /// <param name="x">At least two values.</param>
    /// <param name="y">At least two values.</param>
    /// <exception cref="ArgumentException">Fewer than two values, one that is not finite, or no variance in either sample.</exception>
    public static double HedgesG(IReadOnlyList<double> x, IReadOnlyList<double> y) => CohenD(x, y) * (1 - (3 / ((4.0 * (x.Count + y.Count - 2)) - 1)));

    /// <summary>Cliff's delta: the share of pairs with x > y less the share with x &lt; y, from −1 to 1 (Cliff 1993).</summary>
    /// <param name="x">At least one value.</param>
    /// <param name="y">At least one value.</param>
    /// <exception cref="ArgumentException">An empty sample, or a value that is not finite.</exception>
    public static double CliffDelta(IReadOnlyList<double> x, IReadOnlyList<double> y) =>
        (2 * Auroc.Of(Samples.Finite(x, 1, nameof(x)), Samples.Finite(y, 1, nameof(y)))) - 1;
}
