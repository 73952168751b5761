using CircuitSpecs.Claims;
using CircuitSpecs.Tests.Analysis;
using CircuitSpecs.Tests.Discovery;
using CircuitSpecs.Transformer;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Tests.Transformer;

public sealed class DifferentiationTests
{
    private const string GoldenFile = "06_gradients.safetensors";

    public static IEnumerable<TestCaseData> Goldens => AnalysisGolden.Cases(GoldenFile);

    [TestCaseSource(nameof(Goldens))]
    [Category("Golden")]
    public void Gradients_equal_the_reference(string path)
    {
        using DisposeScope scope = NewDisposeScope();
        IReadOnlyDictionary<string, GoldenTensor> recorded = GoldenFolder.Tensors(path);

        // The gradients were taken on the prompts of the attribution patching beside them.
        var golden = AnalysisGolden.Open(path.Replace(GoldenFile, "06_attribution_patching.json", StringComparison.Ordinal), AttributionPatchingGoldenTests.Known);
        using HookedTransformer model = golden.Model();
        var prompts = golden.Pairs().Batches().Single();
        Tensor answers = tensor(prompts.Prompts.Select(prompt => (long)prompt.Answer!).ToArray(), [prompts.Count, 1]);
        Tensor foils = tensor(prompts.Prompts.Select(prompt => (long)prompt.Foil!).ToArray(), [prompts.Count, 1]);

        using GradientRun run = model.RunWithGradients(
            prompts.Tokens(),
            logits =>
            {
                Tensor last = logits.select(1, prompts.Length - 1);
                return (last.gather(1, answers) - last.gather(1, foils)).mean();
            },
            [.. recorded.Keys.Select(HookPoint.Parse), .. Enumerable.Range(0, model.Config.Layers).Select(Hook.V)]);

        run.Metric.Should().BeApproximately(GoldenFolder.Number(golden["clean_logit_diff"]), AnalysisGolden.Logits);
        recorded.Should().NotBeEmpty();
        foreach ((string name, GoldenTensor expected) in recorded)
        {
            var point = HookPoint.Parse(name);
            Tensor whole = point.Site.StartsWith("ln1.", StringComparison.Ordinal) ? ThroughValues(model, run, point) : run.Gradients[point];
            Tensor gradient = whole.narrow(0, 0, expected.Shape[0]);
            gradient.shape.Should().Equal(expected.Shape);
            float[] actual = gradient.data<float>().ToArray();
            double scale = Math.Max(expected.Floats.Max(Math.Abs), 1);
            (actual.Zip(expected.Floats, (a, b) => Math.Abs(a - b)).Max() / scale).Should().BeLessThan(AnalysisGolden.Logits, "that is {0}", name);
        }
    }

    [Test]
    public void Gradients_equal_central_differences_at_every_point_of_every_kind_of_model([ValueSource(typeof(SmallModels), nameof(SmallModels.Names))] string name)
    {
        using DisposeScope scope = NewDisposeScope();
        using HookedTransformer model = SmallModels.Create(name);
        Tensor tokens = SmallTransformer.Tokens();
        Tensor readout = Direction([2, 6, model.Config.Vocabulary], 1);
        Tensor Metric(Tensor logits) => (logits * readout).sum();

        // Where heads read inputs of their own, the norm in front of them fires for each role, and has to be looked at in another run.
        HookPoint[] points = [.. model.HookPoints.Where(point => point.Site != "hook_tokens")];
        HookPoint[][] runs =
        [
            [.. points.Where(point => !IsInput(point))],
            [.. points.Where(point => point.Site is "hook_q_input" or "hook_k_input" or "hook_v_input" or "hook_resid_pre")],
            [.. points.Where(point => point.Site == "hook_attn_in")],
        ];
        foreach (HookPoint[] wanted in runs.Where(run => run.Length > 0))
        {
            using GradientRun run = model.RunWithGradients(tokens, Metric, wanted);
            foreach (HookPoint point in wanted)
            {
                Tensor gradient = run.Gradients[point];
                Tensor direction = Direction(gradient.shape, 2);

                // Where a score is -∞, the sum stays so and the gradient is 0.
                double expected = (After(direction * 4e-3) - After(direction * -4e-3)) / 8e-3;
                (gradient * direction).sum().item<float>().Should().BeApproximately((float)expected, 4e-3f * (1 + (float)Math.Abs(expected)), "that is {0}", point);

                double After(Tensor change) => Metric(model.RunWithHooks(tokens, new ForwardHook(point, (activation, _) => activation + change))).to(ScalarType.Float64).item<double>();
            }
        }

        static bool IsInput(HookPoint point) => point.Site is "hook_attn_in" or "hook_q_input" or "hook_k_input" or "hook_v_input";
    }

    [Test]
    public void Activations_are_those_of_a_plain_run_and_hooks_act_before()
    {
        using DisposeScope scope = NewDisposeScope();
        using HookedTransformer model = SmallTransformer.Create();
        Tensor tokens = SmallTransformer.Tokens();
        ForwardHook doubled = new(Hook.MlpOut(1), (activation, _) => activation * 2);

        using CachedRun plain = model.RunWithCache(tokens, [Hook.MlpOut(1), Hook.Q(2)], hooks: [doubled]);
        using GradientRun run = model.RunWithGradients(tokens, logits => logits.sum(), [Hook.MlpOut(1), Hook.Q(2)], hooks: [doubled]);

        run.Output.data<float>().ToArray().Should().Equal(plain.Output.data<float>().ToArray());
        run.Activations[Hook.MlpOut(1)].data<float>().ToArray().Should().Equal(plain.Cache[Hook.MlpOut(1)].data<float>().ToArray());
        run.Activations[Hook.Q(2)].data<float>().ToArray().Should().Equal(plain.Cache[Hook.Q(2)].data<float>().ToArray());
    }

    [Test]
    public void Parameters_get_no_gradient_and_nothing_is_left_behind()
    {
        using HookedTransformer model = SmallTransformer.Create();
        Run();
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;

        Run();

        DisposeScopeManager.Statistics.ThreadTotalLiveCount.Should().Be(before);
        model.Weights.Names.Should().OnlyContain(name => !model.Weights[name].requires_grad && ReferenceEquals(model.Weights[name].grad, null));

        void Run()
        {
            using Tensor tokens = SmallTransformer.Tokens();
            using GradientRun run = model.RunWithGradients(tokens, logits => logits.square().mean(), [Hook.Embed, Hook.Pattern(0), Hook.Result(1), "q_input2"]);
            run.Gradients[Hook.Embed].requires_grad.Should().BeFalse();
        }
    }

    [Test]
    public void A_later_activation_has_no_effect_on_an_earlier_output()
    {
        using DisposeScope scope = NewDisposeScope();
        using HookedTransformer model = SmallTransformer.Create();

        using GradientRun run = model.RunWithGradients(SmallTransformer.Tokens(), residual => residual.select(1, 2).sum(), [Hook.ResidPost(0), Hook.MlpOut(1)], new ForwardOptions { StopAtLayer = 2 });

        run.Gradients[Hook.ResidPost(0)].narrow(1, 3, 3).abs().max().item<float>().Should().Be(0);
        run.Gradients[Hook.ResidPost(0)].narrow(1, 0, 3).abs().min().item<float>().Should().BeGreaterThan(0);
        run.Gradients[Hook.MlpOut(1)].select(1, 2).data<float>().ToArray().Should().OnlyContain(value => value == 1);
    }

    [Test]
    public void What_cannot_be_differentiated_is_refused()
    {
        using DisposeScope scope = NewDisposeScope();
        using HookedTransformer model = SmallTransformer.Create();
        Tensor tokens = SmallTransformer.Tokens();
        Action Run(Func<Tensor, Tensor> metric, params HookPoint[] points) => () => model.RunWithGradients(tokens, metric, points).Dispose();

        Run(logits => logits.sum()).Should().Throw<UnknownHookException>().WithMessage("*nothing to differentiate by*");
        Run(logits => logits.sum(), "hook_mlp_uot1").Should().Throw<UnknownHookException>().WithMessage("*hook_mlp_out*");
        Run(logits => logits, Hook.Embed).Should().Throw<ArgumentException>().WithMessage("*one number; it is *2, 6, 17*");
        Run(logits => zeros(1), Hook.Embed).Should().Throw<InvalidExperimentException>().WithMessage("*depends on none of the points*");
        Run(logits => logits.sum(), Hook.Tokens).Should().Throw<ArgumentException>().WithMessage("*no gradient*");
        Run(logits => logits.sum(), Hook.QInput(0), Hook.Ln1Scale(0)).Should().Throw<ArgumentException>().WithMessage("*more than once*");
    }

    /// <summary>
    /// The part of the gradient at a norm before attention that goes through the values. The reference was taken with q, k and v reading inputs of their
    /// own, so that the norm ran three times and its hook kept the last gradient, the values'; the whole gradient, which a change at the hook of a plain
    /// run has, is compared with central differences below.
    /// </summary>
    private static Tensor ThroughValues(HookedTransformer model, GradientRun run, HookPoint point)
    {
        int layer = point.Layer!.Value;
        Tensor values = run.Gradients[Hook.V(layer)];
        Tensor matrix = model.Weights[$"blocks.{layer}.attn.W_V"].permute(0, 2, 1).reshape(-1, model.Config.DModel);
        Tensor normalized = values.reshape(values.shape[0], values.shape[1], -1).matmul(matrix);
        if (point == Hook.Ln1Normalized(layer))
        {
            return normalized;
        }

        Tensor residual = run.Activations[Hook.ResidPre(layer)];
        Tensor scale = run.Activations[Hook.Ln1Scale(layer)];
        Tensor centred = residual - residual.mean([-1], keepdim: true);
        return -(normalized * model.Weights[$"blocks.{layer}.ln1.w"] * centred / scale.square()).sum(-1, keepdim: true);
    }

    private static Tensor Direction(long[] shape, int seed)
    {
        var random = new Random(seed);
        return tensor(Enumerable.Range(0, (int)shape.Aggregate((a, b) => a * b)).Select(_ => (float)(random.NextDouble() - 0.5)).ToArray(), shape.AsSpan());
    }
}
