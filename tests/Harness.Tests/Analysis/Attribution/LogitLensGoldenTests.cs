using CircuitSpecs.Analysis;
using CircuitSpecs.Prompts;
using CircuitSpecs.Statistics;
using CircuitSpecs.Transformer;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Tests.Analysis;

[Category("Golden")]
public sealed class LogitLensGoldenTests
{
    public static IEnumerable<TestCaseData> Lenses => AnalysisGolden.Cases("02_logit_lens.json");

    public static IEnumerable<TestCaseData> Stacks => AnalysisGolden.Cases("02_stacks.safetensors");

    [TestCaseSource(nameof(Lenses))]
    public void Every_point_of_the_residual_stream(string path)
    {
        AnalysisGolden golden = AnalysisGolden.Open(
            path, "model", "clean_tokens", "corrupt_tokens", "answer_tokens", "wrong_tokens", "text", "definition", "source", "labels", "lens_logit_diff", "lens_answer_logprob", "lens_answer_rank", "lens_top5", "frozen_scale_logit_diff", "resid_norm");
        using HookedTransformer model = golden.Model();
        EvaluationSet prompts = golden.Pairs();

        var lens = LogitLens.Of(model, prompts);

        lens.Points.Select(point => point.Label).Should().Equal(golden["labels"].EnumerateArray().Select(label => label.GetString()));
        Compare("lens_logit_diff", point => point.LogitDifference!);
        Compare("lens_answer_logprob", point => point.AnswerLogProbability);
        Compare("lens_answer_rank", point => point.AnswerRank);
        Compare("frozen_scale_logit_diff", point => point.FrozenScaleLogitDifference!);
        Compare("resid_norm", point => point.ResidualNorm);
        lens.Points.SelectMany(point => point.Top).SelectMany(tokens => tokens).Select(token => (double)token.Token).ShouldEqual(golden["lens_top5"], 0, "lens_top5");
        lens["final_post"].LogitDifference!.Numerators.ShouldEqual(model.LogitDifference(prompts).Numerators, AnalysisGolden.Logits, "the logit difference at the end");

        void Compare(string key, Func<LensPoint, PerPrompt> value) => lens.Points.SelectMany(point => value(point).Numerators).ShouldEqual(golden[key], AnalysisGolden.Logits, key);
    }

    [TestCaseSource(nameof(Stacks))]
    public void Stacks_of_residual_vectors(string path)
    {
        using DisposeScope scope = NewDisposeScope();

        // The prompts and the model are those of the file of direct logit attributions beside it.
        AnalysisGolden prompts = DirectLogitAttributionGoldenTests.Open(path.Replace("02_stacks.safetensors", "02_dla.json", StringComparison.Ordinal));
        using HookedTransformer model = prompts.Model();
        EvaluationSet all = prompts.Pairs();
        foreach ((string key, GoldenTensor expected) in GoldenFolder.Tensors(path))
        {
            if (key == "neuron_logit_diff_mean")
            {
                expected.Shape.Should().Equal(model.Config.Layers, model.Config.DMlp);
                Enumerable.Range(0, model.Config.Layers)
                    .SelectMany(layer => Enumerable.Range(0, model.Config.DMlp).Select(neuron => NeuronAttribution.Of(model, all, layer)[neuron].Value))
                    .ShouldEqual([.. expected.Floats], AnalysisGolden.Logits, key);
                continue;
            }

            var first = new EvaluationSet("golden", 0, all.Prompts.Take((int)expected.Shape[0]));
            Tensor values = key switch
            {
                "accumulated_resid_last" => ResidualVectors.Accumulated(model, first).Values,
                "head_results_last" => ResidualVectors.Heads(model, first).Values.reshape([.. expected.Shape]),
                "logits_last" => model.Forward(first.Batches().Single().Tokens()).select(1, -1),
                _ => throw new NotSupportedException($"The golden records '{key}', which nothing here computes."),
            };
            values.shape.Should().Equal(expected.Shape, "that is the shape of {0}", key);
            values.contiguous().data<float>().ToArray().Select(value => (double)value).ShouldEqual([.. expected.Floats], AnalysisGolden.Logits, key);
        }
    }
}
