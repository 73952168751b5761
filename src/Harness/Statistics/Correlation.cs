using MathNet.Numerics.Distributions;

namespace CircuitSpecs.Statistics;

/// <summary>Association of two measurements over the same prompts, with the two-sided p of no association.</summary>
public static class Correlation
{
    private const int MostExactKendall = 33;

    /// <summary>Pearson's r; p from t = r √((n − 2) / (1 − r²)), which takes the pairs to be normal.</summary>
    /// <param name="x">At least three values that are not all equal.</param>
    /// <param name="y">As many, of the same prompts.</param>
    /// <exception cref="ArgumentException">Different lengths, fewer than three values, one that is not finite, or no variance.</exception>
    public static TestResult Pearson(IReadOnlyList<double> x, IReadOnlyList<double> y)
    {
        (double[] first, double[] second) = Checked(x, y);
        return WithP(Product(first, second), first.Length);
    }

    /// <summary>Spearman's ρ: Pearson's r of the midranks, p from the same t.</summary>
    /// <param name="x">At least three values that are not all equal.</param>
    /// <param name="y">As many, of the same prompts.</param>
    /// <exception cref="ArgumentException">Different lengths, fewer than three values, one that is not finite, or no variance.</exception>
    public static TestResult Spearman(IReadOnlyList<double> x, IReadOnlyList<double> y)
    {
        (double[] first, double[] second) = Checked(x, y);
        return WithP(Product(SampleStatistic.MidRanks(first), SampleStatistic.MidRanks(second)), first.Length);
    }

    /// <summary>
    /// Kendall's τ_b (1945): (concordant − discordant pairs) / √(pairs untied in x · pairs untied in y). p is exact over all
    /// orders up to 33 values without ties, otherwise normal with Kendall's variance for ties.
    /// </summary>
    /// <param name="x">At least three values that are not all equal.</param>
    /// <param name="y">As many, of the same prompts.</param>
    /// <exception cref="ArgumentException">Different lengths, fewer than three values, one that is not finite, or no variance.</exception>
    public static TestResult Kendall(IReadOnlyList<double> x, IReadOnlyList<double> y)
    {
        (double[] first, double[] second) = Checked(x, y);
        int n = first.Length;
        long excess = 0;
        long untiedX = 0;
        long untiedY = 0;
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < i; j++)
            {
                int inX = first[i].CompareTo(first[j]);
                int inY = second[i].CompareTo(second[j]);
                excess += inX * inY;
                untiedX += Math.Abs(inX);
                untiedY += Math.Abs(inY);
            }
        }

        double tau = excess / Math.Sqrt(untiedX) / Math.Sqrt(untiedY);
        long pairs = (long)n * (n - 1) / 2;
        return new TestResult(tau, untiedX == pairs && untiedY == pairs && n <= MostExactKendall ? ExactKendall(n, pairs, excess) : NormalKendall(first, second, excess));
    }

    private static (double[] X, double[] Y) Checked(IReadOnlyList<double> x, IReadOnlyList<double> y)
    {
        (double[] first, double[] second) = Samples.Paired(x, y, 3, nameof(x), nameof(y));
        Samples.MustVary(first, nameof(x), "a constant is correlated with nothing; measure something that varies over the prompts.");
        Samples.MustVary(second, nameof(y), "a constant is correlated with nothing; measure something that varies over the prompts.");
        return (first, second);
    }

    private static double Product(double[] x, double[] y)
    {
        double meanX = SampleStatistic.Mean(x);
        double meanY = SampleStatistic.Mean(y);
        double xy = 0;
        double xx = 0;
        double yy = 0;
        for (int index = 0; index < x.Length; index++)
        {
            xy += (x[index] - meanX) * (y[index] - meanY);
            xx += (x[index] - meanX) * (x[index] - meanX);
            yy += (y[index] - meanY) * (y[index] - meanY);
        }

        return Math.Clamp(xy / Math.Sqrt(xx) / Math.Sqrt(yy), -1, 1);
    }

    private static TestResult WithP(double r, int count) =>
        new(r, StudentTail.P(r * Math.Sqrt((count - 2) / ((1 - r) * (1 + r))), count - 2, Alternative.TwoSided), count - 2);

    /// <summary>The share of orders whose excess is at least as large in size: inversions are counted order by order (Kendall 1938).</summary>
    private static double ExactKendall(int n, long pairs, long excess)
    {
        double[] share = [1];
        for (int size = 2; size <= n; size++)
        {
            double[] next = new double[share.Length + size - 1];
            for (int inversions = 0; inversions < share.Length; inversions++)
            {
                for (int added = 0; added < size; added++)
                {
                    next[inversions + added] += share[inversions] / size;
                }
            }

            share = next;
        }

        return Math.Min(1, share.Where((_, inversions) => Math.Abs(pairs - (2L * inversions)) >= Math.Abs(excess)).Sum());
    }

    private static double NormalKendall(double[] x, double[] y, long excess)
    {
        double n = x.Length;
        double[] tiesX = Ties(x);
        double[] tiesY = Ties(y);
        double variance = ((n * (n - 1) * ((2 * n) + 5)) - Sum(tiesX, t => t * (t - 1) * ((2 * t) + 5)) - Sum(tiesY, t => t * (t - 1) * ((2 * t) + 5))) / 18;
        variance += Sum(tiesX, t => t * (t - 1) * (t - 2)) * Sum(tiesY, t => t * (t - 1) * (t - 2)) / (9 * n * (n - 1) * (n - 2));
        variance += Sum(tiesX, t => t * (t - 1)) * Sum(tiesY, t => t * (t - 1)) / (2 * n * (n - 1));
        return Math.Min(1, 2 * Normal.CDF(0, 1, -Math.Abs(excess) / Math.Sqrt(variance)));

        static double[] Ties(double[] values) => [.. values.GroupBy(value => value).Select(group => (double)group.Count())];
        static double Sum(double[] ties, Func<double, double> term) => ties.Sum(term);
    }
}
