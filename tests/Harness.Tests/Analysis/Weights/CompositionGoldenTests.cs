using System.Text.Json;
using CircuitSpecs.Analysis;
using CircuitSpecs.Components;
using CircuitSpecs.Models;

namespace CircuitSpecs.Tests.Analysis;

[Category("Golden")]
public sealed class CompositionGoldenTests
{
    public static IEnumerable<TestCaseData> Goldens => AnalysisGolden.Cases("08_composition.json");

    [TestCaseSource(nameof(Goldens))]
    public void Every_pair_of_heads(string path)
    {
        AnalysisGolden golden = Open(path);
        foreach (JsonProperty table in golden["scores"].EnumerateObject())
        {
            CompositionScores scores = Scores(golden, table.Name);

            Compare(scores, table.Value, table.Name);
            (Head From, Head Into, double Score)[] strongest = [.. scores.Ranked().Take(golden["top"].GetProperty(table.Name).GetArrayLength())];
            strongest.Zip(golden["top"].GetProperty(table.Name).EnumerateArray()).Should().AllSatisfy(pair =>
            {
                $"L{pair.First.From.Layer}H{pair.First.From.Index}".Should().Be(pair.Second.GetProperty("first").GetString());
                $"L{pair.First.Into.Layer}H{pair.First.Into.Index}".Should().Be(pair.Second.GetProperty("second").GetString());
                pair.First.Score.Should().BeApproximately(pair.Second.GetProperty("score").GetDouble(), AnalysisGolden.Probabilities);
            });
        }
    }

    [TestCaseSource(nameof(Goldens))]
    public void Above_the_random_baseline(string path)
    {
        AnalysisGolden golden = Open(path);
        foreach (JsonProperty table in golden["minus_baseline"].EnumerateObject())
        {
            Compare(Scores(golden, table.Name).Minus(golden["random_baseline"].GetProperty("mean").GetDouble()), table.Value, table.Name);
        }
    }

    [TestCaseSource(nameof(Goldens))]
    public void One_head_at_a_time(string path)
    {
        AnalysisGolden golden = Open(path);
        foreach (JsonProperty table in golden["scores"].EnumerateObject())
        {
            ModelWeights weights = Weights(golden, table.Name);
            CompositionScores all = Scores(golden, table.Name);
            var into = new Head(weights.Config.Layers - 1, weights.Config.Heads - 1);
            HeadTable scores = all.Kind switch
            {
                CompositionKind.Query => weights.QComposition(into),
                CompositionKind.Key => weights.KComposition(into),
                _ => weights.VComposition(into),
            };
            foreach (Head from in scores.Heads)
            {
                scores[from].Should().BeApproximately(all[from, into], 1e-12);
                all.Into(into)[from].Should().Be(all[from, into]);
                all.From(from)[into].Should().Be(all[from, into]);
            }

            Head first = scores.Heads.First();
            double alone = all.Kind switch
            {
                CompositionKind.Query => weights.QComposition(first, into),
                CompositionKind.Key => weights.KComposition(first, into),
                _ => weights.VComposition(first, into),
            };
            alone.Should().BeApproximately(all[first, into], 1e-12);
        }
    }

    /// <summary>Other draws, so the means agree to within their standard errors: five of them, at 50 and 300 draws.</summary>
    [TestCaseSource(nameof(Goldens))]
    public void Random_matrices_have_the_recorded_scores(string path)
    {
        AnalysisGolden golden = Open(path);
        JsonElement recorded = golden["random_baseline"];
        double deviation = recorded.GetProperty("std").GetDouble();
        int draws = recorded.GetProperty("draws").GetInt32();

        var baseline = CompositionBaseline.Of(golden.Model().Config, draws, seed: 3);

        baseline.Draws.Should().Be(draws);
        baseline.Mean.Should().BeApproximately(recorded.GetProperty("mean").GetDouble(), 5 * deviation * Math.Sqrt(2.0 / draws));
        (baseline.StandardDeviation / deviation).Should().BeInRange(1 - (5 / Math.Sqrt(draws)), 1 + (5 / Math.Sqrt(draws)));
        CompositionBaseline.Of(golden.Model().Config, draws, seed: 3).Should().Be(baseline);
        CompositionBaseline.Of(golden.Model().Config, draws, seed: 4).Mean.Should().NotBe(baseline.Mean);
    }

    private static void Compare(CompositionScores scores, JsonElement table, string name)
    {
        double[] expected = GoldenFolder.Numbers(table);
        (Head From, Head Into, double Score)[] pairs = [.. scores.Ranked()];
        int heads = pairs.Max(pair => pair.From.Index) + 1;
        int layers = pairs.Max(pair => pair.Into.Layer) + 1;
        expected.Should().HaveCount(layers * heads * layers * heads);
        expected.Count(score => score != 0).Should().Be(pairs.Length);
        foreach ((Head from, Head into, double score) in pairs)
        {
            int cell = (((((from.Layer * heads) + from.Index) * layers) + into.Layer) * heads) + into.Index;
            score.Should().BeApproximately(expected[cell], AnalysisGolden.Probabilities, "that is {0} from {1} into {2}", name, from, into);
        }
    }

    private static ModelWeights Weights(AnalysisGolden golden, string table) => golden.Model(GoldenTables.Processing(table.Split('|')[1])).Weights;

    private static CompositionScores Scores(AnalysisGolden golden, string table) => Weights(golden, table).CompositionScores(table.Split('|')[0] switch
    {
        "Q" => CompositionKind.Query,
        "K" => CompositionKind.Key,
        "V" => CompositionKind.Value,
        _ => throw new NotSupportedException($"The golden records composition '{table}'."),
    });

    private static AnalysisGolden Open(string path) => AnalysisGolden.Open(path, "model", "definition", "source", "random_baseline", "scores", "minus_baseline", "top");
}
