using CircuitSpecs.Analysis;
using CircuitSpecs.Claims;
using CircuitSpecs.Interventions;
using CircuitSpecs.Prompts;
using CircuitSpecs.Transformer;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Tests.Analysis;

[Category("Golden")]
public sealed class InterchangeGoldenTests
{
    private static readonly int[] Shifts = [1, 6];

    public static IEnumerable<TestCaseData> Goldens => AnalysisGolden.Cases("12_interchange.json");

    [TestCaseSource(nameof(Goldens))]
    public void Interchange_intervention_accuracy(string path)
    {
        AnalysisGolden golden = AnalysisGolden.Open(path, "model", "definition", "source", "tokens", "answer_tokens", "base_accuracy_candidates", "base_top1", "iia", "top1");
        using HookedTransformer model = golden.Model();
        using DisposeScope scope = NewDisposeScope();
        int[] answers = AnalysisGolden.Integers(golden["answer_tokens"]);
        var prompts = new EvaluationSet("golden", 0, golden["tokens"].EnumerateArray().Select((tokens, i) => new Prompt
        {
            Tokens = [.. AnalysisGolden.Integers(tokens)],
            Text = $"prompt {i}",
            Answer = answers[i],
        }));
        int length = prompts.Prompts[0].Tokens.Length;

        model.Accuracy(prompts).Value.Should().Be(GoldenFolder.Number(golden["base_top1"]));
        Tensor logits = model.Forward(prompts.Batches().Single().Tokens()).select(1, -1);
        prompts.Prompts.Select((prompt, i) => answers.MaxBy(answer => logits[i, answer].item<float>()) == prompt.Answer ? 1.0 : 0.0).Average()
            .Should().Be(GoldenFolder.Number(golden["base_accuracy_candidates"]));
        foreach ((string table, int[]? candidates) in new[] { ("iia", answers), ("top1", null) })
        {
            double[] expected = GoldenFolder.Numbers(golden[table]);
            expected.Should().HaveCount(model.Config.Layers * length, "that is the size of {0}", table);
            for (int cell = 0; cell < expected.Length; cell++)
            {
                (int layer, int position) = Math.DivRem(cell, length);
                Shifts.Average(shift => Shifted(shift, layer, position, candidates)).Should().BeApproximately(expected[cell], 1e-9, "that is {0} of layer {1}, position {2}", table, layer, position);
            }
        }

        double Shifted(int shift, int layer, int position, int[]? candidates)
        {
            int[] sources = [.. Enumerable.Range(0, prompts.Count).Select(i => (i + shift) % prompts.Count)];
            try
            {
                return model.InterchangeAccuracy(prompts, Interchange.FromOthers([.. sources], Hook.ResidPost(layer), position), candidates).Value;
            }
            catch (InvalidExperimentException)
            {
                // Before the prompts differ there is nothing to interchange, which is refused; the reference counts the unchanged answers.
                var relabelled = new EvaluationSet("golden", 0, prompts.Prompts.Select((prompt, i) => prompt with { Answer = answers[sources[i]] }));
                position.Should().BeLessThan(Enumerable.Range(0, length).First(at => prompts.Prompts.Any(prompt => prompt.Tokens[at] != prompts.Prompts[0].Tokens[at])));
                return model.Accuracy(relabelled).Value;
            }
        }
    }
}
