using CircuitSpecs.Claims;
using CircuitSpecs.Models;
using CircuitSpecs.Transformer;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Tests.Transformer;

public sealed class HookedTransformerTests
{
    private DisposeScope scope = null!;
    private HookedTransformer model = null!;
    private Tensor tokens = null!;

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

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(2)]
    [TestCase(-1)]
    public void Stopping_at_a_layer_and_starting_there_gives_the_same_bits(int layer)
    {
        float[] whole = Values(model.Forward(tokens));
        using CachedRun run = model.RunWithCache(tokens, ("resid_pre", layer));

        Tensor residual = model.Forward(tokens, new ForwardOptions { StopAtLayer = layer });
        Tensor logits = model.Forward(residual, new ForwardOptions { StartAtLayer = layer });

        Values(residual).Should().Equal(Values(run.Cache[("resid_pre", layer)]));
        Values(logits).Should().Equal(whole);
    }

    [Test]
    public void Stopping_after_all_layers_gives_the_last_residual()
    {
        using CachedRun run = model.RunWithCache(tokens, Hook.ResidPost(2));

        Values(model.Forward(tokens, new ForwardOptions { StopAtLayer = 3 })).Should().Equal(Values(run.Cache["resid_post2"]));
    }

    [Test]
    public void Blocks_before_the_start_are_not_run()
    {
        Tensor residual = model.Forward(tokens, new ForwardOptions { StopAtLayer = 2 });
        using HookedTransformer broken = SmallTransformer.Create(parameters => parameters["blocks.1.mlp.W_in"] = parameters["blocks.1.mlp.W_in"] * double.NaN);

        Values(broken.Forward(residual, new ForwardOptions { StartAtLayer = 2 })).Should().Equal(Values(model.Forward(tokens)));
        new Action(() => broken.Forward(tokens)).Should().Throw<InvalidExperimentException>().WithMessage("NaN*12 of 12 positions*prompt 0, position 0*");
    }

    [Test]
    public void Logits_at_positions_are_those_of_the_whole_run()
    {
        Tensor at = tensor(new long[] { 5, 0, 2, 2 }, [2, 2]);
        Tensor whole = model.Forward(tokens);

        Tensor some = model.Forward(tokens, new ForwardOptions { LogitsAt = at });

        some.shape.Should().Equal(2, 2, 17);
        Near(some[0, 0], whole[0, 5]);
        Near(some[0, 1], whole[0, 0]);
        Near(some[1, 0], whole[1, 2]);
        Near(some[1, 1], whole[1, 2]);
    }

    [Test]
    public void Cache_holds_what_was_named_and_as_many_bytes_as_was_said()
    {
        HookPoint[] points = ["pattern1", Hook.Z(2), Hook.Result(0), Hook.QInput(1), Hook.Ln1Scale(1), Hook.Tokens];
        using CachedRun run = model.RunWithCache(tokens, points);
        using CachedRun sliced = model.RunWithCache(tokens, points, positions: ^2..);

        run.Cache.Points.Should().BeEquivalentTo(points);
        run.Cache.Bytes.Should().Be(model.CacheBytes(2, 6, points));
        sliced.Cache.Bytes.Should().Be(model.CacheBytes(2, 6, points, ^2..));
        sliced.Cache[Hook.Pattern(1)].shape.Should().Equal(2, 3, 2, 6);
        Values(sliced.Cache[Hook.Z(2)]).Should().Equal(Values(run.Cache[Hook.Z(2)].narrow(1, 4, 2)));
    }

    [Test]
    public void Cache_of_everything_leaves_out_what_has_to_be_asked_for()
    {
        using CachedRun run = model.RunWithCache(tokens);

        run.Cache.Contains(Hook.Result(0)).Should().BeFalse();
        run.Cache.Contains(Hook.Pattern(2)).Should().BeTrue();
        run.Cache.Points.Should().HaveCount(2 + (3 * 17) + 2);
        new Action(() => _ = run.Cache["result0"]).Should().Throw<UnknownHookException>().WithMessage("*not in this cache*");
        new Action(() => _ = run.Cache["patern0"]).Should().Throw<UnknownHookException>().WithMessage("*blocks.0.attn.hook_pattern*");
    }

    [Test]
    public void Filter_chooses_points_and_must_match_some()
    {
        using CachedRun run = model.RunWithCache(tokens, point => point.Layer == 1 && point.Site.EndsWith("_z", StringComparison.Ordinal));

        run.Cache.Points.Should().Equal(Hook.Z(1));
        new Action(() => model.RunWithCache(tokens, point => point.Name == "nothing")).Should().Throw<UnknownHookException>().WithMessage("*matches no hook point*");
        new Action(() => model.RunWithCache(tokens, (IEnumerable<HookPoint>)[])).Should().Throw<UnknownHookException>();
    }

    [Test]
    public void Runs_leave_no_tensors_behind()
    {
        model.Forward(tokens).Dispose();
        int before = scope.DisposablesCount;

        for (int i = 0; i < 3; i++)
        {
            using CachedRun run = model.RunWithCache(tokens);
            model.RunWithHooks(tokens, new ForwardHook(Hook.Pattern(1), (pattern, _) => pattern * 1)).Dispose();
        }

        scope.DisposablesCount.Should().Be(before);
    }

    [Test]
    public void Token_outside_of_the_vocabulary_is_refused_with_its_place()
    {
        Action run = () => model.Forward(tensor(new long[] { 1, 2, 3, 17 }, [2, 2]));

        run.Should().Throw<ArgumentOutOfRangeException>().WithMessage("*17 of prompt 1, position 1*0 to 16*");
    }

    [Test]
    public void Prompt_longer_than_the_context_is_refused()
    {
        Action run = () => model.Forward(zeros([1, 11], ScalarType.Int64));

        run.Should().Throw<ArgumentException>().WithMessage("*11 tokens*context is 10*");
    }

    [TestCase(0, 4)]
    [TestCase(4, 0)]
    public void Empty_batch_is_refused(long batch, long length)
    {
        Action run = () => model.Forward(zeros([batch, length], ScalarType.Int64));

        run.Should().Throw<ArgumentException>().WithMessage("*empty*");
    }

    [Test]
    public void Residual_of_another_width_is_refused()
    {
        Action run = () => model.Forward(zeros([1, 4, 8]), new ForwardOptions { StartAtLayer = 1 });

        run.Should().Throw<ArgumentException>().WithMessage("*[batch, pos, 12]*[1, 4, 8]*");
    }

    [Test]
    public void Weights_of_attention_alone_say_what_is_missing()
    {
        using HookedTransformer attention = SmallTransformer.Create(parameters =>
        {
            foreach (string name in parameters.Keys.Where(name => name.Contains("mlp.", StringComparison.Ordinal) || name.StartsWith("embed", StringComparison.Ordinal)).ToArray())
            {
                parameters.Remove(name);
            }
        });

        attention.CanRunForward.Should().BeFalse();
        new Action(() => attention.Forward(tokens)).Should().Throw<InvalidOperationException>().WithMessage("*cannot run forward: no embed.W_E, blocks.0.mlp.W_in*");
    }

    [Test]
    public void Model_without_tokenizer_says_so()
    {
        model.HasTokenizer.Should().BeFalse();
        new Action(() => _ = model.Tokenizer).Should().Throw<InvalidOperationException>().WithMessage("*'small' has no tokenizer*");
    }

    [Test]
    public void Processed_weights_give_the_same_probabilities()
    {
        using ModelWeights folded = WeightProcessor.Apply(model.Weights, WeightProcessing.All);
        using var processed = new HookedTransformer(folded);

        Near(NextToken.LogProbabilities(processed.Forward(tokens)), NextToken.LogProbabilities(model.Forward(tokens)));
    }

    private static float[] Values(Tensor tensor) => tensor.contiguous().data<float>().ToArray();

    private static void Near(Tensor actual, Tensor expected) => Values((actual - expected).abs()).Max().Should().BeLessThan(1e-5f);
}
