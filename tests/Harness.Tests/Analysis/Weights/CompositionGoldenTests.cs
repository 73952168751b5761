using System.Text.Json;
using CircuitSpecs.Analysis;
using CircuitSpecs.Components;
using CircuitSpecs.Models;

namespace CircuitSpecs.Tests.Analysis;

[Category("Golden")]
public sealed class CompositionGoldenTests
{
    public static IEnumerable<TestCaseData> Scores => AnalysisGolden.Cases("08_composition.json");

    public static IEnumerable<TestCaseData> Circuits => AnalysisGolden.Cases("08_ov_qk.json");

    [TestCaseSource(nameof(Scores))]
    public void Composition_of_every_pair_of_heads(string path)
    {
        AnalysisGolden golden = AnalysisGolden.Open(path, "model", "definition", "source", "random_baseline", "scores", "minus_baseline", "top");
        foreach (JsonProperty table in golden["scores"].EnumerateObject())
        {
            string[] parts = table.Name.Split('|');
            ModelWeights weights = golden.Model(Processing(parts[1])).Weights;
            ModelConfig config = weights.Config;
            double[] expected = GoldenFolder.Numbers(table.Value);
            foreach (Head into in Head.AllIn(config).Where(head => head.Layer > 0))
            {
                HeadTable scores = parts[0] switch
                {
                    "Q" => weights.QComposition(into),
                    "K" => weights.KComposition(into),
                    "V" => weights.VComposition(into),
                    _ => throw new NotSupportedException($"The golden records composition '{table.Name}'."),
                };
                foreach (Head from in scores.Heads)
                {
                    int cell = (((((from.Layer * config.Heads) + from.Index) * config.Layers) + into.Layer) * config.Heads) + into.Index;
                    scores[from].Should().BeApproximately(expected[cell], AnalysisGolden.Probabilities, "that is {0} from {1} into {2}", table.Name, from, into);
                }
            }
        }
    }

    [TestCaseSource(nameof(Circuits))]
    public void Norms_and_positional_attention(string path)
    {
        AnalysisGolden golden = AnalysisGolden.Open(path, "model", "definition", "source", "variants");
        foreach (JsonProperty variant in golden["variants"].EnumerateObject())
        {
            ModelWeights weights = golden.Model(Processing(variant.Name)).Weights;

            Compare("qk_frobenius", weights.QkNorms(foldLayerNorm: false), AnalysisGolden.Probabilities);
            Compare("ov_frobenius", weights.OvNorms(foldLayerNorm: false), AnalysisGolden.Probabilities);
            Compare("pos_qk_argmax_previous", weights.PositionalShares(), 1e-9);
            Compare("pos_qk_argmax_self", weights.PositionalShares(offset: 0), 1e-9);

            void Compare(string key, HeadTable actual, double tolerance)
            {
                double[] expected = GoldenFolder.Numbers(variant.Value.GetProperty(key));
                foreach (Head head in actual.Heads)
                {
                    actual[head].Should().BeApproximately(expected[(head.Layer * weights.Config.Heads) + head.Index], tolerance, "that is {0} of {1}, {2}", key, head, variant.Name);
                }
            }
        }
    }

    private static WeightProcessing Processing(string variant) => variant switch
    {
        "raw" => WeightProcessing.None,
        "folded" => WeightProcessing.All,
        _ => throw new NotSupportedException($"The golden records weights '{variant}'."),
    };
}
