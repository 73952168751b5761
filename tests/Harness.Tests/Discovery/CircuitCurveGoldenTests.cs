using System.Text.Json;
using CircuitSpecs.Discovery;
using CircuitSpecs.Prompts;
using CircuitSpecs.Tests.Analysis;
using CircuitSpecs.Transformer;

namespace CircuitSpecs.Tests.Discovery;

[Category("Golden")]
public sealed class CircuitCurveGoldenTests
{
    public static IEnumerable<TestCaseData> Goldens => AnalysisGolden.Cases("06_circuit_curves.json");

    [TestCaseSource(nameof(Goldens))]
    public void Selections_faithfulness_and_areas(string path)
    {
        var golden = AnalysisGolden.Open(path, "model", "clean_tokens", "corrupt_tokens", "answer_tokens", "wrong_tokens", "text", "definition", "source", "n_real_edges", "clean_logit_diff", "corrupt_logit_diff", "curves");
        using HookedTransformer model = golden.Model();
        EvaluationSet prompts = golden.Pairs();
        var scores = new Dictionary<string, EdgeScores>
        {
            ["eap"] = model.EdgeAttribution(prompts),
            ["eap_ig"] = model.EdgeAttributionWithIntegratedGradients(prompts),
        };
        scores["eap"].Graph.Edges.Should().HaveCount(golden["n_real_edges"].GetInt32());

        model.CircuitPerformance(prompts, Circuit.Full(scores["eap"].Graph)).Value.Should().BeApproximately(GoldenFolder.Number(golden["clean_logit_diff"]), AnalysisGolden.Logits);
        model.CircuitPerformance(prompts, Circuit.Empty(scores["eap"].Graph)).Value.Should().BeApproximately(GoldenFolder.Number(golden["corrupt_logit_diff"]), AnalysisGolden.Logits);

        foreach (JsonProperty curve in golden["curves"].EnumerateObject())
        {
            string[] parts = curve.Name.Split('|');
            CircuitSelection selection = parts[2] switch
            {
                "topn" => CircuitSelection.Top,
                "greedy" => CircuitSelection.Greedy,
                _ => throw new NotSupportedException($"The golden selects by '{parts[2]}'."),
            };
            JsonElement[] rows = [.. curve.Value.GetProperty("rows").EnumerateArray()];

            FaithfulnessCurve actual = model.FaithfulnessCurve(
                prompts, scores[parts[0]], selection, absolute: parts[1] == "absolute=True", [.. rows.Select(row => row.GetProperty("percentage").GetDouble())]);

            curve.Value.EnumerateObject().Select(entry => entry.Name).Should().BeSubsetOf(["CPR", "CMD", "average_faithfulness", "rows"]);
            actual.CircuitPerformanceRatio.Should().BeApproximately(GoldenFolder.Number(curve.Value.GetProperty("CPR")), AnalysisGolden.Logits, "that is CPR of {0}", curve.Name);
            actual.CircuitModelDistance.Should().BeApproximately(GoldenFolder.Number(curve.Value.GetProperty("CMD")), AnalysisGolden.Logits, "that is CMD of {0}", curve.Name);
            actual.AverageFaithfulness.Should().BeApproximately(GoldenFolder.Number(curve.Value.GetProperty("average_faithfulness")), AnalysisGolden.Logits);
            for (int i = 0; i < rows.Length; i++)
            {
                Compare(actual.Points[i], rows[i], curve.Name);
            }
        }
    }

    private static void Compare(FaithfulnessPoint point, JsonElement row, string curve)
    {
        string because = $"that is {curve} at {point.Share}";
        foreach (JsonProperty entry in row.EnumerateObject())
        {
            switch (entry.Name)
            {
                case "percentage":
                    point.Share.Should().Be(entry.Value.GetDouble());
                    break;
                case "n_selected":
                    point.Selected.Should().Be(entry.Value.GetInt32(), because);
                    break;
                case "n_edges_after_prune":
                    point.Circuit.Count.Should().Be(entry.Value.GetInt32(), because);
                    break;
                case "n_nodes_after_prune":
                    point.Circuit.Nodes.Length.Should().Be(entry.Value.GetInt32(), because);
                    break;
                case "logit_diff":
                    point.Performance.Value.Should().BeApproximately(GoldenFolder.Number(entry.Value), AnalysisGolden.Logits, because);
                    break;
                case "faithfulness":
                    point.Faithfulness.Value.Should().BeApproximately(GoldenFolder.Number(entry.Value), AnalysisGolden.Logits, because);
                    break;
                case "edges_after_prune":
                    point.Circuit.Edges.Select(edge => edge.Name).Should().Equal(entry.Value.EnumerateArray().Select(name => name.GetString()!), because);
                    break;
                default:
                    throw new NotSupportedException($"The golden records '{entry.Name}'.");
            }
        }
    }
}
