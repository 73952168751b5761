using System.Text.Json;
using CircuitSpecs.Analysis;
using CircuitSpecs.Components;
using CircuitSpecs.Models;

namespace CircuitSpecs.Tests.Analysis;

[Category("Golden")]
public sealed class NeuronGoldenTests
{
    public static IEnumerable<TestCaseData> Goldens => AnalysisGolden.Cases("08_neurons.json");

    [TestCaseSource(nameof(Goldens))]
    public void All_neurons(string path)
    {
        ModelWeights weights = Open(path).Model().Weights;
        IReadOnlyDictionary<string, GoldenTensor> recorded = GoldenFolder.Tensors(Path.ChangeExtension(path, ".safetensors"));
        var vocabulary = NeuronVocabulary.Of(weights);

        foreach ((string key, GoldenTensor expected) in recorded)
        {
            NeuronTable table = key switch
            {
                "in_norm" => weights.NeuronInputNorms(),
                "out_norm" => weights.NeuronOutputNorms(),
                "in_out_cos" => weights.InputOutputCosines(),
                "logit_variance" => vocabulary.Variance,
                "logit_skew" => vocabulary.Skew,
                "logit_kurtosis" => vocabulary.Kurtosis,
                _ => throw new NotSupportedException($"The golden records '{key}', which nothing here computes."),
            };
            double[] values = [.. table.Layers.SelectMany(layer => table.OfLayer(layer))];

            // Stored in float32, so to half a unit in the last place of it, and a little for what came before.
            expected.Shape.Should().Equal(weights.Config.Layers, weights.Config.DMlp);
            values.Zip(expected.Floats, (actual, wanted) => Math.Abs(actual - wanted) / Math.Max(1, Math.Abs(wanted))).Max().Should().BeLessThan(1e-6, "that is {0}", key);
        }
    }

    [TestCaseSource(nameof(Goldens))]
    public void Lists_of_neurons(string path)
    {
        AnalysisGolden golden = Open(path);
        ModelWeights weights = golden.Model().Weights;
        NeuronTable cosines = weights.InputOutputCosines();
        NeuronTable norms = weights.NeuronOutputNorms();
        var vocabulary = NeuronVocabulary.Of(weights);

        Compare("erasure", "cos", cosines.Lowest, (entry, neuron) => norms[neuron].Should().BeApproximately(entry.GetProperty("out_norm").GetDouble(), 1e-9));
        Compare("amplifying", "cos", cosines.Highest, (entry, neuron) => norms[neuron].Should().BeApproximately(entry.GetProperty("out_norm").GetDouble(), 1e-9));
        Compare("highest_kurtosis", "kurtosis", vocabulary.Kurtosis.Highest, (entry, neuron) =>
        {
            vocabulary.Variance[neuron].Should().BeApproximately(entry.GetProperty("variance").GetDouble(), 1e-9);
            int[] top = AnalysisGolden.Integers(entry.GetProperty("top3_tokens"));
            NeuronVocabulary.TopTokens(weights, neuron, top.Length).Select(token => token.Token).Should().Equal(top);
        });
        cosines.Layers.Select(layer => cosines.OfLayer(layer).Average()).ShouldEqual(golden["per_layer_mean_cos"], 1e-9, "per_layer_mean_cos");
        cosines.Layers.Select(layer => cosines.OfLayer(layer).Min()).ShouldEqual(golden["per_layer_min_cos"], 1e-9, "per_layer_min_cos");
        cosines.Layers.Select(layer => cosines.OfLayer(layer).Average(cosine => cosine < -0.5 ? 1.0 : 0)).ShouldEqual(golden["fraction_below_minus_half"], 1e-9, "fraction_below_minus_half");

        void Compare(string key, string number, Func<int, IReadOnlyList<(Neuron Neuron, double Value)>> listed, Action<JsonElement, Neuron> more)
        {
            JsonElement[] entries = [.. golden[key].EnumerateArray()];
            foreach (((Neuron neuron, double value), JsonElement entry) in listed(entries.Length).Zip(entries))
            {
                neuron.Should().Be(new Neuron(entry.GetProperty("layer").GetInt32(), entry.GetProperty("neuron").GetInt32()), "that is in the list '{0}'", key);
                value.Should().BeApproximately(entry.GetProperty(number).GetDouble(), 1e-9);
                more(entry, neuron);
            }
        }
    }

    private static AnalysisGolden Open(string path) => AnalysisGolden.Open(
        path, "model", "definition", "source", "erasure", "amplifying", "per_layer_mean_cos", "per_layer_min_cos", "fraction_below_minus_half", "highest_kurtosis");
}
