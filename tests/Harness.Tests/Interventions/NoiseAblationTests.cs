using CircuitSpecs.Analysis;
using CircuitSpecs.Components;
using CircuitSpecs.Interventions;
using CircuitSpecs.Prompts;
using CircuitSpecs.Statistics;
using CircuitSpecs.Tests.Transformer;
using CircuitSpecs.Transformer;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Tests.Interventions;

[TestFixture("gpt2")]
[TestFixture("llama")]
[TestFixture("gpt_neox")]
public sealed class NoiseAblationTests(string kind)
{
    private readonly HookedTransformer model = SmallTransformer.Create(config: SmallTransformer.Shapes[kind]);
    private readonly EvaluationSet prompts = SmallTransformer.Prompts();

    [OneTimeTearDown]
    public void TearDown() => model.Dispose();

    [Test]
    public void Standard_deviations_are_those_of_the_component_over_prompts_and_positions()
    {
        foreach ((Component component, HookPoint point, Func<Tensor, Tensor> part) in Parts())
        {
            double[] values = [.. prompts.Batches().SelectMany(batch => Values(part(Run(batch, point))))];
            double mean = values.Average();
            double deviation = Math.Sqrt(values.Average(value => (value - mean) * (value - mean)));

            double[] relative = Added(Ablate.Noise(component, 2, seed: 3), point, part);
            double[] absolute = Added(Ablate.Noise(component, 1, seed: 3, NoiseUnit.Absolute), point, part);

            relative.Select((value, i) => value - (2 * deviation * absolute[i])).Should().OnlyContain(difference => Math.Abs(difference) < 1e-4, "that is noise on {0}", component);
        }
    }

    [Test]
    public void Only_the_component_is_noisy()
    {
        PromptBatch batch = prompts.Batches().First();

        Values(Run(batch, Hook.Z(1), Ablate.Noise((Head)"1.2", 1, seed: 3)).select(2, 1) - Run(batch, Hook.Z(1)).select(2, 1)).Should().OnlyContain(difference => difference == 0);
    }

    [Test]
    public void Seed_decides_the_noise_and_batches_do_not()
    {
        double[] With(int seed) => [.. model.LogitDifference(prompts, Ablate.Noise(new Mlp(1), 1, seed)).Numerators];
        PromptBatch batch = prompts.Batches().First();
        var alone = new PromptBatch(prompts, [batch.Indices[1]]);

        With(3).Should().Equal(With(3)).And.NotEqual(With(4));
        (Run(batch, Hook.MlpOut(1), Ablate.Noise(new Mlp(1), 1, 3)).select(0, 1) - Run(alone, Hook.MlpOut(1), Ablate.Noise(new Mlp(1), 1, 3)).select(0, 0)).abs().max().item<float>().Should().BeLessThan(1e-5f);
        (Noise(batch, 0) - Noise(batch, 1)).abs().max().item<float>().Should().BeGreaterThan(0.1f, "prompts have noise of their own");

        Tensor Noise(PromptBatch of, int row) => (Run(of, Hook.MlpOut(1), Ablate.Noise(new Mlp(1), 1, 3)) - Run(of, Hook.MlpOut(1))).select(0, row);
    }

    [Test]
    public void Reference_prompts_give_the_standard_deviation()
    {
        EvaluationSet others = SmallTransformer.Prompts(seed: 2);

        model.LogitDifference(prompts, Ablate.Noise(new Mlp(1), 1, 3, reference: prompts)).Numerators.Should().Equal(model.LogitDifference(prompts, Ablate.Noise(new Mlp(1), 1, 3)).Numerators);
        model.LogitDifference(prompts, Ablate.Noise(new Mlp(1), 1, 3, reference: others)).Numerators.Should().NotEqual(model.LogitDifference(prompts, Ablate.Noise(new Mlp(1), 1, 3)).Numerators);
        Ablate.Noise(Hook.MlpOut(1), 0.5, 3, reference: others).Description.Should().Be($"noise-ablate blocks.1.hook_mlp_out, Gaussian of 0.5 standard deviations over 7 prompts of small ({others.Hash}), seed 3");
    }

    [Test]
    public void Draws_are_standard_normal()
    {
        float[] draws = GaussianNoise.Draw(new SeededRandom(1), 200_001);

        // Six standard errors of each moment of a standard normal sample of this size.
        draws.Average(value => (double)value).Should().BeApproximately(0, 6 / Math.Sqrt(draws.Length));
        draws.Average(value => Math.Pow(value, 2)).Should().BeApproximately(1, 6 * Math.Sqrt(2.0 / draws.Length));
        draws.Average(value => Math.Pow(value, 4)).Should().BeApproximately(3, 6 * Math.Sqrt(96.0 / draws.Length));
        draws.Where((_, i) => i % 2 == 0).Zip(draws.Where((_, i) => i % 2 == 1)).Average(pair => (double)pair.First * pair.Second).Should().BeApproximately(0, 6 * Math.Sqrt(2.0 / draws.Length));
        draws.Count(value => Math.Abs(value) < 0.67449).Should().BeInRange(99_000, 101_000, "half of a normal sample lies inside its quartiles");
    }

    [Test]
    public void Noise_that_means_nothing_is_refused()
    {
        new Action(() => Ablate.Noise(new Mlp(1), 0, 3)).Should().Throw<ArgumentOutOfRangeException>().WithMessage("*above 0*");
        new Action(() => Ablate.Noise(new Mlp(1), double.NaN, 3)).Should().Throw<ArgumentOutOfRangeException>();
        new Action(() => Ablate.Noise(new Mlp(1), 1, 3, NoiseUnit.Absolute, prompts)).Should().Throw<ArgumentException>().WithMessage("*no reference prompts*");
        new Action(() => model.LogitDifference(prompts, Ablate.Noise(Hook.Pattern(1), 1, 3))).Should().Throw<NotSupportedException>().WithMessage("*hook_pattern*");
        new Action(() => model.LogitDifference(prompts, Ablate.Noise((Head)"1.7", 1, 3))).Should().Throw<ArgumentException>().WithMessage("*no head 7*");
    }

    private static IEnumerable<(Component Component, HookPoint Point, Func<Tensor, Tensor> Part)> Parts() =>
    [
        (new Mlp(1), Hook.MlpOut(1), whole => whole),
        ((Head)"2.1", Hook.Z(2), whole => whole.select(2, 1)),
        (new Neuron(0, 5), Hook.Post(0), whole => whole.select(2, 5)),
        (new Embedding(), Hook.Embed, whole => whole),
    ];

    private double[] Added(Intervention noise, HookPoint point, Func<Tensor, Tensor> part) =>
        [.. prompts.Batches().SelectMany(batch => Values(part(Run(batch, point, noise)) - part(Run(batch, point))))];

    private Tensor Run(PromptBatch batch, HookPoint point, params Intervention[] interventions)
    {
        using CachedRun run = model.RunWithCache(batch.Tokens(), [point], hooks: interventions.SelectMany(intervention => intervention.HooksFor(model, batch)));
        return run.Cache[point].clone();
    }

    private static double[] Values(Tensor tensor) => Array.ConvertAll(tensor.contiguous().data<float>().ToArray(), value => (double)value);
}
