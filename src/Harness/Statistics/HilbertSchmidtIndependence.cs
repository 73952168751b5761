namespace CircuitSpecs.Statistics;

/// <summary>
/// The Hilbert-Schmidt independence criterion (HSIC, Gretton et al. 2005): tr(K H L H) / (n − 1)², with Gaussian kernels
/// exp(−d² / 2σ²), σ the median distance between two prompts for each measurement by itself, and H = I − 11ᵀ/n. It finds
/// any kind of dependence, not only a monotone one. The p is from permuting one side (Gretton et al. 2007).
/// </summary>
public static class HilbertSchmidtIndependence
{
    /// <summary>Number of permutations unless said otherwise.</summary>
    public const int DefaultPermutations = 1999;

    // Equal sums, added in another order, may differ by rounding.
    private const double Tolerance = 1e-12;

    /// <summary>The criterion: 0 under independence in the limit of many prompts, larger the more x tells of y.</summary>
    /// <param name="x">At least four values that are not all equal.</param>
    /// <param name="y">As many, of the same prompts.</param>
    /// <exception cref="ArgumentException">Different lengths, fewer than four values, one that is not finite, or no variance.</exception>
    public static double Statistic(IReadOnlyList<double> x, IReadOnlyList<double> y)
    {
        (double[,] first, double[,] second) = Kernels(x, y);
        return Product(first, second, [.. Enumerable.Range(0, x.Count)]);
    }

    /// <summary>Tests independence; a small p says that x and y depend on each other.</summary>
    /// <param name="x">At least four values that are not all equal.</param>
    /// <param name="y">As many, of the same prompts.</param>
    /// <param name="seed">Fixes the permutations.</param>
    /// <param name="permutations">How many.</param>
    /// <exception cref="ArgumentException">Different lengths, fewer than four values, one that is not finite, or no variance.</exception>
    public static PermutationResult Test(IReadOnlyList<double> x, IReadOnlyList<double> y, int seed = 0, int permutations = DefaultPermutations)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(permutations, 1);
        (double[,] first, double[,] second) = Kernels(x, y);
        int[] order = [.. Enumerable.Range(0, x.Count)];
        double observed = Product(first, second, order);
        var random = SeededRandom.For(seed, "independence");
        int hits = 0;
        for (int permutation = 0; permutation < permutations; permutation++)
        {
            random.Shuffle(order.AsSpan());
            hits += Product(first, second, order) >= observed * (1 - Tolerance) ? 1 : 0;
        }

        return new PermutationResult(observed, hits, permutations, IsExact: false);
    }

    /// <summary>H K H of the first and L of the second: centring one side is enough under the trace, and survives the permutation of the other.</summary>
    private static (double[,] Centred, double[,] Plain) Kernels(IReadOnlyList<double> x, IReadOnlyList<double> y)
    {
        (double[] first, double[] second) = Samples.Paired(x, y, 4, nameof(x), nameof(y));
        Samples.MustVary(first, nameof(x), "everything is independent of a constant; measure something that varies over the prompts.");
        Samples.MustVary(second, nameof(y), "everything is independent of a constant; measure something that varies over the prompts.");
        return (Centred(Gaussian(first)), Gaussian(second));
    }

    private static double[,] Gaussian(double[] values)
    {
        int n = values.Length;
        double[] distances = [.. Enumerable.Range(0, n).SelectMany(i => Enumerable.Range(0, i).Select(j => Math.Abs(values[i] - values[j])))];
        double width = SampleStatistic.Median(distances);

        // Where more than half of the pairs are equal the median is zero: then of the pairs that differ.
        width = width > 0 ? width : SampleStatistic.Median([.. distances.Where(distance => distance > 0)]);
        double[,] kernel = new double[n, n];
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++)
            {
                double distance = (values[i] - values[j]) / width;
                kernel[i, j] = Math.Exp(-distance * distance / 2);
            }
        }

        return kernel;
    }

    private static double[,] Centred(double[,] kernel)
    {
        int n = kernel.GetLength(0);
        double[] means = [.. Enumerable.Range(0, n).Select(i => Enumerable.Range(0, n).Average(j => kernel[i, j]))];
        double mean = means.Average();
        double[,] centred = new double[n, n];
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++)
            {
                centred[i, j] = kernel[i, j] - means[i] - means[j] + mean;
            }
        }

        return centred;
    }

    private static double Product(double[,] centred, double[,] kernel, int[] order)
    {
        double sum = 0;
        for (int i = 0; i < order.Length; i++)
        {
            for (int j = 0; j < order.Length; j++)
            {
                sum += centred[i, j] * kernel[order[i], order[j]];
            }
        }

        return sum / ((order.Length - 1.0) * (order.Length - 1.0));
    }
}
