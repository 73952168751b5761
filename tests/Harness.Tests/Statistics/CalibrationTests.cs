using CircuitSpecs.Statistics;
using static CircuitSpecs.Tests.Statistics.NullRuns;

namespace CircuitSpecs.Tests.Statistics;

/// <summary>False positives at the level where there is no effect, and a clear effect found.</summary>
public class CalibrationTests
{
    private const int Prompts = 20;
    private const int Permutations = 199;

    private static IEnumerable<TestCaseData> Tests =>
    [
        Case("paired t", 1, (random, seed, effect) => TTest.Paired(Shifted(Normals(random, Prompts), effect), Normals(random, Prompts)).P),
        Case("Welch", 1.4, (random, seed, effect) => TTest.Welch(Shifted(Normals(random, Prompts), effect), Normals(random, 12)).P),
        Case("Wilcoxon", 1.4, (random, seed, effect) => WilcoxonSignedRank.Test(Shifted(Skewed(random, Prompts), effect), Skewed(random, Prompts)).P),
        Case("sign flips", 1.4, (random, seed, effect) => SignFlipPermutation.Test(new PerPrompt(Shifted(Normals(random, Prompts), effect)), seed: seed, permutations: Permutations).P),
        Case("two samples", 1.4, (random, seed, effect) => TwoSamplePermutation.Test(Shifted(Skewed(random, Prompts), effect), Skewed(random, 12), seed: seed, permutations: Permutations).P),
        Case("two samples by the median", 2, (random, seed, effect) => TwoSamplePermutation.Test(Shifted(Skewed(random, Prompts), effect), Skewed(random, 12), seed: seed, permutations: Permutations, statistic: SampleStatistic.Median).P),
        Case("Pearson", 1.4, (random, seed, effect) => Related(random, effect, (x, y) => Correlation.Pearson(x, y).P)),
        Case("Spearman", 1.4, (random, seed, effect) => Related(random, effect, (x, y) => Correlation.Spearman(x, y).P)),
        Case("Kendall", 1.4, (random, seed, effect) => Related(random, effect, (x, y) => Correlation.Kendall(x, y).P)),
        Case("HSIC", 2, (random, seed, effect) => Related(random, effect, (x, y) => HilbertSchmidtIndependence.Test(x, y, seed, Permutations).P)),
    ];

    [TestCaseSource(nameof(Tests))]
    public void One_in_twenty_experiments_without_an_effect_finds_one(Func<SeededRandom, int, double, double> p, double effect) =>
        Rejections((random, seed) => p(random, seed, 0)).ShouldRejectAt(0.05);

    [TestCaseSource(nameof(Tests))]
    public void A_clear_effect_is_found(Func<SeededRandom, int, double, double> p, double effect) =>
        Enumerable.Range(0, 100).Count(seed => p(SeededRandom.For(seed, "effect"), seed, effect) <= 0.05).Should().BeGreaterThan(85);

    private static TestCaseData Case(string name, double effect, Func<SeededRandom, int, double, double> p) => new TestCaseData(p, effect).SetArgDisplayNames(name);

    private static double[] Shifted(double[] values, double by) => Array.ConvertAll(values, value => value + by);

    private static double Related(SeededRandom random, double effect, Func<double[], double[], double> p)
    {
        double[] x = Normals(random, Prompts);
        return p(x, [.. Normals(random, Prompts).Zip(x, (noise, value) => noise + (effect * value))]);
    }
}
