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

namespace CircuitSpecs.Tests.Analysis;

/// <summary>Attribution on small random models of all shapes: parts against the model's own activations, number by number.</summary>
public sealed class AttributionShapeTests
{
    private const double Tolerance = 1e-4;

    private DisposeScope scope = null!;

    [SetUp]
    public void Open() => scope = NewDisposeScope();

    [TearDown]
    public void Close() => scope.Dispose();

    /// <summary>That the parts sum to the logit difference is checked by the attribution itself; here each is compared with what was written.</summary>
    [TestCaseSource(typeof(SmallShapes), nameof(SmallShapes.Names))]
    public void Parts_are_what_components_write_towards_the_answer(string shape)
    {
        using HookedTransformer model = SmallShapes.Create(shape);
        EvaluationSet prompts = SmallTransformer.Prompts();
        var attribution = DirectLogitAttribution.Of(model, prompts);

        attribution.Labels.Contains("pos_embed").Should().Be(model.Config.Positions == PositionScheme.Learned);
        attribution.Labels.Contains("L0MLP").Should().Be(!model.Config.AttentionOnly);
        for (int i = 0; i < prompts.Count; i++)
        {
            double[] direction = Direction(model, prompts.Prompts[i]);
            double Part(HookPoint point) => Dot(Last(model, prompts.Prompts[i], point), direction) / attribution.FinalScale.Numerators[i];

            attribution["embed"].Numerators[i].Should().BeApproximately(Part(Hook.Embed), Tolerance);
            for (int layer = 0; layer < model.Config.Layers; layer++)
            {
                attribution[new AttentionLayer(layer)].Numerators[i].Should().BeApproximately(Part(Hook.AttnOut(layer)), Tolerance);
                if (!model.Config.AttentionOnly)
                {
                    attribution[new Mlp(layer)].Numerators[i].Should().BeApproximately(Part(Hook.MlpOut(layer)), Tolerance);
                }
            }
        }
    }

    [TestCaseSource(typeof(SmallShapes), nameof(SmallShapes.Names))]
    public void Sources_of_a_head_sum_to_its_part(string shape)
    {
        using HookedTransformer model = SmallShapes.Create(shape);
        EvaluationSet prompts = SmallTransformer.Prompts();
        var sources = SourceAttribution.Of(model, prompts);
        var attribution = DirectLogitAttribution.Of(model, prompts);

        foreach (Head head in Head.AllIn(model.Config))
        {
            for (int i = 0; i < prompts.Count; i++)
            {
                sources.Of(head, i).Should().HaveCount(prompts.Prompts[i].Tokens.Length);
                sources.Of(head, i).Sum().Should().BeApproximately(attribution[head].Numerators[i], Tolerance);
                sources[head, "S"].Numerators[i].Should().Be(sources.Of(head, i)[2]);
            }
        }
    }

    /// <summary>A source is what the head no longer writes when it does not attend there: the scales are frozen, so the part is linear in z.</summary>
    [TestCase("gpt2")]
    [TestCase("llama")]
    [TestCase("gpt_neox")]
    public void A_source_is_what_goes_when_attention_to_it_is_set_to_zero(string shape)
    {
        using HookedTransformer model = SmallShapes.Create(shape);
        EvaluationSet prompts = SmallTransformer.Prompts();
        var sources = SourceAttribution.Of(model, prompts);
        double[] scale = [.. DirectLogitAttribution.Of(model, prompts).FinalScale.Numerators];
        var head = new Head(1, model.Config.Heads - 1);
        for (int i = 0; i < prompts.Count; i++)
        {
            Prompt prompt = prompts.Prompts[i];
            double[] direction = Direction(model, prompt);
            var blind = new ForwardHook(Hook.Pattern(1), (pattern, _) =>
            {
                Tensor changed = pattern.clone();
                changed[0, head.Index, -1, 2] = tensor(0f);
                return changed;
            });
            double kept = Dot(Last(model, prompt, Hook.AttnOut(1), blind), direction);
            double all = Dot(Last(model, prompt, Hook.AttnOut(1)), direction);

            sources[head, 2].Numerators[i].Should().BeApproximately((all - kept) / scale[i], Tolerance);
        }
    }

    [Test]
    public void Attribution_to_answer_and_foil_differ_by_that_to_their_difference()
    {
        using HookedTransformer model = SmallShapes.Create("llama");
        EvaluationSet prompts = SmallTransformer.Prompts();

        PerPrompt Of(LogitTarget target) => SourceAttribution.Of(model, prompts, target)["2.1", 1];

        Of(LogitTarget.Difference).Numerators.ShouldEqual((Of(LogitTarget.Answer) - Of(LogitTarget.Foil)).Numerators, Tolerance, "the difference");
        Math.Abs(Of(LogitTarget.Answer).Value).Should().BeGreaterThan(1e-3);
    }

    [TestCase("gpt2")]
    [TestCase("llama")]
    [TestCase("gpt_neox")]
    [TestCase("gemma2")]
    public void Neurons_and_bias_sum_to_the_mlp(string shape)
    {
        using HookedTransformer model = SmallShapes.Create(shape);
        EvaluationSet prompts = SmallTransformer.Prompts();
        foreach (Intervention[] interventions in (Intervention[][])[[], [Ablate.Zero(new Head(0, 1))]])
        {
            var attribution = DirectLogitAttribution.Of(model, prompts, interventions);
            var neurons = NeuronAttribution.Of(model, prompts, 1, interventions);
            for (int i = 0; i < prompts.Count; i++)
            {
                Prompt prompt = prompts.Prompts[i];
                ForwardHook[] hooks = [.. interventions.SelectMany(intervention => intervention.HooksFor(model, prompts.Batches().Single(batch => batch.Length == prompt.Tokens.Length)))];
                Tensor bias = model.Weights["blocks.1.mlp.b_out"];
                if (model.Config.PostNorms)
                {
                    using CachedRun run = model.RunWithCache(Tokens(prompt), [Hook.Ln2PostScale(1)], hooks: hooks);
                    bias = bias * model.Weights["blocks.1.ln2_post.w"] / run.Cache[Hook.Ln2PostScale(1)][0, -1, 0];
                }

                double[] written = [.. bias.data<float>().ToArray().Select(value => (double)value)];
                double sum = Enumerable.Range(0, model.Config.DMlp).Sum(neuron => neurons[neuron].Numerators[i]);
                (attribution[new Mlp(1)].Numerators[i] - sum).Should().BeApproximately(Dot(written, Direction(model, prompt)) / attribution.FinalScale.Numerators[i], Tolerance);
            }
        }

        new Action(() => NeuronAttribution.Of(model, prompts, 3)).Should().Throw<ArgumentException>().WithMessage("*layer 3*3 layers*");
    }

    [TestCaseSource(typeof(SmallShapes), nameof(SmallShapes.Names))]
    public void The_lens_ends_with_what_the_model_says(string shape)
    {
        using HookedTransformer model = SmallShapes.Create(shape);
        EvaluationSet prompts = SmallTransformer.Prompts();
        var lens = LogitLens.Of(model, prompts, top: 3);
        LensPoint end = lens["final_post"];

        end.AnswerLogit.Numerators.ShouldEqual(model.AnswerLogit(prompts).Numerators, Tolerance, "the answer's logit");
        end.AnswerLogProbability.Numerators.ShouldEqual(model.AnswerLogProbability(prompts).Numerators, Tolerance, "its log-probability");
        end.LogitDifference!.Numerators.ShouldEqual(model.LogitDifference(prompts).Numerators, Tolerance, "the logit difference");
        end.FrozenScaleLogitDifference!.Numerators.ShouldEqual(model.LogitDifference(prompts).Numerators, Tolerance, "at the end frozen and own scale are one");
        end.AnswerRank.Numerators.Select(rank => rank == 0 ? 1.0 : 0).Should().Equal(model.Accuracy(prompts).Numerators);
        end.Top.Should().AllSatisfy(tokens => tokens.Select(token => token.Logit).Should().BeInDescendingOrder().And.HaveCount(3));
        bool mid = !model.Config.AttentionOnly && !model.Config.ParallelBlock;
        lens.Points.Should().HaveCount((model.Config.Layers * (mid ? 2 : 1)) + 1);
        LogitLens.Of(model, prompts, includeMid: false).Points.Should().HaveCount(model.Config.Layers + 1);
        new Action(() => _ = lens["9_pre"]).Should().Throw<KeyNotFoundException>().WithMessage("*'9_pre'*0_pre*");
    }

    [TestCaseSource(typeof(SmallShapes), nameof(SmallShapes.Names))]
    public void Components_sum_to_the_stream(string shape)
    {
        using HookedTransformer model = SmallShapes.Create(shape);
        EvaluationSet prompts = SmallTransformer.Prompts();

        Tensor sum = ResidualVectors.Components(model, prompts, "S").Values.sum(1L);
        Tensor end = ResidualVectors.Accumulated(model, prompts, "S")["final_post"];

        (sum - end).abs().max().item<float>().Should().BeLessThan(1e-4f);
    }

    [Test]
    public void Interventions_show_in_the_lens()
    {
        using HookedTransformer model = SmallShapes.Create("gpt2");
        EvaluationSet prompts = SmallTransformer.Prompts();
        var plain = LogitLens.Of(model, prompts);
        var ablated = LogitLens.Of(model, prompts, true, 5, Ablate.Zero(new Mlp(1)));

        ablated["1_mid"].AnswerLogit.Numerators.Should().Equal(plain["1_mid"].AnswerLogit.Numerators);
        ablated["2_pre"].AnswerLogit.Numerators.Should().NotEqual(plain["2_pre"].AnswerLogit.Numerators);
        ablated["final_post"].LogitDifference!.Numerators.ShouldEqual(model.LogitDifference(prompts, Ablate.Zero(new Mlp(1))).Numerators, Tolerance, "the ablated end");
    }

    /// <summary>gain ⊙ (W_U[:, answer] − W_U[:, foil]), centred where the norm centres.</summary>
    private static double[] Direction(HookedTransformer model, Prompt prompt)
    {
        ModelWeights weights = model.Weights;
        Tensor unembedding = weights["unembed.W_U"];
        double[] direction = [.. Enumerable.Range(0, model.Config.DModel).Select(d =>
        {
            double gain = model.Config.Norm == NormKind.None ? 1 : weights["ln_final.w"][d].item<float>();
            return gain * (unembedding[d, prompt.Answer!.Value].item<float>() - unembedding[d, prompt.Foil!.Value].item<float>());
        })];
        double mean = model.Config.Norm == NormKind.LayerNorm ? direction.Average() : 0;
        return [.. direction.Select(value => value - mean)];
    }

    private static double[] Last(HookedTransformer model, Prompt prompt, HookPoint point, params ForwardHook[] hooks)
    {
        using CachedRun run = model.RunWithCache(Tokens(prompt), [point], hooks: hooks);
        return [.. run.Cache[point][0, -1].data<float>().ToArray().Select(value => (double)value)];
    }

    private static Tensor Tokens(Prompt prompt) => tensor(prompt.Tokens.Select(token => (long)token).ToArray(), [1, prompt.Tokens.Length]);

    private static double Dot(double[] left, double[] right) => left.Zip(right, (a, b) => a * b).Sum();
}
