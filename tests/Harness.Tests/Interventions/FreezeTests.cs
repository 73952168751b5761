using CircuitSpecs.Analysis;
using CircuitSpecs.Claims;
using CircuitSpecs.Components;
using CircuitSpecs.Interventions;
using CircuitSpecs.Models;
using CircuitSpecs.Prompts;
using CircuitSpecs.Tests.Transformer;
using CircuitSpecs.Transformer;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Tests.Interventions;

[TestFixture("gpt2")]
[TestFixture("llama")]
[TestFixture("gpt_neox")]
public sealed class FreezeTests(string kind)
{
    private readonly HookedTransformer model = SmallTransformer.Create(config: SmallTransformer.Shapes[kind]);
    private readonly EvaluationSet prompts = SmallTransformer.Prompts();

    [OneTimeTearDown]
    public void TearDown() => model.Dispose();

    [Test]
    public void Frozen_patterns_move_what_is_there_now()
    {
        using DisposeScope scope = NewDisposeScope();
        PromptBatch batch = prompts.Batches().First();
        Intervention[] changed = [Ablate.Zero(new Mlp(0)), Freeze.Patterns()];
        Tensor pattern = Run(batch, Hook.Pattern(2));
        Tensor values = Run(batch, Hook.V(2), changed);
        int heads = model.Config.Heads;

        Largest(Run(batch, Hook.Pattern(2), changed) - pattern).Should().Be(0);
        for (int head = 0; head < heads; head++)
        {
            Tensor expected = pattern.select(1, head).matmul(values.select(2, model.Config.KeyValueHeadOf(head)));
            Largest(Run(batch, Hook.Z(2), changed).select(2, head) - expected).Should().BeLessThan(1e-5, "that is head {0}", head);
        }

        model.LogitDifference(prompts, changed).Numerators.Should().NotEqual(model.LogitDifference(prompts, changed[0]).Numerators);
    }

    [Test]
    public void Pattern_of_a_head_leaves_the_others_free()
    {
        using DisposeScope scope = NewDisposeScope();
        PromptBatch batch = prompts.Batches().First();
        Tensor clean = Run(batch, Hook.Pattern(2));

        Tensor frozen = Run(batch, Hook.Pattern(2), Ablate.Zero(new Mlp(0)), Freeze.Pattern((Head)"2.1"));

        Largest((frozen - clean).select(1, 1)).Should().Be(0);
        Largest((frozen - clean).select(1, 2)).Should().BeGreaterThan(0);
        model.LogitDifference(prompts, Ablate.Zero(new Mlp(0)), Freeze.Pattern(new AttentionLayer(2))).Numerators
            .Should().Equal(model.LogitDifference(prompts, Ablate.Zero(new Mlp(0)), Freeze.Pattern(new HeadSet(Enumerable.Range(0, model.Config.Heads).Select(head => new Head(2, head))))).Numerators);
    }

    [Test]
    public void With_patterns_scales_and_mlps_frozen_the_logits_are_linear_in_what_is_added()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor direction = tensor(Enumerable.Range(0, 12).Select(i => MathF.Sin(i + 1)).ToArray());
        Intervention[] linear = [Freeze.Patterns(), Freeze.NormScales(), Freeze.Mlps()];
        double[] clean = [.. model.LogitDifference(prompts).Numerators];
        double[] once = Effect(linear, 1);

        Effect(linear, 3).Select((effect, i) => effect - (3 * once[i])).Should().OnlyContain(difference => Math.Abs(difference) < 1e-4);
        Effect(linear[1..], 3).Select((effect, i) => Math.Abs(effect - (3 * Effect(linear[1..], 1)[i]))).Max().Should().BeGreaterThan(1e-2, "free patterns are not linear");
        Effect([linear[0], linear[2]], 3).Select((effect, i) => Math.Abs(effect - (3 * Effect([linear[0], linear[2]], 1)[i]))).Max().Should().BeGreaterThan(1e-2, "free scales are not linear");

        double[] Effect(Intervention[] frozen, double coefficient) =>
            [.. model.LogitDifference(prompts, [Steer.Add(Hook.ResidPre(1), direction, coefficient), .. frozen]).Numerators.Zip(clean, (changed, unchanged) => changed - unchanged)];
    }

    [Test]
    public void Scales_of_a_norm_that_runs_once_a_head_are_kept_for_each_head()
    {
        using DisposeScope scope = NewDisposeScope();
        PromptBatch batch = prompts.Batches().First();
        Tensor scale = Run(batch, Hook.Ln1Scale(1));
        IReadOnlyList<ForwardHook> hooks = [.. Ablate.Zero(new Mlp(0)).HooksFor(model, batch), .. Freeze.Activation(Hook.Ln1Scale(1)).HooksFor(model, batch), ForwardHook.Observing(Hook.QInput(1), _ => { })];

        using CachedRun run = model.RunWithCache(batch.Tokens(), [Hook.Ln1Scale(1)], hooks: hooks);

        run.Cache[Hook.Ln1Scale(1)].dim().Should().Be(4);
        Largest(run.Cache[Hook.Ln1Scale(1)] - scale.unsqueeze(2)).Should().Be(0);
    }

    [Test]
    public void Restoring_what_an_ablation_took_gives_the_clean_run_back()
    {
        double[] clean = [.. model.LogitDifference(prompts).Numerators];

        model.LogitDifference(prompts, Ablate.Zero(Hook.MlpOut(0)), Freeze.Activation(Hook.ResidPost(1))).Numerators.Should().Equal(clean);
        model.LogitDifference(prompts, Ablate.Zero(Hook.MlpOut(0)), Freeze.Activation(Hook.ResidPost(1), at: "END")).Numerators.Should().NotEqual(clean);
    }

    [Test]
    public void Corrupted_prompts_keep_their_own_values()
    {
        using DisposeScope scope = NewDisposeScope();
        PromptBatch batch = prompts.Batches().First();
        Intervention denoise = ActivationPatch.Denoising((Head)"0.0");

        IReadOnlyList<ForwardHook> hooks = [.. denoise.HooksFor(model, batch), .. Freeze.Patterns(PromptSide.Corrupt).HooksFor(model, batch)];
        using CachedRun own = model.RunWithCache(batch.CorruptTokens(), Hook.Pattern(2));
        using CachedRun frozen = model.RunWithCache(batch.CorruptTokens(), [Hook.Pattern(2)], hooks: hooks);

        Largest(frozen.Cache[Hook.Pattern(2)] - own.Cache[Hook.Pattern(2)]).Should().Be(0);
        model.LogitDifference(prompts, denoise, Freeze.Patterns(PromptSide.Corrupt)).Numerators.Should().NotEqual(model.LogitDifference(prompts, denoise).Numerators);
        new Action(() => model.LogitDifference(prompts, denoise, Freeze.Patterns())).Should().Throw<ArgumentException>().WithMessage("*clean and on corrupted*");
    }

    [Test]
    public void Freezing_alone_or_before_the_change_is_no_experiment()
    {
        new Action(() => model.LogitDifference(prompts, Freeze.Patterns())).Should().Throw<InvalidExperimentException>().WithMessage("*changed nothing*freeze all attention patterns*");
        new Action(() => model.LogitDifference(prompts, Ablate.Zero(new Mlp(2)), Freeze.Pattern(new AttentionLayer(1)))).Should().Throw<InvalidExperimentException>().WithMessage("*changed nothing*attention attn1*");
    }

    [Test]
    public void What_cannot_be_frozen_is_refused()
    {
        using HookedTransformer bare = SmallTransformer.Create(config: SmallTransformer.Config with { Norm = NormKind.None });

        new Action(() => Freeze.Pattern(new Mlp(0))).Should().Throw<NotSupportedException>().WithMessage("*no attention pattern*");
        new Action(() => bare.LogitDifference(prompts, Ablate.Zero(new Mlp(0)), Freeze.NormScales())).Should().Throw<NotSupportedException>().WithMessage("*no norms*");
        new Action(() => model.LogitDifference(prompts, Ablate.Zero(new Mlp(0)), Freeze.Pattern((Head)"2.7"))).Should().Throw<ArgumentException>().WithMessage("*no head 7*");
    }

    private static double Largest(Tensor values) => values.abs().max().item<float>();

    private Tensor Run(PromptBatch batch, HookPoint point, params Intervention[] interventions)
    {
        using CachedRun run = model.RunWithCache(batch.Tokens(), [point], hooks: interventions.SelectMany(intervention => intervention.HooksFor(model, batch)));
        return run.Cache[point].clone();
    }
}
