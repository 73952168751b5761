using System.Collections.Immutable;
using System.Text.Json;
using CircuitSpecs.Analysis;
using CircuitSpecs.Prompts;
using CircuitSpecs.Transformer;

namespace CircuitSpecs.Tests.Analysis.Features;

[Category("Golden")]
public sealed class ProbeGoldenTests
{
    private static IEnumerable<TestCaseData> Goldens => AnalysisGolden.Cases("12_probe.json");

    [TestCaseSource(nameof(Goldens))]
    public void Probes_of_every_layer(string path)
    {
        AnalysisGolden golden = AnalysisGolden.Open(path, "model", "definition", "source", "prompts", "labels", "is_train", "C", "layers");
        IReadOnlyDictionary<string, GoldenTensor> tensors = GoldenFolder.Tensors(path.Replace("12_probe.json", "12_probe.safetensors", StringComparison.Ordinal));
        using HookedTransformer model = golden.Model();
        EvaluationSet prompts = golden.Plain("prompts");
        bool[] labels = [.. AnalysisGolden.Integers(golden["labels"]).Select(label => label == 1)];
        bool[] isTraining = [.. AnalysisGolden.Integers(golden["is_train"]).Select(flag => flag == 1)];
        tensors.Keys.Should().BeEquivalentTo(golden["layers"].EnumerateArray().SelectMany(layer => (string[])[$"layer{layer.GetProperty("layer")}.mean", $"layer{layer.GetProperty("layer")}.std", $"layer{layer.GetProperty("layer")}.weight"]));
        foreach (JsonElement expected in golden["layers"].EnumerateArray())
        {
            int layer = expected.GetProperty("layer").GetInt32();
            ImmutableArray<double[]> rows = model.ActivationsAt(Hook.ResidPost(layer), -1, prompts);
            double[][] training = [.. rows.Where((_, row) => isTraining[row])];
            bool[] trainingLabels = [.. labels.Where((_, row) => isTraining[row])];
            double[][] test = [.. rows.Where((_, row) => !isTraining[row])];
            bool[] testLabels = [.. labels.Where((_, row) => !isTraining[row])];
            LinearProbe probe = LinearProbe.Fit(training, trainingLabels, golden["C"].GetDouble());
            foreach (JsonProperty entry in expected.EnumerateObject().Where(entry => entry.Name != "layer"))
            {
                double found = entry.Name switch
                {
                    "train_accuracy" => probe.Correct(training, trainingLabels).Value,
                    "test_accuracy" => probe.Correct(test, testLabels).Value,
                    "intercept" => probe.Intercept,
                    "weight_norm" => Math.Sqrt(probe.Weights.Sum(weight => weight * weight)),
                    "objective" => probe.Objective,
                    "smallest_abs_score" => test.Min(row => Math.Abs(probe.Score(row))),
                    string other => throw new NotSupportedException($"The golden records '{other}', which nothing here computes."),
                };
                found.Should().BeApproximately(GoldenFolder.Number(entry.Value), 2e-5, "that is {0} of layer {1}", entry.Name, layer);
            }

            Near(probe.Weights, tensors[$"layer{layer}.weight"].Floats, 2e-5);
            Near(probe.Mean, tensors[$"layer{layer}.mean"].Floats, 1e-5);
            Near(probe.Scale, tensors[$"layer{layer}.std"].Floats, 1e-5);
        }
    }

    private static void Near(ImmutableArray<double> actual, float[] expected, double tolerance) =>
        actual.Zip(expected, (found, recorded) => Math.Abs(found - recorded)).Max().Should().BeLessThan(tolerance);
}
