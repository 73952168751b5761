using System.Text.Json;
using CircuitSpecs.Analysis;
using CircuitSpecs.Components;
using CircuitSpecs.Prompts;
using CircuitSpecs.Transformer;

namespace CircuitSpecs.Tests.Analysis.Behaviour;

[Category("Golden")]
public sealed class AttentionSummaryGoldenTests
{
    private static IEnumerable<TestCaseData> Goldens => AnalysisGolden.Cases("11_attention_summary.json");

    [TestCaseSource(nameof(Goldens))]
    public void Patterns_of_all_heads(string path)
    {
        AnalysisGolden golden = AnalysisGolden.Open(path, "definition", "source", "model", "tokens", "metrics");
        using HookedTransformer model = golden.Model();
        EvaluationSet prompts = golden.Plain("tokens");
        var summary = AttentionSummary.Of(model, prompts);
        foreach (JsonProperty metric in golden["metrics"].EnumerateObject())
        {
            HeadScoreTable table = metric.Name switch
            {
                "entropy" => summary.Entropy,
                "entropy_normalised" => summary.NormalizedEntropy,
                "mean_distance" => summary.Distance,
                "bos" => summary.FirstToken,
                "diagonal" => summary.CurrentToken,
                "previous" => summary.PreviousToken,
                "max" => summary.Largest,
                "max_q_from_1" => summary.LargestAfterFirst,
                string other => throw new NotSupportedException($"The golden records '{other}', which nothing here computes."),
            };
            double[] expected = GoldenFolder.Numbers(metric.Value);
            expected.Should().HaveCount(model.Config.Layers * model.Config.Heads);
            foreach (Head head in Head.AllIn(model.Config))
            {
                table[head].Value.Should().BeApproximately(expected[(head.Layer * model.Config.Heads) + head.Index], AnalysisGolden.Probabilities, "that is {0} of {1}", metric.Name, head);
            }
        }
    }
}
