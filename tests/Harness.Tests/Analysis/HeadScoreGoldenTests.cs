using System.Text.Json;
using CircuitSpecs.Analysis;
using CircuitSpecs.Components;
using CircuitSpecs.Prompts;
using CircuitSpecs.Transformer;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Tests.Analysis;

[Category("Golden")]
public sealed class HeadScoreGoldenTests
{
    public static IEnumerable<TestCaseData> Goldens => AnalysisGolden.Cases("01_head_scores.json");

    [TestCaseSource(nameof(Goldens))]
    public void Attention_scores_of_all_heads(string path)
    {
        AnalysisGolden golden = Open(path);
        using HookedTransformer model = golden.Model();
        EvaluationSet prompts = golden.Plain("tokens");
        int length = golden["L"].GetInt32();

        foreach (JsonProperty score in golden["scores"].EnumerateObject())
        {
            HeadScoreTable table = score.Name switch
            {
                "previous_token" => AttentionScores.PreviousToken(model, prompts),
                "duplicate_token" => AttentionScores.DuplicateToken(model, prompts),
                "induction" => AttentionScores.Induction(model, prompts),
                "duplicate_token_full_diagonal" => AttentionScores.Offset(model, prompts, length),
                "induction_full_diagonal" => AttentionScores.Offset(model, prompts, length - 1),
                _ => throw new NotSupportedException($"The golden records a score '{score.Name}' that nothing here computes."),
            };
            double[] expected = GoldenFolder.Numbers(score.Value);
            foreach (Head head in Head.AllIn(model.Config))
            {
                table[head].Value.Should().BeApproximately(expected[(head.Layer * model.Config.Heads) + head.Index], AnalysisGolden.Probabilities, "that is {0} of {1}", score.Name, head);
            }
        }
    }

    [TestCaseSource(nameof(Goldens))]
    public void Loss_on_repeated_tokens(string path)
    {
        AnalysisGolden golden = Open(path);
        using HookedTransformer model = golden.Model();
        using DisposeScope scope = NewDisposeScope();
        int length = golden["L"].GetInt32();
        PromptBatch batch = golden.Plain("tokens").Batches().Single();
        Tensor tokens = batch.Tokens();

        float[] perPosition = NextToken.LossPerToken(model.Forward(tokens), tokens).mean([0]).data<float>().ToArray();

        double[] expected = GoldenFolder.Numbers(golden["per_position_loss"]);
        perPosition.Should().HaveCount(expected.Length);
        perPosition.Zip(expected, (actual, wanted) => Math.Abs(actual - wanted)).Max().Should().BeLessThan(AnalysisGolden.Logits);
        Loss(0, length).Should().BeApproximately(GoldenFolder.Number(golden["loss_first_half"]), AnalysisGolden.Logits);
        Loss(length, length).Should().BeApproximately(GoldenFolder.Number(golden["loss_second_half"]), AnalysisGolden.Logits);
        Loss(length + 1, length - 1).Should().BeApproximately(GoldenFolder.Number(golden["loss_second_half_without_first_token"]), AnalysisGolden.Logits);

        double Loss(int first, int count) => model.Loss(golden.Plain("tokens", [.. Enumerable.Range(first, count)])).Value;
    }

    private static AnalysisGolden Open(string path) => AnalysisGolden.Open(path, "definition", "source", "model", "L", "tokens", "scores", "per_position_loss", "loss_first_half", "loss_second_half", "loss_second_half_without_first_token", "loss_unit");
}
