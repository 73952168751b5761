using CircuitSpecs.Statistics;

namespace CircuitSpecs.Tests.Statistics;

/// <summary>Samples that tell nothing are refused with a message that says what to change.</summary>
public class BadSampleTests
{
    private static readonly double[] Good = [1, 2, 4, 8, 9];
    private static readonly double[] Broken = [1, 2, double.NaN, 8, 9];
    private static readonly double[] Shorter = [1, 2, 3, 4];
    private static readonly double[] Constant = [3, 3, 3, 3, 3];

    private static IEnumerable<TestCaseData> PairedStatistics =>
    [
        Case("paired t", (x, y) => TTest.Paired(x, y).P),
        Case("d_z", EffectSize.CohenDz),
        Case("Wilcoxon", (x, y) => WilcoxonSignedRank.Test(x, y).P),
        Case("Pearson", (x, y) => Correlation.Pearson(x, y).P),
        Case("Spearman", (x, y) => Correlation.Spearman(x, y).P),
        Case("Kendall", (x, y) => Correlation.Kendall(x, y).P),
        Case("HSIC", (x, y) => HilbertSchmidtIndependence.Test(x, y).P),
    ];

    private static IEnumerable<TestCaseData> TwoSampleStatistics =>
    [
        Case("Welch", (x, y) => TTest.Welch(x, y).P),
        Case("d", EffectSize.CohenD),
        Case("g", EffectSize.HedgesG),
        Case("delta", EffectSize.CliffDelta),
        Case("AUROC", (x, y) => Auroc.Of(x, y)),
        Case("permutation", (x, y) => TwoSamplePermutation.Test(x, y).P),
    ];

    [TestCaseSource(nameof(PairedStatistics))]
    public void Different_lengths(Func<double[], double[], double> statistic) =>
        FluentActions.Invoking(() => statistic(Good, Shorter)).Should().Throw<ArgumentException>().WithMessage("*5 numbers*4*same prompts*");

    [TestCaseSource(nameof(PairedStatistics))]
    [TestCaseSource(nameof(TwoSampleStatistics))]
    public void Not_a_number(Func<double[], double[], double> statistic)
    {
        FluentActions.Invoking(() => statistic(Good, Broken)).Should().Throw<ArgumentException>().WithMessage("*NaN at index 2*");
        FluentActions.Invoking(() => statistic(Broken, Good)).Should().Throw<ArgumentException>().WithMessage("*NaN at index 2*");
    }

    [TestCaseSource(nameof(PairedStatistics))]
    [TestCaseSource(nameof(TwoSampleStatistics))]
    public void Too_few(Func<double[], double[], double> statistic) =>
        FluentActions.Invoking(() => statistic([], [])).Should().Throw<ArgumentException>().WithMessage("*at least*more prompts*");

    [Test]
    public void Nothing_varies()
    {
        FluentActions.Invoking(() => TTest.OneSample(Constant)).Should().Throw<ArgumentException>().WithMessage("*5 values*are 3*without variance*");
        FluentActions.Invoking(() => TTest.Paired(Good, Array.ConvertAll(Good, value => value + 1))).Should().Throw<ArgumentException>().WithMessage("*without variance*");
        FluentActions.Invoking(() => TTest.Welch(Constant, Constant)).Should().Throw<ArgumentException>().WithMessage("*Neither sample varies*");
        FluentActions.Invoking(() => EffectSize.CohenD(Constant, Constant)).Should().Throw<ArgumentException>().WithMessage("*difference itself*");
        FluentActions.Invoking(() => EffectSize.CohenDz(Good, Good)).Should().Throw<ArgumentException>().WithMessage("*difference itself*");
        FluentActions.Invoking(() => Correlation.Pearson(Good, Constant)).Should().Throw<ArgumentException>().WithMessage("*'y' are 3*constant*");
        FluentActions.Invoking(() => Correlation.Kendall(Constant, Good)).Should().Throw<ArgumentException>().WithMessage("*'x' are 3*constant*");
        FluentActions.Invoking(() => HilbertSchmidtIndependence.Test(Good, Constant)).Should().Throw<ArgumentException>().WithMessage("*independent of a constant*");
        FluentActions.Invoking(() => WilcoxonSignedRank.Test(Good, Good)).Should().Throw<ArgumentException>().WithMessage("*equal in every prompt*");
    }

    [Test]
    public void One_prompt_has_no_interval()
    {
        FluentActions.Invoking(() => Bootstrap.Basic(new PerPrompt([1]))).Should().Throw<ArgumentException>().WithMessage("*at least two prompts; there is 1*Generate more*");
        FluentActions.Invoking(() => Bootstrap.Distribution([1.0], SampleStatistic.Median)).Should().Throw<ArgumentException>().WithMessage("*at least two prompts*");
        FluentActions.Invoking(() => Bootstrap.Distribution(Broken, SampleStatistic.Median)).Should().Throw<ArgumentException>().WithMessage("*NaN at index 2*");
        FluentActions.Invoking(() => Bootstrap.Distribution(Good, SampleStatistic.Mean, [[0, 5]])).Should().Throw<ArgumentException>().WithMessage("*outside 0 to 4*");
        FluentActions.Invoking(() => Bootstrap.Distribution(Good, SampleStatistic.Mean, Array.Empty<int[]>())).Should().Throw<ArgumentException>().WithMessage("*no resample*");
        FluentActions.Invoking(() => Bootstrap.Basic(new PerPrompt(Good), confidence: 95)).Should().Throw<ArgumentOutOfRangeException>().WithMessage("*between 0 and 1*");
        FluentActions.Invoking(() => Auroc.Of([true, false], [0.5])).Should().Throw<ArgumentException>().WithMessage("*2 labels and 1 scores*");
        FluentActions.Invoking(() => Auroc.Of([true, true], [0.5, 1])).Should().Throw<ArgumentException>().WithMessage("*negatives*");
    }

    private static TestCaseData Case(string name, Func<double[], double[], double> statistic) => new TestCaseData(statistic).SetArgDisplayNames(name);
}
