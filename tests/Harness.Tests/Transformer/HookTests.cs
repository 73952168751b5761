using CircuitSpecs.Claims;
using CircuitSpecs.Transformer;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Tests.Transformer;

public sealed class HookTests
{
    private DisposeScope scope = null!;
    private HookedTransformer model = null!;
    private Tensor tokens = null!;

    public static IEnumerable<string> AllPoints
    {
        get
        {
            using HookedTransformer any = SmallTransformer.Create();
            return [.. any.HookPoints.Select(point => point.Name)];
        }
    }

    [SetUp]
    public void SetUp()
    {
        scope = NewDisposeScope();
        model = SmallTransformer.Create();
        tokens = SmallTransformer.Tokens();
    }

    [TearDown]
    public void TearDown()
    {
        model.Dispose();
        tokens.Dispose();
        scope.Dispose();
    }

    [TestCaseSource(nameof(AllPoints))]
    public void Putting_an_activation_back_changes_no_bit(string point)
    {
        float[] clean = Values(model.Forward(tokens));
        using CachedRun run = model.RunWithCache(tokens, point);
        bool inside = false;

        Tensor patched = model.RunWithHooks(tokens, new ForwardHook(point, (_, _) =>
        {
            inside = true;
            return run.Cache[point];
        }));

        inside.Should().BeTrue();
        Values(patched).Should().Equal(clean);
        Values(run.Output).Should().Equal(clean, "looking at {0} must not change the run", point);
    }

    [Test]
    public void Edit_in_place_takes_effect_and_stays_where_it_was_made()
    {
        using CachedRun clean = model.RunWithCache(tokens);
        using CachedRun edited = model.RunWithCache(tokens, hooks: [new ForwardHook(Hook.ResidPre(1), (residual, _) =>
        {
            residual.zero_();
            return null;
        })]);

        Values(edited.Cache[Hook.ResidPre(1)]).Should().OnlyContain(value => value == 0);
        Values(edited.Cache[Hook.ResidPost(0)]).Should().Equal(Values(clean.Cache[Hook.ResidPost(0)]), "that activation lies before the edit");
        Values(edited.Output).Should().NotEqual(Values(clean.Output));
    }

    [Test]
    public void Edit_of_one_heads_result_takes_its_output_out_of_the_layer()
    {
        using CachedRun clean = model.RunWithCache(tokens, Hook.AttnOut(1), Hook.Z(1));
        Tensor written = clean.Cache[Hook.Z(1)].select(2, 2).matmul(model.Weights["blocks.1.attn.W_O"].select(0, 2));

        using CachedRun edited = model.RunWithCache(tokens, [Hook.AttnOut(1)], hooks: [new ForwardHook(Hook.Result(1), (result, _) =>
        {
            result.select(2, 2).zero_();
            return result;
        })]);

        Near(edited.Cache[Hook.AttnOut(1)], clean.Cache[Hook.AttnOut(1)] - written);
    }

    [TestCase("q_input1", "q1", new[] { "k1", "v1" })]
    [TestCase("k_input1", "k1", new[] { "q1", "v1" })]
    [TestCase("v_input1", "v1", new[] { "q1", "k1" })]
    public void Edit_of_one_heads_input_changes_only_what_that_head_reads_with_it(string input, string changed, string[] kept)
    {
        using CachedRun clean = model.RunWithCache(tokens, [changed, .. kept.Select(HookPoint.Parse)]);
        using CachedRun edited = model.RunWithCache(tokens, [changed, .. kept.Select(HookPoint.Parse)], hooks: [new ForwardHook(input, (residual, _) =>
        {
            residual.select(2, 0).mul_(-1);
            return residual;
        })]);

        foreach (string same in kept)
        {
            Near(edited.Cache[same], clean.Cache[same]);
        }

        Tensor difference = (edited.Cache[changed] - clean.Cache[changed]).abs();
        Values(difference.select(2, 0).max().unsqueeze(0))[0].Should().BeGreaterThan(0.01f);
        Values(difference.narrow(2, 1, 2)).Max().Should().BeLessThan(1e-5f);
    }

    [Test]
    public void Edit_of_what_a_head_reads_changes_its_queries_keys_and_values()
    {
        HookPoint[] points = [Hook.Q(1), Hook.K(1), Hook.V(1)];
        using CachedRun clean = model.RunWithCache(tokens, points);
        using CachedRun edited = model.RunWithCache(tokens, points, hooks: [new ForwardHook(Hook.AttnIn(1), (residual, _) => residual * tensor(new float[] { -1, 1, 1 }, [1, 1, 3, 1]))]);

        foreach (HookPoint point in points)
        {
            Tensor difference = (edited.Cache[point] - clean.Cache[point]).abs();
            Values(difference.select(2, 0)).Max().Should().BeGreaterThan(0.01f);
            Values(difference.narrow(2, 1, 2)).Max().Should().BeLessThan(1e-5f);
        }
    }

    [Test]
    public void Edit_of_a_scale_divides_by_the_new_scale()
    {
        using CachedRun run = model.RunWithCache(tokens, [Hook.MlpIn(0), Hook.Ln2Normalized(0)], hooks: [new ForwardHook(Hook.Ln2Scale(0), (scale, _) => scale * 2)]);
        Tensor x = run.Cache[Hook.MlpIn(0)];
        Tensor centred = x - x.mean([-1], keepdim: true);
        Tensor scale = (centred.square().mean([-1], keepdim: true) + 1e-5).sqrt() * 2;

        Near(run.Cache[Hook.Ln2Normalized(0)], (centred / scale * model.Weights["blocks.0.ln2.w"]) + model.Weights["blocks.0.ln2.b"]);
    }

    [Test]
    public void Scopes_nest_and_end()
    {
        var order = new List<string>();
        ForwardHook Note(string name) => new(Hook.Embed, (_, _) =>
        {
            order.Add(name);
            return null;
        });

        using (model.Hooks(Note("outer")))
        {
            using (model.Hooks(Note("inner")))
            {
                model.RunWithHooks(tokens, Note("run"));
            }

            model.Forward(tokens);
        }

        model.Forward(tokens);

        order.Should().Equal("outer", "inner", "run", "outer");
    }

    [Test]
    public void Scope_acts_on_metrics_even_after_they_were_remembered()
    {
        Func<double> measure = () => CircuitSpecs.Analysis.AnswerMetrics.LogitDifference(model, SmallTransformer.Prompts()).Value;
        double clean = measure();

        using (model.Hooks(new ForwardHook(Hook.MlpOut(0), (written, _) => written * 0)))
        {
            measure().Should().NotBe(clean);
        }

        measure().Should().Be(clean);
    }

    [Test]
    public void Hook_that_did_not_fire_fails_the_run()
    {
        Action run = () => model.RunWithHooks(tokens, new ForwardOptions { StopAtLayer = 1 }, [ForwardHook.Observing(Hook.Z(2), _ => { })]);

        run.Should().Throw<InvalidExperimentException>().WithMessage("*blocks.2.attn.hook_z*");
    }

    [Test]
    public void Hook_of_an_unknown_name_fails_when_it_is_registered()
    {
        Action register = () => model.Hooks(new ForwardHook("hook_embd", (_, _) => null));

        register.Should().Throw<UnknownHookException>().WithMessage("*hook_embed*");
    }

    [Test]
    public void Replacement_of_another_shape_is_refused()
    {
        Action run = () => model.RunWithHooks(tokens, new ForwardHook(Hook.Z(1), (z, _) => z.narrow(0, 0, 1)));

        run.Should().Throw<InvalidOperationException>().WithMessage("*blocks.1.attn.hook_z*[1, 6, 3, 4]*expected [2, 6, 3, 4]*");
    }

    private static float[] Values(Tensor tensor) => tensor.dtype == ScalarType.Int64
        ? Array.ConvertAll(tensor.contiguous().data<long>().ToArray(), value => (float)value)
        : tensor.contiguous().data<float>().ToArray();

    private static void Near(Tensor actual, Tensor expected)
    {
        actual.shape.Should().Equal(expected.shape);
        Values((actual - expected).abs()).Max().Should().BeLessThan(1e-5f);
    }
}
