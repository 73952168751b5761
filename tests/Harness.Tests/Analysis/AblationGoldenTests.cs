using System.Collections.Immutable;
using System.Text.Json;
using CircuitSpecs.Analysis;
using CircuitSpecs.Components;
using CircuitSpecs.Interventions;
using CircuitSpecs.Prompts;
using CircuitSpecs.Statistics;
using CircuitSpecs.Transformer;

namespace CircuitSpecs.Tests.Analysis;

[Category("Golden")]
public sealed class AblationGoldenTests
{
    public static IEnumerable<TestCaseData> Goldens => AnalysisGolden.Cases("03_ablations.json");

    [TestCaseSource(nameof(Goldens))]
    public void Zero_mean_and_resample_ablation_of_heads_mlps_and_attention_layers(string path)
    {
        AnalysisGolden golden = AnalysisGolden.Open(path, "model", "clean_tokens", "corrupt_tokens", "answer_tokens", "wrong_tokens", "text", "definition", "source", "dataset_tokens", "resample_perm", "clean", "results");
        using HookedTransformer model = golden.Model();
        EvaluationSet prompts = golden.Pairs();
        EvaluationSet dataset = golden.Plain("dataset_tokens");
        ImmutableArray<int> permutation = [.. AnalysisGolden.Integers(golden["resample_perm"])];

        double cleanDifference = Clean("logit_diff", model.LogitDifference(prompts).Value);
        double cleanLoss = Clean("answer_loss", -model.AnswerLogProbability(prompts).Value);

        foreach (JsonProperty result in golden["results"].EnumerateObject())
        {
            string[] parts = result.Name.Split('|');
            Component[] components = parts[0] switch
            {
                "head_z" => [.. Head.AllIn(model.Config)],
                "mlp_out" => [.. Mlp.AllIn(model.Config)],
                "attn_out" => [.. new AttentionLayer(0).PeersIn(model.Config)],
                _ => throw new NotSupportedException($"The golden ablates '{parts[0]}'."),
            };
            for (int i = 0; i < components.Length; i++)
            {
                Intervention ablation = parts[1] switch
                {
                    "zero" => Ablate.Zero(components[i]),
                    "mean_per_position" => Ablate.Mean(components[i], MeanOver.EachPosition, dataset),
                    "mean_over_positions" => Ablate.Mean(components[i], MeanOver.AllPositions, dataset),
                    "resample" => Ablate.Resample(components[i], permutation),
                    _ => throw new NotSupportedException($"The golden ablates by '{parts[1]}'."),
                };
                PerPrompt difference = model.LogitDifference(prompts, ablation);
                double loss = -model.AnswerLogProbability(prompts, ablation).Value;
                foreach (JsonProperty metric in result.Value.EnumerateObject())
                {
                    double[] actual = metric.Name switch
                    {
                        "logit_diff" => [difference.Value],
                        "delta_logit_diff" => [difference.Value - cleanDifference],
                        "answer_loss" => [loss],
                        "delta_loss" => [loss - cleanLoss],
                        "kl" => [model.KlDivergence(prompts, ablation).Value],
                        "logit_diff_per_prompt" => [.. difference.Numerators],
                        _ => throw new NotSupportedException($"The golden measures '{metric.Name}'."),
                    };
                    double[] expected = GoldenFolder.Numbers(metric.Value);
                    expected.Should().HaveCount(components.Length * actual.Length, "that is the size of {0} of {1}", metric.Name, result.Name);
                    for (int j = 0; j < actual.Length; j++)
                    {
                        actual[j].Should().BeApproximately(expected[(i * actual.Length) + j], AnalysisGolden.Logits, "that is {0} of {1} of {2}", metric.Name, result.Name, components[i]);
                    }
                }
            }
        }

        double Clean(string name, double value)
        {
            golden["clean"].EnumerateObject().Select(entry => entry.Name).Should().BeSubsetOf(["logit_diff", "answer_loss"]);
            value.Should().BeApproximately(GoldenFolder.Number(golden["clean"].GetProperty(name)), AnalysisGolden.Logits);
            return value;
        }
    }
}
