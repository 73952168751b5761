namespace CircuitSpecs.Statistics;

/// <summary>Student's t-tests (1908) of means. They take means to be normal: with few and skewed prompts a permutation test is the safer one.</summary>
public static class TTest
{
    /// <summary>Tests the mean of one sample: t = (mean − μ) / (s / √n) with n − 1 degrees of freedom.</summary>
    /// <param name="sample">At least two values that are not all equal.</param>
    /// <param name="mean">μ, the mean under the null hypothesis.</param>
    /// <param name="alternative">On which side an effect is looked for.</param>
    /// <exception cref="ArgumentException">Fewer than two values, one that is not finite, or no variance.</exception>
    public static TestResult OneSample(IReadOnlyList<double> sample, double mean = 0, Alternative alternative = Alternative.TwoSided)
    {
        double[] values = Samples.Finite(sample, 2, nameof(sample));
        Samples.MustVary(values, nameof(sample), "without variance there is no t; where the values are exact, compare them as they are.");
        double t = (SampleStatistic.Mean(values) - mean) / (SampleStatistic.StandardDeviation(values) / Math.Sqrt(values.Length));
        return Result(t, values.Length - 1, alternative);
    }

    /// <summary>Tests the mean of paired differences x − y against zero.</summary>
    /// <param name="x">One value per prompt.</param>
    /// <param name="y">One value per prompt, of the same prompts.</param>
    /// <param name="alternative">Greater: x tends to be larger than y.</param>
    /// <exception cref="ArgumentException">Different lengths, fewer than two values, one that is not finite, or differences without variance.</exception>
    public static TestResult Paired(IReadOnlyList<double> x, IReadOnlyList<double> y, Alternative alternative = Alternative.TwoSided)
    {
        (double[] first, double[] second) = Samples.Paired(x, y, 2, nameof(x), nameof(y));
        double[] differences = [.. first.Zip(second, (a, b) => a - b)];
        Samples.MustVary(differences, "x − y", "without variance there is no t; where the values are exact, compare them as they are.");
        return OneSample(differences, 0, alternative);
    }

    /// <summary>Compares the means of two independent samples without taking their variances to be equal (Welch 1947, degrees of freedom by Satterthwaite).</summary>
    /// <param name="x">At least two values.</param>
    /// <param name="y">At least two values.</param>
    /// <param name="alternative">Greater: x has the larger mean.</param>
    /// <exception cref="ArgumentException">Fewer than two values, one that is not finite, or no variance in either sample.</exception>
    public static TestResult Welch(IReadOnlyList<double> x, IReadOnlyList<double> y, Alternative alternative = Alternative.TwoSided)
    {
        double[] first = Samples.Finite(x, 2, nameof(x));
        double[] second = Samples.Finite(y, 2, nameof(y));
        double a = SampleStatistic.Variance(first) / first.Length;
        double b = SampleStatistic.Variance(second) / second.Length;
        if (a + b == 0)
        {
            throw new ArgumentException("Neither sample varies, so there is no t; where the values are exact, compare them as they are.", nameof(x));
        }

        double degrees = (a + b) * (a + b) / ((a * a / (first.Length - 1)) + (b * b / (second.Length - 1)));
        return Result((SampleStatistic.Mean(first) - SampleStatistic.Mean(second)) / Math.Sqrt(a + b), degrees, alternative);
    }

    private static TestResult Result(double t, double degrees, Alternative alternative) => new(t, StudentTail.P(t, degrees, alternative), degrees);
}
