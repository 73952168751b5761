using System.Globalization;
using System.Text.Json;
using CircuitSpecs.Analysis;
using CircuitSpecs.Components;
using CircuitSpecs.Interventions;
using CircuitSpecs.Prompts;
using CircuitSpecs.Statistics;
using CircuitSpecs.Transformer;

namespace CircuitSpecs.Tests.Analysis;

[Category("Golden")]
public sealed class AttentionKnockoutGoldenTests
{
    public static IEnumerable<TestCaseData> Goldens => AnalysisGolden.Cases("11_attention_knockout.json");

    [TestCaseSource(nameof(Goldens))]
    public void Knocked_out_edges(string path)
    {
        AnalysisGolden golden = AnalysisGolden.Open(
            path, "model", "clean_tokens", "corrupt_tokens", "answer_tokens", "wrong_tokens", "text", "definition", "source", "subject_position", "clean_answer_prob", "clean_logit_diff", "results", "per_head_subject_delta_logit_diff", "later_queries_to_subject_all_layers");
        using HookedTransformer model = golden.Model();
        EvaluationSet prompts = golden.Pairs();
        int layers = model.Config.Layers;
        int length = prompts.Prompts[0].Tokens.Length;
        int subject = golden["subject_position"].GetInt32();
        Close([.. model.AnswerProbability(prompts).Numerators], golden["clean_answer_prob"], "clean_answer_prob");
        Close([.. model.LogitDifference(prompts).Numerators], golden["clean_logit_diff"], "clean_logit_diff");

        foreach (JsonProperty window in golden["results"].EnumerateObject())
        {
            AttentionKnockout[] cuts = window.Name == "all_layers"
                ? [.. Enumerable.Range(0, length).Select(key => AttentionKnockout.Everywhere(length - 1, key))]
                : [.. from layer in Enumerable.Range(0, layers)
                      from key in Enumerable.Range(0, length)
                      select AttentionKnockout.Of(Window(window.Name, layer, layers), length - 1, key)];
            foreach (JsonProperty metric in window.Value.EnumerateObject())
            {
                Close([.. cuts.Select(cut => Change(model, prompts, metric.Name, cut))], metric.Value, $"{metric.Name} of {window.Name}");
            }
        }

        Close(
            [.. Head.AllIn(model.Config).Select(head => Change(model, prompts, "delta_logit_diff", AttentionKnockout.Of(head, length - 1, subject)))],
            golden["per_head_subject_delta_logit_diff"],
            "per_head_subject_delta_logit_diff");
        Close(
            [.. Enumerable.Range(subject + 1, length - subject - 1).Select(query => Change(model, prompts, "delta_logit_diff", AttentionKnockout.Everywhere(query, subject)))],
            golden["later_queries_to_subject_all_layers"],
            "later_queries_to_subject_all_layers");
    }

    /// <summary>Layers max(0, l − ⌊w/2⌋) to min(L − 1, l + ⌊w/2⌋).</summary>
    private static IEnumerable<int> Window(string name, int layer, int layers)
    {
        name.Should().StartWith("window_");
        int half = int.Parse(name["window_".Length..], CultureInfo.InvariantCulture) / 2;
        return Enumerable.Range(0, layers).Where(other => Math.Abs(other - layer) <= half);
    }

    private static double Change(HookedTransformer model, EvaluationSet prompts, string metric, Intervention cut)
    {
        PerPrompt clean = model.AnswerProbability(prompts);
        return metric switch
        {
            "delta_answer_logit" => (model.AnswerLogit(prompts, cut) - model.AnswerLogit(prompts)).Value,
            "delta_logit_diff" => (model.LogitDifference(prompts, cut) - model.LogitDifference(prompts)).Value,
            "relative_answer_prob_change" => model.AnswerProbability(prompts, cut).Numerators.Select((probability, i) => (probability / clean.Numerators[i]) - 1).Average(),
            _ => throw new NotSupportedException($"The golden records '{metric}'."),
        };
    }

    private static void Close(double[] actual, JsonElement recorded, string what)
    {
        double[] expected = GoldenFolder.Numbers(recorded);
        expected.Should().HaveCount(actual.Length, "that is the size of {0}", what);
        for (int i = 0; i < actual.Length; i++)
        {
            actual[i].Should().BeApproximately(expected[i], AnalysisGolden.Logits, "that is number {0} of {1}", i, what);
        }
    }
}
