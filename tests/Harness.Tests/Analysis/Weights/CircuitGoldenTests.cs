using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using CircuitSpecs.Analysis;
using CircuitSpecs.Components;
using CircuitSpecs.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Tests.Analysis;

/// <summary>Circuits of heads as matrices: eigenvalues, singular values and directions, norms, positions.</summary>
[Category("Golden")]
public sealed partial class CircuitGoldenTests
{
    /// <summary>What a number that was printed with 12 digits, of weights stored in float32, can be compared to.</summary>
    private const double Exact = 1e-9;

    public static IEnumerable<TestCaseData> Circuits => AnalysisGolden.Cases("08_ov_qk.json");

    public static IEnumerable<TestCaseData> Directions => AnalysisGolden.Cases("08_ov_svd_tokens.json");

    public static IEnumerable<TestCaseData> Norms => AnalysisGolden.Cases("08_weight_norms.json");

    [TestCaseSource(nameof(Circuits))]
    public void Scores_of_the_circuits(string path)
    {
        AnalysisGolden golden = AnalysisGolden.Open(path, "model", "definition", "source", "variants");

        // Which tokens are counted stands in the definition: "token ids 0..1905", in so far as the vocabulary has them.
        int last = int.Parse(LastToken().Match(golden["definition"].GetString()!).Groups[1].Value, CultureInfo.InvariantCulture);
        foreach (JsonProperty variant in golden["variants"].EnumerateObject())
        {
            using DisposeScope scope = NewDisposeScope();
            ModelWeights weights = golden.Model(GoldenTables.Processing(variant.Name)).Weights;
            int[] tokens = [.. Enumerable.Range(0, Math.Min(last + 1, weights.Config.Vocabulary))];
            double tolerance = variant.Name == "raw" ? Exact : AnalysisGolden.Probabilities;
            foreach (JsonProperty score in variant.Value.EnumerateObject())
            {
                HeadTable? table = score.Name switch
                {
                    "ov_copying" => weights.OvCopyingScores(),
                    "qk_matching" => weights.QkMatchingScores(),
                    "ov_eigen_dmodel" => weights.OvEigenvalueScores(),
                    "ov_copy_top1" => weights.OvHighestShares(tokens, 1, OvPath.Matrices),
                    "ov_copy_top5" => weights.OvHighestShares(tokens, 5, OvPath.Matrices),
                    "pos_qk_argmax_previous" => weights.PositionalShares(),
                    "pos_qk_argmax_self" => weights.PositionalShares(offset: 0),
                    "pos_only_attention_to_previous" => weights.PositionalAttentionTo(),
                    "ov_frobenius" => weights.OvNorms(foldLayerNorm: false),
                    "qk_frobenius" => weights.QkNorms(foldLayerNorm: false),
                    "ov_singular_values" or "qk_singular_values" => null,
                    _ => throw new NotSupportedException($"The golden records '{score.Name}', which nothing here computes."),
                };
                if (table is not null)
                {
                    table.ShouldEqual(score.Value, weights.Config, tolerance, $"{score.Name}, {variant.Name}");
                    continue;
                }

                double[] values = [.. Enumerable.Range(0, weights.Config.Layers)
                    .Select(layer => score.Name == "ov_singular_values" ? weights.OvCircuits(layer) : weights.QkCircuits(layer))
                    .SelectMany(circuits => circuits.SingularValues().contiguous().data<double>().ToArray())];
                values.ShouldEqual(score.Value, tolerance, $"{score.Name}, {variant.Name}");
            }
        }
    }

    [TestCaseSource(nameof(Circuits))]
    public void Scores_of_single_heads_are_those_of_the_tables(string path)
    {
        AnalysisGolden golden = AnalysisGolden.Open(path, "model", "definition", "source", "variants");
        ModelWeights weights = golden.Model(WeightProcessing.None).Weights;
        HeadTable copying = weights.OvCopyingScores(foldLayerNorm: true);
        HeadTable matching = weights.QkMatchingScores(foldLayerNorm: true);
        var head = new Head(weights.Config.Layers - 1, 1);

        // Through the vocabulary × vocabulary circuit, and with the vocabulary summed over first.
        weights.OvCopyingScore(head, foldLayerNorm: true).Should().BeApproximately(copying[head], Exact);
        weights.QkMatchingScore(head, foldLayerNorm: true).Should().BeApproximately(matching[head], Exact);
        weights.QkNorm(head).Should().BeApproximately(weights.QkNorms()[head], Exact);
        weights.OvNorm(head).Should().BeApproximately(weights.OvNorms()[head], Exact);
    }

    [TestCaseSource(nameof(Directions))]
    public void Singular_directions_as_tokens(string path)
    {
        AnalysisGolden golden = AnalysisGolden.Open(path, "model", "definition", "source", "rows");
        ModelWeights weights = golden.Model(WeightProcessing.All).Weights;
        var rows = golden["rows"].EnumerateArray().GroupBy(row => row.GetProperty("head").GetString()!).ToDictionary(row => row.Key);
        rows.Should().HaveCount(Head.AllIn(weights.Config).Count);
        foreach (Head head in Head.AllIn(weights.Config))
        {
            JsonElement[] recorded = [.. rows[$"L{head.Layer}H{head.Index}"].OrderBy(row => row.GetProperty("index").GetInt32())];

            var directions = weights.OvSingularDirections(head, recorded.Length, recorded[0].GetProperty("top5").GetArrayLength());

            foreach ((SingularDirection direction, JsonElement row) in directions.Zip(recorded))
            {
                direction.Index.Should().Be(row.GetProperty("index").GetInt32());
                direction.Value.Should().BeApproximately(row.GetProperty("singular_value").GetDouble(), AnalysisGolden.Probabilities);
                direction.Writes.Select(token => token.Token).Should().Equal(AnalysisGolden.Integers(row.GetProperty("top5")), "those are the tokens of direction {0} of head {1}", direction.Index, head);
                direction.Writes.Select(token => token.Logit).ShouldEqual(row.GetProperty("top5_logits"), AnalysisGolden.Probabilities, $"direction {direction.Index} of {head}");
            }
        }
    }

    [TestCaseSource(nameof(Norms))]
    public void Norms_of_the_parameters(string path)
    {
        AnalysisGolden golden = AnalysisGolden.Open(path, "model", "definition", "source", "norms");
        foreach (JsonProperty variant in golden["norms"].EnumerateObject())
        {
            ModelWeights weights = golden.Model(GoldenTables.Processing(variant.Name)).Weights;
            double tolerance = variant.Name == "raw" ? Exact : AnalysisGolden.Probabilities;
            foreach (JsonProperty norm in variant.Value.EnumerateObject())
            {
                string what = $"{norm.Name}, {variant.Name}";
                switch (norm.Name)
                {
                    case "W_E" or "W_pos" or "W_U" or "b_U":
                        string prefix = norm.Name switch { "W_E" => "embed", "W_pos" => "pos_embed", _ => "unembed" };
                        ((double[])[Norm(weights, $"{prefix}.{norm.Name}")]).ShouldEqual(norm.Value, tolerance, what);
                        break;
                    case "W_in" or "W_out" or "b_in" or "b_out" or "b_O":
                        string part = norm.Name == "b_O" ? "attn" : "mlp";
                        Enumerable.Range(0, weights.Config.Layers).Select(layer => Norm(weights, $"blocks.{layer}.{part}.{norm.Name}")).ShouldEqual(norm.Value, tolerance, what);
                        break;
                    default:
                        weights.HeadParameterNorms(norm.Name).ShouldEqual(norm.Value, weights.Config, tolerance, what);
                        break;
                }
            }
        }
    }

    /// <summary>A bias that a model does not have is one of zero.</summary>
    private static double Norm(ModelWeights weights, string name) => weights.Contains(name) || name.Contains(".W_", StringComparison.Ordinal) ? weights.Norm(name) : 0;

    [GeneratedRegex(@"token ids 0\.\.(\d+)")]
    private static partial Regex LastToken();
}
