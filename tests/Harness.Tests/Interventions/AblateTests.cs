using CircuitSpecs.Analysis;
using CircuitSpecs.Claims;
using CircuitSpecs.Components;
using CircuitSpecs.Interventions;
using CircuitSpecs.Prompts;
using CircuitSpecs.Statistics;
using CircuitSpecs.Tests.Transformer;
using CircuitSpecs.Transformer;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Tests.Interventions;

public sealed class AblateTests
{
    private static readonly HeadSet TwoLayers = HeadSet.Parse("0.1 2.0");

    private DisposeScope scope = null!;
    private HookedTransformer model = null!;
    private EvaluationSet prompts = null!;

    [SetUp]
    public void SetUp()
    {
        scope = NewDisposeScope();
        model = SmallTransformer.Create();
        prompts = SmallTransformer.Prompts();
    }

    [TearDown]
    public void TearDown()
    {
        model.Dispose();
        scope.Dispose();
    }

    [Test]
    public void Zero_of_a_neuron_takes_its_output_out_of_the_mlp()
    {
        PromptBatch batch = prompts.Batches().First();
        using CachedRun clean = model.RunWithCache(batch.Tokens(), Hook.Post(1), Hook.MlpOut(1));
        Tensor written = clean.Cache[Hook.Post(1)].select(2, 7).unsqueeze(-1) * model.Weights["blocks.1.mlp.W_out"].select(0, 7);

        using CachedRun ablated = model.RunWithCache(batch.Tokens(), [Hook.MlpOut(1)], hooks: Ablate.Zero(new Neuron(1, 7)).HooksFor(model, batch));

        Largest(ablated.Cache[Hook.MlpOut(1)] - (clean.Cache[Hook.MlpOut(1)] - written)).Should().BeLessThan(1e-5);
    }

    [Test]
    public void Zero_of_a_set_of_heads_zeroes_each_of_them_and_nothing_else()
    {
        PromptBatch batch = prompts.Batches().First();
        using CachedRun clean = model.RunWithCache(batch.Tokens(), Hook.Z(0), Hook.Z(2));

        using CachedRun ablated = model.RunWithCache(batch.Tokens(), [Hook.Z(0), Hook.Z(2)], hooks: Ablate.Zero(TwoLayers).HooksFor(model, batch));

        Largest(ablated.Cache[Hook.Z(0)].select(2, 1)).Should().Be(0);
        Largest(ablated.Cache[Hook.Z(2)].select(2, 0)).Should().Be(0);
        Largest(ablated.Cache[Hook.Z(0)].select(2, 2) - clean.Cache[Hook.Z(0)].select(2, 2)).Should().Be(0);
        Largest(ablated.Cache[Hook.Z(2)].select(2, 1)).Should().BeGreaterThan(0);
    }

    [Test]
    public void Mean_at_each_position_is_over_the_prompts_that_reach_it()
    {
        double[] wanted = Brute(position => position);

        Largest(Ablated(MeanOver.EachPosition) - Tensor(wanted, 6)).Should().BeLessThan(1e-5);
    }

    [Test]
    public void Mean_over_all_positions_weighs_every_token_alike()
    {
        double[] wanted = Brute(_ => 0);

        Largest(Ablated(MeanOver.AllPositions) - Tensor(wanted, 1)).Should().BeLessThan(1e-5);
    }

    [Test]
    public void Mean_of_the_prompts_that_are_run_is_the_default()
    {
        PerPrompt own = model.LogitDifference(prompts, Ablate.Mean(new Mlp(0)));

        own.Numerators.Should().Equal(model.LogitDifference(prompts, Ablate.Mean(new Mlp(0), MeanOver.EachPosition, prompts)).Numerators);
        own.Numerators.Should().NotEqual(model.LogitDifference(prompts, Ablate.Mean(new Mlp(0), MeanOver.EachPosition, SmallTransformer.Prompts(seed: 2))).Numerators);
    }

    [Test]
    public void Mean_of_shorter_prompts_is_refused()
    {
        var shorter = new EvaluationSet("short", 0, prompts.Prompts.Where(prompt => prompt.Tokens.Length == 5));

        Action measure = () => model.LogitDifference(prompts, Ablate.Mean(new Mlp(0), MeanOver.EachPosition, shorter));

        measure.Should().Throw<InvalidOperationException>().WithMessage("*of 6 needs*'short'*at most 5*");
    }

    [Test]
    public void Resampling_gives_every_prompt_the_value_of_another_of_its_length()
    {
        foreach (PromptBatch batch in prompts.Batches())
        {
            using CachedRun clean = model.RunWithCache(batch.Tokens(), Hook.Z(1));
            using CachedRun ablated = model.RunWithCache(batch.Tokens(), [Hook.Z(1)], hooks: Ablate.Resample((Head)"1.2", seed: 3).HooksFor(model, batch));
            int[] partners = [.. Enumerable.Range(0, batch.Count).Select(row => Enumerable.Range(0, batch.Count).Single(other =>
                Largest(ablated.Cache[Hook.Z(1)].select(0, row).select(1, 2) - clean.Cache[Hook.Z(1)].select(0, other).select(1, 2)) < 1e-6))];

            partners.Should().OnlyHaveUniqueItems();
            partners.Where((partner, row) => partner == row).Should().BeEmpty();
        }
    }

    [Test]
    public void Resampling_depends_on_the_seed_alone()
    {
        double[] With(int seed) => [.. model.LogitDifference(prompts, Ablate.Resample(new Mlp(1), seed)).Numerators];

        With(1).Should().Equal(With(1));
        Enumerable.Range(2, 5).Any(seed => !With(seed).SequenceEqual(With(1))).Should().BeTrue();
    }

    [Test]
    public void Resampling_of_a_lonely_prompt_is_no_experiment()
    {
        Action measure = () => model.LogitDifference(new EvaluationSet("one", 0, prompts.Prompts.Take(1)), Ablate.Resample(new Mlp(1), 1));

        measure.Should().Throw<InvalidExperimentException>().WithMessage("*another prompt of 5 tokens*");
    }

    [Test]
    public void Ablation_that_changes_nothing_is_no_experiment()
    {
        using HookedTransformer silent = SmallTransformer.Create(parameters =>
        {
            parameters["blocks.1.attn.W_V"] = zeros_like(parameters["blocks.1.attn.W_V"]);
            parameters["blocks.1.attn.b_V"] = zeros_like(parameters["blocks.1.attn.b_V"]);
        });

        Action measure = () => silent.LogitDifference(prompts, Ablate.Zero((Head)"1.0"));

        measure.Should().Throw<InvalidExperimentException>().WithMessage("*changed nothing*7 prompts*zero-ablate head 1.0*");
    }

    [Test]
    public void Component_that_does_not_exist_is_refused()
    {
        new Action(() => model.LogitDifference(prompts, Ablate.Zero((Head)"1.3"))).Should().Throw<ArgumentException>().WithMessage("*heads are 0 to 2*");
        new Action(() => model.LogitDifference(prompts, Ablate.Zero(new Neuron(0, 20)))).Should().Throw<ArgumentException>().WithMessage("*neurons are 0 to 19*");
        new Action(() => model.LogitDifference(prompts, Ablate.Zero(new Mlp(3)))).Should().Throw<UnknownHookException>();
    }

    [Test]
    public void Starting_at_the_ablated_layer_gives_the_same_bits_as_the_whole_run()
    {
        Intervention ablation = Ablate.Zero((Head)"2.1");
        double[] whole = [.. model.LogitDifference(prompts, ablation).Numerators];

        double[] partial = [.. model.LogitDifference(prompts, ablation).Numerators];

        partial.Should().Equal(whole, "the second measurement on a prompt set starts from remembered residuals");
    }

    [Test]
    public void Interventions_act_together()
    {
        PromptBatch batch = prompts.Batches().First();
        double both = model.LogitDifference(prompts, Ablate.Zero((Head)"0.1"), Ablate.Zero((Head)"2.0")).Value;

        both.Should().Be(model.LogitDifference(prompts, Ablate.Zero(TwoLayers)).Value);
        batch.Count.Should().BeGreaterThan(1);
    }

    [Test]
    public void Description_names_kind_component_and_data()
    {
        Ablate.Mean(new Mlp(0), MeanOver.AllPositions, prompts).Description.Should().Be($"mean-ablate mlp mlp0, mean over all positions over 7 prompts of small ({prompts.Hash})");
        Ablate.Resample(TwoLayers, 4).Description.Should().Be("resample-ablate heads 0.1+2.0, from the other prompts that are run, seed 4");
        Ablate.Zero(Hook.MlpOut(1)).Description.Should().Be("zero-ablate blocks.1.hook_mlp_out");
    }

    /// <summary>What mean ablation of MLP 1 puts in place, on the longer prompts.</summary>
    private Tensor Ablated(MeanOver over)
    {
        PromptBatch batch = prompts.Batches().Last();
        CachedRun run = model.RunWithCache(batch.Tokens(), [Hook.MlpOut(1)], hooks: Ablate.Mean(new Mlp(1), over).HooksFor(model, batch));
        return run.Cache[Hook.MlpOut(1)];
    }

    /// <summary>The mean of what MLP 1 writes, prompt by prompt and position by position, into the bin of each position.</summary>
    private double[] Brute(Func<int, int> bin)
    {
        double[] sums = new double[6 * 12];
        double[] counts = new double[6];
        foreach (Prompt prompt in prompts.Prompts)
        {
            using CachedRun run = model.RunWithCache(tensor(prompt.Tokens.Select(token => (long)token).ToArray(), [1, prompt.Tokens.Length]), Hook.MlpOut(1));
            float[] written = run.Cache[Hook.MlpOut(1)].data<float>().ToArray();
            for (int i = 0; i < written.Length; i++)
            {
                sums[(bin(i / 12) * 12) + (i % 12)] += written[i];
            }

            for (int position = 0; position < prompt.Tokens.Length; position++)
            {
                counts[bin(position)]++;
            }
        }

        return [.. sums.Select((sum, i) => sum / counts[i / 12]).Where(value => !double.IsNaN(value))];
    }

    private static Tensor Tensor(double[] values, long positions) => tensor(Array.ConvertAll(values, value => (float)value), [1, positions, 12]);

    private static double Largest(Tensor tensor) => tensor.abs().contiguous().data<float>().ToArray().Max();
}
