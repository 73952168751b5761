using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using CircuitSpecs.Analysis;
using CircuitSpecs.Prompts;
using CircuitSpecs.Transformer;

namespace CircuitSpecs.Tests.Analysis.Features;

/// <summary>Outlier dimensions, massive activations and the shape of the residual stream against 10_outliers_residual.json.</summary>
[Category("Golden")]
public sealed class OutlierGoldenTests
{
    private const double Noise = 1e-5;

    private static readonly string[] Known =
    [
        "model", "tokens", "definition", "source", "mean_next_token_loss", "resid", "ln1_normalized", "massive", "mean_norm_per_point", "mean_norm_per_point_and_position", "norm_ratio_per_layer",
        "participation_ratio", "participation_ratio_without_bos", "kurtosis_per_token", "kurtosis_per_dim_top", "mlp_active_fraction_per_layer", "mlp_dead_neurons_per_layer", "mean_cos_consecutive_points",
    ];

    private static IEnumerable<TestCaseData> Goldens => AnalysisGolden.Cases("10_outliers_residual.json");

    // The file says of ln1_normalized "gain not applied"; its numbers are those with the norm's weight and bias, as TransformerLens's
    // hook_normalized has it (an independent forward pass gave the recorded shares exactly so, and others without).
    [TestCaseSource(nameof(Goldens))]
    public void Outlier_dimensions_in_both_readings(string path)
    {
        AnalysisGolden golden = AnalysisGolden.Open(path, Known);
        using HookedTransformer model = golden.Model();
        EvaluationSet prompts = golden.Plain("tokens");
        foreach ((string key, OutlierInput input) in new[] { ("resid", OutlierInput.Residual), ("ln1_normalized", OutlierInput.Normalized) })
        {
            foreach (JsonElement expected in golden[key].EnumerateArray())
            {
                expected.EnumerateObject().Select(entry => entry.Name).Should().BeEquivalentTo("threshold", "layer_fraction", "position_fraction", "any_in_layer", "per_layer", "share_of_positions_any_layer");
                double threshold = expected.GetProperty("threshold").GetDouble();
                OutlierDimensions Found(double at) => OutlierDimensions.Of(model, prompts, input, at, expected.GetProperty("layer_fraction").GetDouble(), expected.GetProperty("position_fraction").GetDouble());
                OutlierDimensions found = Found(threshold);

                // A single value can lie within float32's noise of the threshold and be counted on the other side.
                OutlierDimensions fewer = Found(threshold + Noise);
                OutlierDimensions more = Found(threshold - Noise);
                found.AnyInLayer.Should().Equal(AnalysisGolden.Integers(expected.GetProperty("any_in_layer")));
                found.PerLayer.Should().Equal(AnalysisGolden.Integers(expected.GetProperty("per_layer")));
                var shares = expected.GetProperty("share_of_positions_any_layer").EnumerateObject().ToDictionary(entry => int.Parse(entry.Name, CultureInfo.InvariantCulture), entry => GoldenFolder.Number(entry.Value));
                for (int dimension = 0; dimension < model.Config.DModel; dimension++)
                {
                    shares.GetValueOrDefault(dimension).Should().BeInRange(fewer.ShareOfPositions[dimension] - 1e-9, more.ShareOfPositions[dimension] + 1e-9, "that is dimension {0} of {1} at {2}", dimension, key, expected.GetProperty("threshold"));
                }
            }
        }
    }

    [TestCaseSource(nameof(Goldens))]
    public void Massive_activations(string path)
    {
        AnalysisGolden golden = AnalysisGolden.Open(path, Known);
        using HookedTransformer model = golden.Model();
        EvaluationSet prompts = golden.Plain("tokens");
        ImmutableArray<MassiveActivations> massive = MassiveActivations.Of(model, prompts);
        ImmutableArray<MassiveActivations> large = MassiveActivations.Of(model, prompts, least: 0, timesMedian: 20);
        ImmutableArray<ResidualStatistics> statistics = ResidualStatistics.Of(model, prompts);
        golden["massive"].GetArrayLength().Should().Be(model.Config.Layers + 1);
        foreach (JsonElement expected in golden["massive"].EnumerateArray())
        {
            int point = expected.GetProperty("point").GetInt32();
            foreach (JsonProperty entry in expected.EnumerateObject().Where(entry => entry.Name is not ("point" or "top")))
            {
                double found = entry.Name switch
                {
                    "median_abs" => massive[point].MedianSize,
                    "ratio_top_to_median" => massive[point].Ratio,
                    "n_massive_100_1000" => massive[point].Count,
                    "n_over_20x_median" => large[point].Count,
                    "mean_norm_bos" => statistics[point].MeanNormAt[0],
                    "mean_norm_rest" => statistics[point].MeanNormAfterFirst,
                    string other => throw new NotSupportedException($"The golden records '{other}', which nothing here computes."),
                };
                Near(found, GoldenFolder.Number(entry.Value), $"{entry.Name} at {point}");
            }

            foreach ((ActivationSite site, JsonElement top) in massive[point].Largest.Zip(expected.GetProperty("top").EnumerateArray()))
            {
                Near(site.Value, top.GetProperty("value").GetDouble(), $"a largest value at {point}");
                (site.Prompt, site.Position, site.Dimension).Should().Be((top.GetProperty("prompt").GetInt32(), top.GetProperty("position").GetInt32(), top.GetProperty("dim").GetInt32()), "that is a largest value at {0}", point);
            }
        }
    }

    [TestCaseSource(nameof(Goldens))]
    public void Shape_of_the_residual_stream(string path)
    {
        AnalysisGolden golden = AnalysisGolden.Open(path, Known);
        using HookedTransformer model = golden.Model();
        EvaluationSet prompts = golden.Plain("tokens");
        ImmutableArray<ResidualStatistics> statistics = ResidualStatistics.Of(model, prompts);
        Near(statistics.Select(point => point.MeanNorm), golden["mean_norm_per_point"]);
        Near(statistics.SelectMany(point => point.MeanNormAt), golden["mean_norm_per_point_and_position"]);
        Near(statistics.Select(point => point.ParticipationRatio), golden["participation_ratio"]);
        Near(statistics.Select(point => point.ParticipationRatioAfterFirst), golden["participation_ratio_without_bos"]);
        Near(statistics.Select(point => point.KurtosisOverDimensions), golden["kurtosis_per_token"]);
        Near(ResidualStatistics.NormGrowth(model, prompts), golden["norm_ratio_per_layer"]);
        Near(ResidualStatistics.ConsecutiveCosines(model, prompts), golden["mean_cos_consecutive_points"]);
        foreach (JsonElement expected in golden["kurtosis_per_dim_top"].EnumerateArray())
        {
            ImmutableArray<double> kurtosis = statistics[expected.GetProperty("point").GetInt32()].KurtosisOfDimension;
            int[] top = [.. expected.GetProperty("dims").EnumerateArray().Select(entry => entry.GetProperty("dim").GetInt32())];
            Enumerable.Range(0, kurtosis.Length).OrderByDescending(dimension => kurtosis[dimension]).Take(top.Length).Should().Equal(top);
            Near(top.Select(dimension => kurtosis[dimension]), expected.GetProperty("dims").EnumerateArray().Select(entry => entry.GetProperty("kurtosis").GetDouble()));
        }

        Near([model.Loss(prompts).Value], [golden["mean_next_token_loss"].GetDouble()]);
    }

    [TestCaseSource(nameof(Goldens))]
    public void Sparsity_of_the_MLPs(string path)
    {
        AnalysisGolden golden = AnalysisGolden.Open(path, Known);
        using HookedTransformer model = golden.Model();
        ImmutableArray<MlpSparsity> sparsity = MlpSparsity.Of(model, golden.Plain("tokens"));
        Near(sparsity.Select(layer => layer.Active), golden["mlp_active_fraction_per_layer"]);
        sparsity.Select(layer => layer.Dead.Count()).Should().Equal(AnalysisGolden.Integers(golden["mlp_dead_neurons_per_layer"]));
    }

    private static void Near(IEnumerable<double> actual, JsonElement expected) => Near(actual, GoldenFolder.Numbers(expected));

    private static void Near(IEnumerable<double> actual, IEnumerable<double> expected)
    {
        actual.Should().HaveSameCount(expected);
        foreach ((double found, double recorded) in actual.Zip(expected))
        {
            Near(found, recorded, "one of them");
        }
    }

    /// <summary>Float32 activations: 1e-5 of the number, and 1e-6 at least.</summary>
    private static void Near(double found, double recorded, string what) => found.Should().BeApproximately(recorded, 1e-6 + (1e-5 * Math.Abs(recorded)), "that is {0}", what);
}
