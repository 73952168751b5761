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
    public void Every_key_is_compared(string file)
    {
        JsonElement golden = GoldenFolder.Json(file);
        Keys(golden).Should().BeSubsetOf([
            "definition", "source", "x", "y", "p_values", "labels", "scores", // said in words, or what is computed from
            "bootstrap", "permutation", "intervals", "binomial_tests", "adjusted", "cohens_d", "cohens_dz", "hedges_g",
            "auroc", "pearson", "spearman", "ties", "t_test_paired", "t_test_welch", "wilcoxon"]);
        Keys(golden.GetProperty("permutation")).Should().BeSubsetOf(["statistic", "n_permutations", "p_greater", "p_less", "p_two_sided", "count_greater", "count_two_sided", "exact_first10_two_sided"]);
        Keys(golden.GetProperty("ties")).Should().BeSubsetOf(["x", "y", "spearman", "kendall_tau_b", "pearson"]);
    }

    [TestCaseSource(nameof(Files))]
    public void Bootstrap_intervals_of_any_statistic(string file)
    {
        JsonElement golden = GoldenFolder.Json(file);
        double[] x = GoldenFolder.Numbers(golden.GetProperty("x"));
        int[][] resamples = Rows(file.Replace("09_statistics.json", "09_indices.safetensors", StringComparison.Ordinal), "bootstrap_indices");
        foreach (JsonProperty statistic in golden.GetProperty("bootstrap").EnumerateObject())
        {
            BootstrapDistribution distribution = statistic.Name switch
            {
                "mean" => Bootstrap.Distribution(x, SampleStatistic.Mean, resamples),
                "median" => Bootstrap.Distribution(x, SampleStatistic.Median, resamples),
                "std_ddof1" => Bootstrap.Distribution(x, SampleStatistic.StandardDeviation, resamples),
                string other => throw new NotSupportedException($"Statistic '{other}' has no comparison."),
            };
            foreach (JsonProperty expected in statistic.Value.EnumerateObject())
            {
                double[] actual = expected.Name switch
                {
                    "estimate" => [distribution.Estimate],
                    "z0" => [distribution.Bias],
                    "acceleration" => [distribution.Acceleration],
                    "alpha_bca" => [distribution.Corrected(0.025), distribution.Corrected(0.975)],
                    "percentile_95" => Ends(distribution.Percentile(0.95)),
                    "bca_95" => Ends(distribution.BiasCorrectedAccelerated(0.95)),
                    "basic_95" => Ends(distribution.Basic(0.95)),
                    "standard_error" => [distribution.StandardError],
                    "bca_95_z0_strictly_below" => Ends(distribution.BiasCorrectedAccelerated(0.95, strictlyBelow: true)),
                    "fraction_equal" => [distribution.ShareEqual],
                    string other => throw new NotSupportedException($"Key '{other}' has no comparison."),
                };
                Close(actual, expected.Value, $"{statistic.Name}.{expected.Name}");
            }
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
        twoSided.Hits.Should().Be(expected.GetProperty("count_two_sided").GetInt32());
        SignFlipPermutation.Test(differences, signs, Alternative.Greater, isExact: false).Hits.Should().Be(expected.GetProperty("count_greater").GetInt32());
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
    public void Adjusted_p(string file)
    {
        JsonElement golden = GoldenFolder.Json(file);
        double[] p = GoldenFolder.Numbers(golden.GetProperty("p_values"));
        foreach (JsonProperty correction in golden.GetProperty("adjusted").EnumerateObject())
        {
            double[] adjusted = [.. correction.Name switch
            {
                "bonferroni" => MultipleTesting.Bonferroni(p),
                "holm" => MultipleTesting.Holm(p),
                "holm-sidak" => MultipleTesting.HolmSidak(p),
                "fdr_bh" => MultipleTesting.BenjaminiHochberg(p),
                "fdr_by" => MultipleTesting.BenjaminiYekutieli(p),
                string other => throw new NotSupportedException($"Correction '{other}' has no comparison."),
            }];
            Keys(correction.Value).Should().BeSubsetOf(["adjusted", "reject_05"]);
            Close(adjusted, correction.Value.GetProperty("adjusted"), correction.Name);
            adjusted.Select(value => value <= 0.05 ? 1.0 : 0).Should().Equal(GoldenFolder.Numbers(correction.Value.GetProperty("reject_05")), "of {0}", correction.Name);
        }
    }

    [TestCaseSource(nameof(Files))]
    public void Effect_sizes_and_AUROC(string file)
    {
        JsonElement golden = GoldenFolder.Json(file);
        (double[] x, double[] y) = XY(golden);
        Close(EffectSize.CohenD(x, y), golden.GetProperty("cohens_d"));
        Close(EffectSize.CohenDz(x, y), golden.GetProperty("cohens_dz"));
        Close(EffectSize.HedgesG(x, y), golden.GetProperty("hedges_g"));
        bool[] labels = [.. GoldenFolder.Numbers(golden.GetProperty("labels")).Select(label => label == 1)];
        Close(Auroc.Of(labels, GoldenFolder.Numbers(golden.GetProperty("scores"))), golden.GetProperty("auroc"));
    }

    [TestCaseSource(nameof(Files))]
    public void Correlations(string file)
    {
        JsonElement golden = GoldenFolder.Json(file);
        (double[] x, double[] y) = XY(golden);
        Close(Correlation.Pearson(x, y), golden.GetProperty("pearson"), "r");
        Close(Correlation.Spearman(x, y), golden.GetProperty("spearman"), "rho");
        JsonElement ties = golden.GetProperty("ties");
        (x, y) = XY(ties);
        Close(Correlation.Pearson(x, y).Statistic, ties.GetProperty("pearson"));
        Close(Correlation.Spearman(x, y).Statistic, ties.GetProperty("spearman"));
        Close(Correlation.Kendall(x, y).Statistic, ties.GetProperty("kendall_tau_b"));
    }

    [TestCaseSource(nameof(Files))]
    public void T_tests_and_signed_ranks(string file)
    {
        JsonElement golden = GoldenFolder.Json(file);
        (double[] x, double[] y) = XY(golden);
        Close(TTest.Paired(x, y), golden.GetProperty("t_test_paired"), "t");
        Close(TTest.Welch(x, y), golden.GetProperty("t_test_welch"), "t");
        Close(WilcoxonSignedRank.Test(x, y), golden.GetProperty("wilcoxon"), "w");
    }

    private static IEnumerable<string> Keys(JsonElement element) => element.EnumerateObject().Select(entry => entry.Name);

    private static (double[] X, double[] Y) XY(JsonElement element) => (GoldenFolder.Numbers(element.GetProperty("x")), GoldenFolder.Numbers(element.GetProperty("y")));

    private static int[][] Rows(string file, string name)
    {
        GoldenTensor tensor = GoldenFolder.Tensors(file)[name];
        return [.. ((int[])tensor.Values).Chunk((int)tensor.Shape[1])];
    }

    private static double[] Ends(Interval interval) => [interval.Low, interval.High];

    private static void Close(TestResult actual, JsonElement expected, string statistic)
    {
        Keys(expected).Should().BeEquivalentTo(statistic, "p");
        Close(actual.Statistic, expected.GetProperty(statistic), statistic);
        Close(actual.P, expected.GetProperty("p"), statistic);
    }

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
