using CircuitSpecs.Analysis;
using CircuitSpecs.Components;
using CircuitSpecs.Interventions;
using CircuitSpecs.Models;
using CircuitSpecs.Prompts;
using CircuitSpecs.Statistics;
using CircuitSpecs.Tests.Transformer;
using CircuitSpecs.Transformer;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Tests.Analysis.Behaviour;

public sealed class FunctionVectorTests
{
    private static IEnumerable<ModelConfig> Shapes => SmallTransformer.Shapes.Values;

    [TestCaseSource(nameof(Shapes))]
    public void Indirect_effects_put_the_clean_mean_into_the_corrupted_run(ModelConfig config)
    {
        using HookedTransformer model = SmallTransformer.Create(config: config);
        EvaluationSet prompts = SmallTransformer.Prompts();
        HeadScoreTable effects = FunctionVectors.IndirectEffects(model, prompts);
        foreach (Head head in (Head[])["0.1", "2.0"])
        {
            float[] mean = MeanZ(model, prompts, head);
            for (int index = 0; index < prompts.Count; index++)
            {
                Prompt prompt = prompts.Prompts[index];
                using DisposeScope scope = NewDisposeScope();
                Tensor tokens = tensor(prompt.Corrupt!.Value.Select(token => (long)token).ToArray(), [1, prompt.Tokens.Length]);
                double Probability(params ForwardHook[] hooks) => model.RunWithHooks(tokens, hooks)[0, -1].softmax(-1).data<float>().ToArray()[prompt.Answer!.Value];
                double patched = Probability(new ForwardHook(Hook.Z(head.Layer), (z, _) =>
                {
                    z[0, -1, head.Index] = tensor(mean);
                    return z;
                }));
                effects[head].Numerators[index].Should().BeApproximately(patched - Probability(), 1e-6);
            }
        }
    }

    [TestCaseSource(nameof(Shapes))]
    public void The_vector_is_the_sum_of_what_the_heads_write_on_average(ModelConfig config)
    {
        using HookedTransformer model = SmallTransformer.Create(config: config);
        EvaluationSet prompts = SmallTransformer.Prompts();
        using DisposeScope scope = NewDisposeScope();
        Tensor expected = zeros(12);
        foreach (Head head in (Head[])["0.1", "0.2", "2.0"])
        {
            expected = expected + tensor(MeanZ(model, prompts, head)).matmul(model.Weights[$"blocks.{head.Layer}.attn.W_O"][head.Index]);
        }

        Tensor vector = FunctionVectors.Of(model, prompts, ["0.1", "0.2", "2.0", "0.1"]);
        (vector - expected).abs().max().item<float>().Should().BeLessThan(1e-5f);
        PerPrompt steered = model.LogitDifference(prompts, Steer.Add(Hook.ResidPost(1), vector, 1, at: -1));
        steered.Value.Should().NotBe(model.LogitDifference(prompts).Value);
    }

    [Test]
    public void What_has_no_vector_says_why()
    {
        using HookedTransformer model = SmallTransformer.Create();
        EvaluationSet prompts = SmallTransformer.Prompts();
        FluentActions.Invoking(() => FunctionVectors.Of(model, prompts, [])).Should().Throw<ArgumentException>().WithMessage("*at least one*");
        FluentActions.Invoking(() => FunctionVectors.Of(model, prompts, ["5.0"])).Should().Throw<ArgumentException>().WithMessage("*no head 5.0*3 layers of 3*");
        FluentActions.Invoking(() => FunctionVectors.IndirectEffects(model, prompts, cancellation: new CancellationToken(canceled: true))).Should().Throw<OperationCanceledException>();
    }

    private static float[] MeanZ(HookedTransformer model, EvaluationSet prompts, Head head)
    {
        double[] sum = new double[4];
        foreach (Prompt prompt in prompts.Prompts)
        {
            using CachedRun run = model.RunWithCache(tensor(prompt.Tokens.Select(token => (long)token).ToArray(), [1, prompt.Tokens.Length]), Hook.Z(head.Layer));
            float[] z = run.Cache[Hook.Z(head.Layer)][0, -1, head.Index].contiguous().data<float>().ToArray();
            sum = [.. sum.Zip(z, (total, value) => total + value)];
        }

        return Array.ConvertAll(sum, total => (float)(total / prompts.Count));
    }
}
