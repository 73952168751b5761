using System.Collections.Immutable;
using CircuitSpecs.Analysis;
using CircuitSpecs.Models;
using CircuitSpecs.Prompts;
using CircuitSpecs.Tests.Transformer;
using CircuitSpecs.Transformer;

namespace CircuitSpecs.Tests.Analysis.Features;

/// <summary>Outliers and residual statistics against loops over a cache, in all kinds of blocks and with prompts of two lengths.</summary>
public sealed class ResidualStatisticsTests
{
    private static IEnumerable<ModelConfig> Shapes => SmallTransformer.Shapes.Values;

    [TestCaseSource(nameof(Shapes))]
    public void Outlier_dimensions_count_layers_and_positions(ModelConfig config)
    {
        using HookedTransformer model = SmallTransformer.Create(config: config);
        EvaluationSet prompts = SmallTransformer.Prompts();
        foreach (OutlierInput input in Enum.GetValues<OutlierInput>())
        {
            double[][][] values = [.. Enumerable.Range(0, 3).Select(layer => Rows(model, prompts, input == OutlierInput.Residual ? Hook.ResidPost(layer) : Hook.Ln1Normalized(layer))
                .Select(row => input == OutlierInput.Normalized && config.Norm == NormKind.RmsNorm ? [.. row.Row.Zip(Gain(layer), (value, gain) => (double)(float)(value * gain))] : row.Row).ToArray())];
            float[] Gain(int layer) => model.Weights[$"blocks.{layer}.ln1.w"].data<float>().ToArray();
            double threshold = input == OutlierInput.Residual ? 2 : 1.5;
            var found = OutlierDimensions.Of(model, prompts, input, threshold, 0.6, 0.25);
            int tokens = values[0].Length;
            bool Large(int layer, int token, int dimension) => Math.Abs(values[layer][token][dimension]) >= threshold;
            for (int dimension = 0; dimension < 12; dimension++)
            {
                double layers = Enumerable.Range(0, 3).Count(layer => Enumerable.Range(0, tokens).Any(token => Large(layer, token, dimension))) / 3.0;
                double positions = Enumerable.Range(0, tokens).Count(token => Enumerable.Range(0, 3).Any(layer => Large(layer, token, dimension))) / (double)tokens;
                double often = Enumerable.Range(0, 3).Count(layer => Enumerable.Range(0, tokens).Count(token => Large(layer, token, dimension)) >= 0.25 * tokens) / 3.0;
                found.ShareOfLayers[dimension].Should().Be(layers);
                found.ShareOfPositions[dimension].Should().Be(positions);
                found.AnyInLayer.Contains(dimension).Should().Be(layers >= 0.6 && positions >= 0.25);
                found.PerLayer.Contains(dimension).Should().Be(often >= 0.6);
            }

            found.ShareOfPositions.Should().Contain(share => share > 0).And.Contain(share => share < 1, "otherwise the thresholds test nothing");
        }
    }

    [TestCaseSource(nameof(Shapes))]
    public void Residual_statistics_are_what_loops_give(ModelConfig config)
    {
        using HookedTransformer model = SmallTransformer.Create(config: config);
        EvaluationSet prompts = SmallTransformer.Prompts();
        ImmutableArray<ResidualStatistics> statistics = ResidualStatistics.Of(model, prompts);
        statistics.Should().HaveCount(4);
        for (int point = 0; point < 4; point++)
        {
            var rows = Rows(model, prompts, point < 3 ? Hook.ResidPre(point) : Hook.ResidPost(2));
            static double Norm((double[] Row, int Prompt, int Position) row) => Math.Sqrt(row.Row.Sum(value => value * value));
            Near(statistics[point].MeanNorm, rows.Average(Norm));
            Near(statistics[point].MeanNormAfterFirst, rows.Where(row => row.Position > 0).Average(Norm));
            statistics[point].MeanNormAt.Should().HaveCount(6);
            Near(statistics[point].MeanNormAt[5], rows.Where(row => row.Position == 5).Average(Norm));
            Near(statistics[point].KurtosisOverDimensions, rows.Average(row => Kurtosis(row.Row)));
            Near(statistics[point].KurtosisOfDimension[7], Kurtosis([.. rows.Select(row => row.Row[7])]));
            Near(statistics[point].ParticipationRatio, Participation([.. rows.Select(row => row.Row)]));
            Near(statistics[point].ParticipationRatioAfterFirst, Participation([.. rows.Where(row => row.Position > 0).Select(row => row.Row)]));
        }

        var before = Rows(model, prompts, Hook.ResidPre(1));
        var after = Rows(model, prompts, Hook.ResidPre(2));
        double Dot(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Sum();
        Near(ResidualStatistics.ConsecutiveCosines(model, prompts)[1], before.Zip(after).Average(pair => Dot(pair.First.Row, pair.Second.Row) / Math.Sqrt(Dot(pair.First.Row, pair.First.Row) * Dot(pair.Second.Row, pair.Second.Row))));
        Near(ResidualStatistics.NormGrowth(model, prompts)[1], before.Zip(after).Average(pair => Math.Sqrt(Dot(pair.Second.Row, pair.Second.Row) / Dot(pair.First.Row, pair.First.Row))));
    }

    [Test]
    public void A_planted_massive_activation_is_found_where_it_is()
    {
        using HookedTransformer model = SmallTransformer.Create();
        EvaluationSet prompts = SmallTransformer.Prompts();
        MassiveActivations.Of(model, prompts).Should().OnlyContain(point => point.Count == 0);
        using IDisposable planted = model.Hooks(new ForwardHook(Hook.ResidPost(0), (residual, _) =>
        {
            residual[0, 3, 8] = TorchSharp.torch.tensor(-5000f);
            return residual;
        }));
        ImmutableArray<MassiveActivations> found = MassiveActivations.Of(model, prompts, largest: 2);
        found[0].Count.Should().Be(0);
        found[1].Count.Should().Be(2, "prompts have two lengths, so there are two batches");
        found[1].Largest.Should().Equal(new ActivationSite(-5000, 0, 3, 8), new ActivationSite(-5000, 1, 3, 8));
        found[1].Ratio.Should().BeApproximately(5000 / found[1].MedianSize, 1e-9);
        double[] sizes = [.. Rows(model, prompts, Hook.ResidPre(0)).SelectMany(row => row.Row).Select(Math.Abs).Order()];
        found[0].MedianSize.Should().BeApproximately(sizes[(sizes.Length - 1) / 2], 1e-6);
    }

    [Test]
    public void Neurons_are_active_above_the_threshold()
    {
        using HookedTransformer model = SmallTransformer.Create();
        EvaluationSet prompts = SmallTransformer.Prompts();
        var rows = Rows(model, prompts, Hook.Post(1));
        ImmutableArray<MlpSparsity> sparsity = MlpSparsity.Of(model, prompts, threshold: 0.1);
        sparsity[1].ActiveShare.Should().Equal(Enumerable.Range(0, 20).Select(neuron => rows.Count(row => row.Row[neuron] > 0.1) / (double)rows.Length));
        sparsity[1].Active.Should().BeApproximately(rows.Average(row => row.Row.Count(value => value > 0.1) / 20.0), 1e-12);
        MlpSparsity.Of(model, prompts, threshold: 1e6)[1].Dead.Should().HaveCount(20);
    }

    private static (double[] Row, int Prompt, int Position)[] Rows(HookedTransformer model, PromptSet prompts, HookPoint point) => [.. Enumerable.Range(0, prompts.Count).SelectMany(prompt =>
    {
        long[] tokens = [.. prompts.Prompts[prompt].Tokens.Select(token => (long)token)];
        using CachedRun run = model.RunWithCache(TorchSharp.torch.tensor(tokens, [1, tokens.Length]), point);
        return run.Cache[point].contiguous().data<float>().ToArray().Select(value => (double)value).Chunk((int)run.Cache[point].shape[2]).Select((row, position) => (row, prompt, position)).ToArray();
    })];

    private static double Kurtosis(double[] values)
    {
        double mean = values.Average();
        return values.Average(value => Math.Pow(value - mean, 4)) / Math.Pow(values.Average(value => Math.Pow(value - mean, 2)), 2);
    }

    private static double Participation(double[][] rows)
    {
        double[] mean = [.. Enumerable.Range(0, rows[0].Length).Select(j => rows.Average(row => row[j]))];
        double[] eigenvalues = [.. MathNet.Numerics.LinearAlgebra.Matrix<double>.Build.Dense(mean.Length, mean.Length, (i, j) => rows.Average(row => (row[i] - mean[i]) * (row[j] - mean[j]))).Evd().EigenValues.Select(value => value.Real)];
        return eigenvalues.Sum() * eigenvalues.Sum() / eigenvalues.Sum(value => value * value);
    }

    private static void Near(double found, double expected) => found.Should().BeApproximately(expected, 1e-5 * (1 + Math.Abs(expected)));
}
