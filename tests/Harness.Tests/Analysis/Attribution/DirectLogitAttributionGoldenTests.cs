using System.Text.Json;
using CircuitSpecs.Analysis;
using CircuitSpecs.Models;
using CircuitSpecs.Prompts;
using CircuitSpecs.Statistics;
using CircuitSpecs.Transformer;

namespace CircuitSpecs.Tests.Analysis;

[Category("Golden")]
public sealed class DirectLogitAttributionGoldenTests
{
    public static IEnumerable<TestCaseData> Goldens => AnalysisGolden.Cases("02_dla.json");

    [TestCaseSource(nameof(Goldens))]
    public void Raw_weights(string path)
    {
        AnalysisGolden golden = Open(path);
        using HookedTransformer model = golden.Model();
        EvaluationSet prompts = golden.Pairs();

        var attribution = DirectLogitAttribution.Of(model, prompts);

        string[] labels = Labels(golden["raw_labels"]);
        attribution.Labels.Should().Equal(labels);
        Compare(labels.SelectMany(label => attribution[label].Numerators), golden["raw"]);
        Compare(labels.Select(label => attribution[label].Value), golden["raw_mean"]);
        Compare(attribution.Constant.Numerators, golden["raw_constant"]);
        Compare(attribution.FinalScale.Numerators, golden["final_scale"]);
        Compare(attribution.LogitDifference.Numerators, golden["logit_diff"]);
        Compare(model.LogitDifference(prompts).Numerators, golden["logit_diff"]);
    }

    [TestCaseSource(nameof(Goldens))]
    public void Folded_weights(string path)
    {
        AnalysisGolden golden = Open(path);
        using HookedTransformer model = golden.Model(WeightProcessing.All);
        EvaluationSet prompts = golden.Pairs();

        var attribution = DirectLogitAttribution.Of(model, prompts);

        // TransformerLens calls an MLP 3_mlp_out and sums the biases of all attention layers.
        string[] labels = Labels(golden["folded_labels"]);
        IEnumerable<PerPrompt> parts = labels.Select(label => label switch
        {
            "bias" => attribution.Labels.Where(own => own.EndsWith("b_O", StringComparison.Ordinal)).Select(own => attribution[own]).Aggregate((sum, part) => sum + part),
            _ when label.EndsWith("_mlp_out", StringComparison.Ordinal) => attribution[$"L{label.Split('_')[0]}MLP"],
            _ => attribution[label],
        });
        Compare(parts.SelectMany(part => part.Numerators), golden["folded"]);
        Compare(attribution.Constant.Numerators, golden["folded_constant"]);
        labels.Should().HaveCount(attribution.Labels.Length - model.Config.Layers + 1, "one bias stands for one in each layer");
    }

    [TestCaseSource(nameof(Goldens))]
    public void Strongest_neurons(string path)
    {
        AnalysisGolden golden = Open(path);
        using HookedTransformer model = golden.Model();
        EvaluationSet prompts = golden.Pairs();
        JsonElement[] recorded = [.. golden["top_neurons"].EnumerateArray()];

        (string Neuron, double Mean)[] strongest = [.. Enumerable.Range(0, model.Config.Layers)
            .SelectMany(layer => NeuronAttribution.Of(model, prompts, layer).Strongest())
            .OrderByDescending(pair => Math.Abs(pair.Mean))
            .Take(recorded.Length)
            .Select(pair => (pair.Neuron.Label, pair.Mean))];

        strongest.Select(pair => pair.Neuron).Should().Equal(recorded.Select(entry => $"n{entry.GetProperty("layer")}.{entry.GetProperty("neuron")}"));
        strongest.Zip(recorded, (pair, entry) => Math.Abs(pair.Mean - entry.GetProperty("mean").GetDouble())).Max().Should().BeLessThan(AnalysisGolden.Logits);
    }

    private static void Compare(IEnumerable<double> actual, JsonElement expected)
    {
        double[] values = [.. actual];
        double[] wanted = GoldenFolder.Numbers(expected);
        values.Should().HaveCount(wanted.Length);
        values.Zip(wanted, (a, b) => Math.Abs(a - b)).Max().Should().BeLessThan(AnalysisGolden.Logits);
    }

    private static string[] Labels(JsonElement labels) => [.. labels.EnumerateArray().Select(label => label.GetString()!)];

    internal static AnalysisGolden Open(string path) => AnalysisGolden.Open(
        path, "model", "clean_tokens", "corrupt_tokens", "answer_tokens", "wrong_tokens", "text", "definition", "source", "logit_diff", "final_scale", "raw_labels", "raw", "raw_mean", "raw_constant", "folded_labels", "folded", "folded_constant", "top_neurons");
}
