using System.Text.Json;
using CircuitSpecs.Statistics;

namespace CircuitSpecs.Tests.Statistics;

/// <summary>Numbers of scipy and statsmodels on the same resamples and permutations.</summary>
[Category("Golden")]
public class StatisticsGoldenTests
{
    private const double Precision = 1e-9;

    private static IEnumerable<TestCaseData> Files => GoldenFolder.FileCases("analysis", "", "09_statistics.json");

    [TestCaseSource(nameof(Files))]
    public void Bootstrap_intervals_of_mean_median_and_standard_deviation(string file)
    {
        JsonElement golden = GoldenFolder.Json(file);
        double[] x = GoldenFolder.Numbers(golden.GetProperty("x"));
        int[][] resamples = Rows(file.Replace("09_statistics.json", "09_indices.safetensors", StringComparison.Ordinal), "bootstrap_indices");
        Check("mean", new PerPrompt(x).ValueOver);
        Check("median", indices => Median([.. Pick(x, indices).Order()]));
        Check("std_ddof1", indices => StandardDeviation(Pick(x, indices)));

        void Check(string name, Func<ReadOnlySpan<int>, double> statistic)
        {
            JsonElement expected = golden.GetProperty("bootstrap").GetProperty(name);
            BootstrapDistribution distribution = Bootstrap.Distribution(statistic, Resampling.Of(x.Length), resamples);
            Close(distribution.Bias, expected.GetProperty("z0"), name);
            Close(distribution.Acceleration, expected.GetProperty("acceleration"), name);
            Close([distribution.Corrected(0.025), distribution.Corrected(0.975)], expected.GetProperty("alpha_bca"), name);
            Close(Ends(distribution.Percentile(0.95)), expected.GetProperty("percentile_95"), name);
            Close(Ends(distribution.BiasCorrectedAccelerated(0.95)), expected.GetProperty("bca_95"), name);
        }
    }

    [TestCaseSource(nameof(Files))]
    public void Sign_flips_give_the_recorded_p(string file)
    {
        JsonElement golden = GoldenFolder.Json(file);
        double[] differences = [.. GoldenFolder.Numbers(golden.GetProperty("x")).Zip(GoldenFolder.Numbers(golden.GetProperty("y")), (x, y) => x - y)];
        int[][] signs = Rows(file.Replace("09_statistics.json", "09_permutations.safetensors", StringComparison.Ordinal), "signs");
        JsonElement expected = golden.GetProperty("permutation");
        Close(SignFlipPermutation.Test(differences, signs, Alternative.Greater, isExact: false).P, expected.GetProperty("p_greater"));
        Close(SignFlipPermutation.Test(differences, signs, Alternative.Less, isExact: false).P, expected.GetProperty("p_less"));
        PermutationResult twoSided = SignFlipPermutation.Test(differences, signs, Alternative.TwoSided, isExact: false);
        Close(twoSided.P, expected.GetProperty("p_two_sided"));
        Close(twoSided.Statistic, expected.GetProperty("statistic"));
        twoSided.Permutations.Should().Be(expected.GetProperty("n_permutations").GetInt32());
        PermutationResult exact = SignFlipPermutation.Test(new PerPrompt(differences.Take(10)));
        exact.IsExact.Should().BeTrue();
        Close(exact.P, expected.GetProperty("exact_first10_two_sided"));
    }

    [TestCaseSource(nameof(Files))]
    public void Intervals_of_rates(string file)
    {
        JsonElement[] cases = [.. GoldenFolder.Json(file).GetProperty("intervals").EnumerateArray()];
        cases.Should().NotBeEmpty();
        foreach (JsonElement expected in cases)
        {
            (int k, int n, double confidence) = (expected.GetProperty("k").GetInt32(), expected.GetProperty("n").GetInt32(), expected.GetProperty("confidence").GetDouble());
            Close(Ends(Proportion.Wilson(k, n, confidence)), expected.GetProperty("wilson"), $"{k}/{n}");
            Close(Ends(Proportion.ClopperPearson(k, n, confidence)), expected.GetProperty("clopper_pearson"), $"{k}/{n}");
        }
    }

    [TestCaseSource(nameof(Files))]
    public void Binomial_tests(string file)
    {
        foreach (JsonElement expected in GoldenFolder.Json(file).GetProperty("binomial_tests").EnumerateArray())
        {
            Alternative alternative = expected.GetProperty("alternative").GetString() switch { "greater" => Alternative.Greater, "less" => Alternative.Less, _ => Alternative.TwoSided };
            double p = BinomialTest.P(expected.GetProperty("k").GetInt32(), expected.GetProperty("n").GetInt32(), expected.GetProperty("p").GetDouble(), alternative);
            double recorded = expected.GetProperty("p_value").GetDouble();
            (p / recorded).Should().BeApproximately(1, Precision, "of {0}", expected);
        }
    }

    [TestCaseSource(nameof(Files))]
    public void Holm_adjusted_p(string file)
    {
        JsonElement golden = GoldenFolder.Json(file);
        JsonElement expected = golden.GetProperty("adjusted").GetProperty("holm");
        Close([.. HolmCorrection.Adjust(GoldenFolder.Numbers(golden.GetProperty("p_values")))], expected.GetProperty("adjusted"));
    }

    private static int[][] Rows(string file, string name)
    {
        GoldenTensor tensor = GoldenFolder.Tensors(file)[name];
        return [.. ((int[])tensor.Values).Chunk((int)tensor.Shape[1])];
    }

    private static double[] Pick(double[] values, ReadOnlySpan<int> indices)
    {
        double[] picked = new double[indices.Length];
        for (int position = 0; position < picked.Length; position++)
        {
            picked[position] = values[indices[position]];
        }

        return picked;
    }

    private static double Median(double[] sorted) => (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;

    private static double StandardDeviation(double[] values)
    {
        double mean = values.Average();
        return Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Length - 1));
    }

    private static double[] Ends(Interval interval) => [interval.Low, interval.High];

    private static void Close(double actual, JsonElement expected, string of = "") => Close([actual], expected, of);

    private static void Close(double[] actual, JsonElement expected, string of = "")
    {
        double[] numbers = GoldenFolder.Numbers(expected);
        actual.Should().HaveSameCount(numbers);
        foreach ((double found, double recorded) in actual.Zip(numbers))
        {
            found.Should().BeApproximately(recorded, Precision, "of {0}", of);
        }
    }
}
