using System.Text.Json;
using CircuitSpecs.Analysis;
using CircuitSpecs.Discovery;
using CircuitSpecs.Interventions;
using CircuitSpecs.Prompts;
using CircuitSpecs.Tests.Analysis;
using CircuitSpecs.Transformer;

namespace CircuitSpecs.Tests.Discovery;

[Category("Golden")]
public sealed class EdgeGoldenTests
{
    private const double Pearson = 1e-5;

    public static IEnumerable<TestCaseData> Goldens => AnalysisGolden.Cases("06_eap.json");

    [TestCaseSource(nameof(Goldens))]
    public void Graph(string path)
    {
        AnalysisGolden golden = Open(path);
        using HookedTransformer model = golden.Model();
        var graph = CircuitGraph.Of(model.Config);
        byte[] real = (byte[])Matrices(path)["real_edge_mask"].Values;

        graph.Sources.Select(node => node.Name).Should().Equal(Strings(golden["sources"]));
        graph.Destinations.Select(input => input.Name).Should().Equal(Strings(golden["destinations"]));
        graph.Edges.Should().HaveCount(golden["n_real_edges"].GetInt32());
        real.Select(value => value == 1).Should().Equal(
            from source in graph.Sources
            from destination in graph.Destinations
            select graph.Contains($"{source}->{destination}"));
    }

    [TestCaseSource(nameof(Goldens))]
    public void Attribution(string path)
    {
        AnalysisGolden golden = Open(path);
        using HookedTransformer model = golden.Model();
        EvaluationSet prompts = golden.Pairs();
        IReadOnlyDictionary<string, GoldenTensor> matrices = Matrices(path);

        EdgeScores eap = model.EdgeAttribution(prompts);
        EdgeScores integrated = model.EdgeAttributionWithIntegratedGradients(prompts, steps: 5);

        Compare(eap, matrices["eap"]);
        Compare(integrated, matrices["eap_ig_inputs_5"]);
        CompareTop(eap, golden["top_eap"]);
        CompareTop(integrated, golden["top_eap_ig"]);
        Correlation([.. eap.Values], [.. integrated.Values]).Should().BeApproximately(GoldenFolder.Number(golden["pearson"].GetProperty("eap_vs_eap_ig")), Pearson);
        model.LogitDifference(prompts).Value.Should().BeApproximately(GoldenFolder.Number(golden["clean_logit_diff"]), AnalysisGolden.Logits);
        model.LogitDifference(prompts, CorruptRun.Instance).Value.Should().BeApproximately(GoldenFolder.Number(golden["corrupt_logit_diff"]), AnalysisGolden.Logits);
    }

    [TestCaseSource(nameof(Goldens))]
    public void Exact_single_edge_patching(string path)
    {
        AnalysisGolden golden = Open(path);
        using HookedTransformer model = golden.Model();
        IReadOnlyDictionary<string, GoldenTensor> matrices = Matrices(path);

        EdgeScores exact = model.ExactEdgeEffects(golden.Pairs());

        Compare(exact, matrices["exact"]);
        CompareTop(exact, golden["top_exact"]);
        foreach ((string name, string matrix) in (ReadOnlySpan<(string, string)>)[("eap", "eap"), ("eap_ig", "eap_ig_inputs_5")])
        {
            double[] estimate = Edges(exact.Graph, matrices[matrix]);
            Correlation(estimate, [.. exact.Values]).Should().BeApproximately(GoldenFolder.Number(golden["pearson"].GetProperty($"{name}_vs_exact")), Pearson);
            estimate.Zip(exact.Values, (a, b) => Math.Abs(a - b)).Max().Should().BeApproximately(GoldenFolder.Number(golden["max_abs_error"].GetProperty(name)), AnalysisGolden.Logits);
        }
    }

    internal static AnalysisGolden Open(string path) => AnalysisGolden.Open(
        path, "model", "clean_tokens", "corrupt_tokens", "answer_tokens", "wrong_tokens", "text", "definition", "source", "sources", "destinations", "n_real_edges", "clean_logit_diff", "corrupt_logit_diff", "pearson", "max_abs_error", "top_eap", "top_eap_ig", "top_exact");

    private static IReadOnlyDictionary<string, GoldenTensor> Matrices(string path)
    {
        IReadOnlyDictionary<string, GoldenTensor> matrices = GoldenFolder.Tensors(path.Replace(".json", ".safetensors", StringComparison.Ordinal));
        matrices.Keys.Should().BeEquivalentTo("eap", "eap_ig_inputs_5", "exact", "real_edge_mask");
        return matrices;
    }

    private static void Compare(EdgeScores scores, GoldenTensor expected)
    {
        double[] actual = [.. scores.Matrix().Cast<double>()];
        actual.Should().HaveCount(expected.Floats.Length);
        actual.Zip(expected.Floats, (a, b) => Math.Abs(a - b)).Max().Should().BeLessThan(AnalysisGolden.Logits);
    }

    private static double[] Edges(CircuitGraph graph, GoldenTensor matrix) => [.. graph.Edges.Select(edge => (double)matrix.Floats[(edge.SourceIndex * graph.Destinations.Length) + edge.DestinationIndex])];

    private static void CompareTop(EdgeScores scores, JsonElement expected)
    {
        (string Edge, double Score)[] top = [.. scores.Ranked().Take(expected.GetArrayLength()).Select(pair => (pair.Edge.Name, pair.Score))];
        top.Select(pair => pair.Edge).Should().Equal(expected.EnumerateArray().Select(entry => entry.GetProperty("edge").GetString()!));
        top.Zip(expected.EnumerateArray(), (pair, entry) => Math.Abs(pair.Score - entry.GetProperty("score").GetDouble())).Max().Should().BeLessThan(AnalysisGolden.Logits);
    }

    private static double Correlation(double[] left, double[] right)
    {
        (double a, double b) = (left.Average(), right.Average());
        return left.Zip(right, (x, y) => (x - a) * (y - b)).Sum() / Math.Sqrt(left.Sum(x => (x - a) * (x - a)) * right.Sum(y => (y - b) * (y - b)));
    }

    private static string[] Strings(JsonElement array) => [.. array.EnumerateArray().Select(text => text.GetString()!)];
}
