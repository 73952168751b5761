using CircuitSpecs.Analysis;
using CircuitSpecs.Components;
using CircuitSpecs.Interventions;
using CircuitSpecs.Prompts;
using CircuitSpecs.Tests.Transformer;
using CircuitSpecs.Transformer;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Tests.Interventions;

[TestFixture("gpt2")]
[TestFixture("llama")]
[TestFixture("gpt_neox")]
public sealed class CausalTracingTests(string kind)
{
    private const int Samples = 3;

    private readonly HookedTransformer model = SmallTransformer.Create(config: SmallTransformer.Shapes[kind]);
    private readonly EvaluationSet prompts = SmallTransformer.Prompts();

    [OneTimeTearDown]
    public void TearDown() => model.Dispose();

    [TestCase(TracedActivation.Residual, 1, "hook_resid_post")]
    [TestCase(TracedActivation.Mlp, 2, "hook_mlp_out")]
    [TestCase(TracedActivation.Attention, 3, "hook_attn_out")]
    public void Equals_one_prompt_and_one_sample_at_a_time(TracedActivation restored, int window, string site)
    {
        using DisposeScope scope = NewDisposeScope();
        float[] noise = [.. Enumerable.Range(0, Samples * 2 * 12).Select(i => MathF.Sin(i * 7))];
        CausalTrace trace = model.CausalTrace(prompts, EmbeddingNoise.Given(["S", 3], tensor(noise, [Samples, 2, 12])), restored, window, ["S", "END", 1]);

        trace.Layers.Should().Be(3);
        for (int i = 0; i < prompts.Count; i++)
        {
            Prompt prompt = prompts.Prompts[i];
            Tensor tokens = tensor(prompt.Tokens.Select(token => (long)token).ToArray(), [1, prompt.Tokens.Length]);
            trace.Corrupted.Numerators[i].Should().BeApproximately(Enumerable.Range(0, Samples).Average(sample => Probability(prompt, tokens, Noise(sample))), 1e-6);
            trace.Clean.Numerators[i].Should().BeApproximately(Probability(prompt, tokens), 1e-6);
            foreach ((Position name, int position) in new (Position, int)[] { ("S", 2), ("END", prompt.Tokens.Length - 1), (1, 1) })
            {
                for (int layer = 0; layer < 3; layer++)
                {
                    // Windows of one, two and three layers: the layer, with the one below, with its neighbours.
                    int[] layers = [.. new[] { layer - 1, layer, layer + 1 }.Skip(window == 1 ? 1 : 0).Take(window).Where(at => at is >= 0 and < 3)];
                    double expected = Enumerable.Range(0, Samples).Average(sample => Probability(prompt, tokens, [.. layers.Select(at => Restore(at, position, tokens)), .. Noise(sample)]));
                    trace.Restored(layer, name).Numerators[i].Should().BeApproximately(expected, 1e-6, "that is layer {0} at {1}", layer, name);
                    trace.IndirectEffect(layer, name).Numerators[i].Should().BeApproximately(expected - trace.Corrupted.Numerators[i], 1e-6);
                }
            }
        }

        ForwardHook[] Noise(int sample) => [new ForwardHook(Hook.Embed, (embed, _) =>
        {
            embed[0, 2] += tensor(noise.AsSpan(sample * 24, 12).ToArray());
            embed[0, 3] += tensor(noise.AsSpan((sample * 24) + 12, 12).ToArray());
            return embed;
        })];

        ForwardHook Restore(int layer, int position, Tensor tokens)
        {
            using CachedRun run = model.RunWithCache(tokens, new HookPoint(layer, site));
            Tensor clean = run.Cache[new HookPoint(layer, site)].select(1, position).clone();
            return new ForwardHook(new HookPoint(layer, site), (activation, _) =>
            {
                activation.select(1, position).copy_(clean);
                return activation;
            });
        }
    }

    [Test]
    public void Average_is_over_prompts()
    {
        var noise = EmbeddingNoise.Gaussian(["S"], samples: 2, seed: 1);
        CausalTrace trace = model.CausalTrace(prompts, noise, TracedActivation.Residual, positions: ["S", "END"]);

        double[,] average = trace.AverageIndirectEffect();

        average[1, 0].Should().BeApproximately(trace.IndirectEffect(1, "S").Numerators.Average(), 1e-12);
        average[2, 1].Should().BeApproximately(trace.TotalEffect.Numerators.Average(), 1e-12, "the last residual at the end decides the answer");
        average[2, 0].Should().BeApproximately(0, 1e-7, "the last residual elsewhere decides nothing");
    }

    [Test]
    public void Every_position_is_traced_where_lengths_agree()
    {
        var equal = new EvaluationSet("equal", 0, prompts.Prompts.Where(prompt => prompt.Tokens.Length == 6));

        CausalTrace trace = model.CausalTrace(equal, EmbeddingNoise.Gaussian(["S"], 1, 1), TracedActivation.Residual);

        trace.Positions.Should().HaveCount(6);
        trace.Restored(1, 1).Numerators.Should().Equal(trace.Corrupted.Numerators, "nothing changes before the subject");
        new Action(() => model.CausalTrace(prompts, EmbeddingNoise.Gaussian(["S"], 1, 1), TracedActivation.Residual)).Should().Throw<ArgumentException>().WithMessage("*different lengths (5, 6)*name the positions*");
        new Action(() => trace.Restored(3, 1)).Should().Throw<ArgumentOutOfRangeException>().WithMessage("*layers 0 to 2*");
        new Action(() => trace.Restored(1, "END")).Should().Throw<ArgumentOutOfRangeException>().WithMessage("*no layer 1 at position END*");
    }

    [Test]
    public void Noise_is_a_multiple_of_the_spread_of_the_embeddings()
    {
        float[] table = model.Weights["embed.W_E"].data<float>().ToArray();
        double mean = table.Average(value => (double)value);
        double deviation = Math.Sqrt(table.Sum(value => (value - mean) * (value - mean)) / (table.Length - 1));
        EmbeddingNoise.StandardDeviation(model).Should().BeApproximately(deviation, 1e-7);

        double[] one = Added(EmbeddingNoise.Gaussian(["S", "END"], 2, seed: 4, deviations: 1));
        double[] three = Added(EmbeddingNoise.Gaussian(["S", "END"], 2, seed: 4));

        three.Zip(one).Should().OnlyContain(pair => Math.Abs(pair.First - (3 * pair.Second)) < 1e-5);
        one.Count(value => value != 0).Should().Be(prompts.Batches().First().Count * 2 * 12, "two positions of every prompt are noisy");
        Added(EmbeddingNoise.Gaussian(["S", "END"], 2, seed: 5)).Should().NotEqual(three);
        (one.Select(value => value * value).Sum() / one.Count(value => value != 0) / (deviation * deviation)).Should().BeInRange(0.5, 1.6);
    }

    [Test]
    public void Noise_that_does_not_fit_is_refused()
    {
        using DisposeScope scope = NewDisposeScope();
        new Action(() => EmbeddingNoise.Given(["S", "END"], zeros(3, 12))).Should().Throw<ArgumentException>().WithMessage("*2 positions is [sample, 2, d_model]*[3, 12]*");
        new Action(() => EmbeddingNoise.Given([], zeros(3, 12))).Should().Throw<ArgumentException>().WithMessage("*at least one position*");
        new Action(() => EmbeddingNoise.Gaussian(["S", "S"], 1, 1)).Should().Throw<ArgumentException>().WithMessage("*twice*");
        new Action(() => EmbeddingNoise.Gaussian(["S"], 0, 1)).Should().Throw<ArgumentOutOfRangeException>();
        new Action(() => EmbeddingNoise.Gaussian(["S"], 1, 1, 0)).Should().Throw<ArgumentOutOfRangeException>();
        new Action(() => EmbeddingNoise.Given(["S"], full([1, 12], double.PositiveInfinity))).Should().Throw<ArgumentException>().WithMessage("*not finite*");
        new Action(() => model.AnswerProbability(prompts, EmbeddingNoise.Given(["S"], ones(1, 5)))).Should().Throw<ArgumentException>().WithMessage("*5 numbers a token*12*");
        new Action(() => model.CausalTrace(prompts, EmbeddingNoise.Gaussian(["S"], 1, 1), TracedActivation.Mlp, 0)).Should().Throw<ArgumentOutOfRangeException>();
    }

    private double[] Added(EmbeddingNoise noise)
    {
        using DisposeScope scope = NewDisposeScope();
        PromptBatch batch = prompts.Batches().First();
        using CachedRun clean = model.RunWithCache(batch.Tokens(), Hook.Embed);
        using CachedRun noisy = model.RunWithCache(batch.Tokens(), [Hook.Embed], hooks: noise.HooksFor(model, batch));
        return Array.ConvertAll((noisy.Cache[Hook.Embed] - clean.Cache[Hook.Embed]).data<float>().ToArray(), value => (double)value);
    }

    private double Probability(Prompt prompt, Tensor tokens, params ForwardHook[] hooks)
    {
        using DisposeScope scope = NewDisposeScope();
        return model.RunWithHooks(tokens, hooks).select(1, -1).softmax(-1)[0, prompt.Answer!.Value].item<float>();
    }
}
