using System.Globalization;
using System.Text.Json;
using CircuitSpecs.Analysis;
using CircuitSpecs.Discovery;
using CircuitSpecs.Interventions;
using CircuitSpecs.Prompts;
using CircuitSpecs.Tests.Analysis;
using CircuitSpecs.Transformer;

namespace CircuitSpecs.Tests.Discovery;

[Category("Golden")]
public sealed class AcdcGoldenTests
{
    public static IEnumerable<TestCaseData> Goldens => AnalysisGolden.Cases("07_acdc.json");

    [TestCaseSource(nameof(Goldens))]
    public void Edges_kept(string path)
    {
        var golden = AnalysisGolden.Open(path, "model", "clean_tokens", "corrupt_tokens", "answer_tokens", "wrong_tokens", "text", "definition", "source", "n_real_edges", "full_corrupt_kl", "results");
        using HookedTransformer model = golden.Model();
        EvaluationSet prompts = golden.Pairs();
        var graph = CircuitGraph.Of(model.Config);
        graph.Edges.Should().HaveCount(golden["n_real_edges"].GetInt32());
        model.CircuitPerformance(prompts, Circuit.Empty(graph), CircuitMetric.KlDivergence).Value.Should().BeApproximately(GoldenFolder.Number(golden["full_corrupt_kl"]), AnalysisGolden.Logits);

        foreach (JsonProperty entry in golden["results"].EnumerateObject())
        {
            AcdcResult result = model.DiscoverCircuit(prompts, double.Parse(entry.Name, CultureInfo.InvariantCulture));

            entry.Value.EnumerateObject().Select(field => field.Name).Should().BeSubsetOf(
                ["n_edges_kept", "n_edges_after_prune", "kl", "logit_diff", "smallest_decision_margin", "edges_kept", "edges_after_prune"]);
            result.Kept.Count.Should().Be(entry.Value.GetProperty("n_edges_kept").GetInt32());
            result.Kept.Edges.Select(edge => edge.Name).Should().Equal(Names(entry.Value.GetProperty("edges_kept")));
            result.Pruned.Count.Should().Be(entry.Value.GetProperty("n_edges_after_prune").GetInt32());
            result.Pruned.Edges.Select(edge => edge.Name).Should().Equal(Names(entry.Value.GetProperty("edges_after_prune")));
            result.Loss.Should().BeApproximately(GoldenFolder.Number(entry.Value.GetProperty("kl")), AnalysisGolden.Logits);
            result.SmallestMargin.Should().BeApproximately(GoldenFolder.Number(entry.Value.GetProperty("smallest_decision_margin")), AnalysisGolden.Probabilities);
            double difference = model.LogitDifference(prompts, new OnlyCircuit(result.Kept, EdgeAblation.Corrupt)).Value;
            difference.Should().BeApproximately(GoldenFolder.Number(entry.Value.GetProperty("logit_diff")), AnalysisGolden.Logits);
        }
    }

    private static string[] Names(JsonElement array) => [.. array.EnumerateArray().Select(name => name.GetString()!)];
}
