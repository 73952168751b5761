using System.Collections.Immutable;
using CircuitSpecs.Analysis;
using CircuitSpecs.Models;
using CircuitSpecs.Prompts;
using CircuitSpecs.Statistics;
using CircuitSpecs.Tests.Statistics;
using CircuitSpecs.Tests.Transformer;
using CircuitSpecs.Transformer;

namespace CircuitSpecs.Tests.Analysis.Features;

public sealed class LinearProbeTests
{
    private static IEnumerable<ModelConfig> Shapes => SmallTransformer.Shapes.Values;

    [Test]
    public void The_gradient_is_zero_at_the_fit()
    {
        (double[][] rows, bool[] labels) = Data(60, 4, 1.5, 7);
        const double C = 0.3;
        LinearProbe probe = LinearProbe.Fit(rows, labels, C);
        double[][] standard = [.. rows.Select(row => row.Select((value, j) => (value - rows.Average(other => other[j])) / Deviation(rows, j)).ToArray())];
        double[] residuals = [.. standard.Select((row, i) => (1 / (1 + Math.Exp(-(row.Zip(probe.Weights, (x, w) => x * w).Sum() + probe.Intercept)))) - (labels[i] ? 1 : 0))];
        for (int j = 0; j < 4; j++)
        {
            (probe.Weights[j] + (C * residuals.Zip(standard, (r, row) => r * row[j]).Sum())).Should().BeApproximately(0, 1e-9);
        }

        residuals.Sum().Should().BeApproximately(0, 1e-9, "the intercept is not penalised");
        probe.Score(rows[3]).Should().BeApproximately(standard[3].Zip(probe.Weights, (x, w) => x * w).Sum() + probe.Intercept, 1e-12);
        probe.Direction[1].Should().BeApproximately(probe.Weights[1] / Deviation(rows, 1), 1e-12);
    }

    [Test]
    public void Separable_data_and_constant_features_converge()
    {
        double[][] rows = [[1, 7, 0.1], [2, 7, 0.1], [3, 7, 0.1], [4, 7, 0.1]];
        LinearProbe probe = LinearProbe.Fit(rows, [false, false, true, true], c: 1e6);
        probe.Correct(rows, [false, false, true, true]).Value.Should().Be(1);
        probe.Weights[1].Should().BeApproximately(0, 1e-12);
        probe.Weights[2].Should().BeApproximately(0, 1e-9, "what rounding makes of a constant tells nothing");
    }

    [Test]
    public void Cross_validation_finds_what_is_there_and_nothing_where_nothing_is()
    {
        (double[][] rows, bool[] labels) = Data(80, 5, 2, 1);
        ProbeCrossValidation there = ProbeCrossValidation.Of(rows, labels, folds: 4);
        there.Accuracy.Should().BeGreaterThan(0.9);
        there.Auroc.Should().BeGreaterThan(0.95);
        there.FoldAccuracies.Should().HaveCount(4);
        there.FoldOf.Zip(labels).Where(pair => pair.Second).GroupBy(pair => pair.First).Select(fold => fold.Count()).Should().OnlyContain(count => count == 10, "each fold has its share of both labels");

        (double[][] noise, bool[] random) = Data(80, 30, 0, 2);
        LinearProbe.Fit(noise, random).Correct(noise, random).Value.Should().BeGreaterThan(0.75, "a probe can always learn its own rows");
        ProbeCrossValidation.Of(noise, random).Accuracy.Should().BeInRange(0.3, 0.7);
    }

    [Test]
    public void Every_row_is_scored_by_the_probe_of_the_other_folds()
    {
        (double[][] rows, bool[] labels) = Data(30, 3, 1, 3);
        ProbeCrossValidation found = ProbeCrossValidation.Of(rows, labels, folds: 3, c: 0.5, seed: 4);
        int[] others = [.. Enumerable.Range(0, 30).Where(row => found.FoldOf[row] != found.FoldOf[11])];
        LinearProbe probe = LinearProbe.Fit([.. others.Select(row => rows[row])], [.. others.Select(row => labels[row])], 0.5);
        found.Scores[11].Should().Be(probe.Score(rows[11]));
    }

    [Test]
    public void A_group_stays_together_so_that_knowing_the_group_is_no_use()
    {
        // The features name the group and nothing else.
        double[][] rows = [.. Enumerable.Range(0, 80).Select(row => Enumerable.Range(0, 16).Select(j => j == row % 16 ? 1.0 : 0).ToArray())];
        bool[] labels = [.. Enumerable.Range(0, 80).Select(row => row % 16 < 8)];
        string[] groups = [.. Enumerable.Range(0, 80).Select(row => $"noun {row % 16}")];
        ProbeCrossValidation.Of(rows, labels).Accuracy.Should().Be(1);
        ProbeCrossValidation grouped = ProbeCrossValidation.Of(rows, labels, groups: groups);
        grouped.Accuracy.Should().BeLessThan(0.7);
        grouped.FoldOf.Zip(groups).Distinct().Should().HaveCount(16);
    }

    [Test]
    public void What_cannot_be_fitted_says_why()
    {
        (double[][] rows, bool[] labels) = Data(10, 2, 1, 1);
        FluentActions.Invoking(() => LinearProbe.Fit(rows, [true])).Should().Throw<ArgumentException>().WithMessage("*10 rows and 1 labels*");
        FluentActions.Invoking(() => LinearProbe.Fit(rows, [.. labels.Select(_ => true)])).Should().Throw<ArgumentException>().WithMessage("*rows of both kinds*");
        FluentActions.Invoking(() => LinearProbe.Fit([.. rows.Take(9), [1, double.NaN]], labels)).Should().Throw<ArgumentException>().WithMessage("*Row 9*");
        FluentActions.Invoking(() => LinearProbe.Fit([.. rows.Take(9), [1]], labels)).Should().Throw<ArgumentException>().WithMessage("*Row 9 has 1 features*2*");
        FluentActions.Invoking(() => LinearProbe.Fit(rows, labels).Score([1])).Should().Throw<ArgumentException>().WithMessage("*2 features*1*");
        FluentActions.Invoking(() => ProbeCrossValidation.Of(rows, labels, folds: 6)).Should().Throw<ArgumentException>().WithMessage("*at least 6 rows of each label*");
        FluentActions.Invoking(() => ProbeCrossValidation.Of(rows, labels, folds: 3, groups: ["a"])).Should().Throw<ArgumentException>().WithMessage("*10 rows and 1 group*");
        FluentActions.Invoking(() => ProbeCrossValidation.Of(rows, labels, folds: 3, groups: [.. rows.Select((_, row) => $"{row % 2}")])).Should().Throw<ArgumentException>().WithMessage("*at least 3 groups*");
        FluentActions.Invoking(() => ProbeCrossValidation.Of(rows, labels, folds: 2, groups: [.. labels.Select(label => $"{label}")])).Should().Throw<ArgumentException>().WithMessage("*one label*");
    }

    [TestCaseSource(nameof(Shapes))]
    public void Features_are_the_activations_at_a_position(ModelConfig config)
    {
        using HookedTransformer model = SmallTransformer.Create(config: config);
        EvaluationSet prompts = SmallTransformer.Prompts();
        foreach (HookPoint point in new[] { Hook.ResidPost(1), Hook.Z(2), Hook.FinalNormalized, Hook.Post(0) })
        {
            ImmutableArray<double[]> rows = model.ActivationsAt(point, "S", prompts);
            for (int prompt = 0; prompt < prompts.Count; prompt++)
            {
                long[] tokens = [.. prompts.Prompts[prompt].Tokens.Select(token => (long)token)];
                using CachedRun run = model.RunWithCache(TorchSharp.torch.tensor(tokens, [1, tokens.Length]), point);
                float[] expected = run.Cache[point].select(0, 0).select(0, 2).contiguous().data<float>().ToArray();
                rows[prompt].Should().HaveSameCount(expected);
                rows[prompt].Zip(expected, (found, wanted) => Math.Abs(found - wanted)).Max().Should().BeLessThan(1e-5);
            }
        }

        FluentActions.Invoking(() => model.ActivationsAt(Hook.Pattern(0), -1, prompts)).Should().Throw<ArgumentException>().WithMessage("*no vector at a position*");
    }

    private static double Deviation(double[][] rows, int j) => Math.Sqrt(rows.Average(row => Math.Pow(row[j] - rows.Average(other => other[j]), 2)));

    /// <summary>Half of the rows shifted along the first two features.</summary>
    private static (double[][] Rows, bool[] Labels) Data(int count, int width, double shift, int seed)
    {
        var random = new SeededRandom((ulong)seed);
        bool[] labels = [.. Enumerable.Range(0, count).Select(row => row % 2 == 0)];
        return ([.. labels.Select(label => NullRuns.Normals(random, width).Select((value, j) => value + (j < 2 && label ? shift : 0)).ToArray())], labels);
    }
}
