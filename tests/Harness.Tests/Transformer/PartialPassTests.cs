using CircuitSpecs.Models;
using CircuitSpecs.Transformer;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Tests.Transformer;

/// <summary>What a forward pass leaves out changes nothing in what it computes.</summary>
public sealed class PartialPassTests
{
    private static readonly ModelConfig[] Shapes =
    [
        SmallTransformer.Config,
        SmallTransformer.Grouped,
        SmallTransformer.Parallel,
        SmallTransformer.Config with { Positions = PositionScheme.Alibi, AttentionWindow = [3, null, 2] },
        SmallTransformer.Grouped with { PostNorms = true, AttentionSoftCap = 0.7 },
    ];

    [Test]
    public void A_suffix_after_known_keys_and_values([Range(0, 4)] int shape, [Values(1, 4)] int from)
    {
        using DisposeScope scope = NewDisposeScope();
        using HookedTransformer model = SmallTransformer.Create(config: Shapes[shape]);
        using CachedRun whole = model.RunWithCache(SmallTransformer.Tokens());
        Tensor Earlier(HookPoint point) => whole.Cache[point].narrow(1, 0, from);
        var prefix = new KeyValuePrefix(from, layer => (Earlier(Shapes[shape].Rotary is null ? Hook.K(layer) : Hook.RotK(layer)), Earlier(Hook.V(layer))));

        Tensor suffix = model.RunPristine(whole.Cache[Hook.ResidPre(1)].narrow(1, from, 6 - from), new ForwardOptions { StartAtLayer = 1, Partial = new PartialPass { Prefix = prefix } }, []);

        ShouldEqual(suffix, whole.Output.narrow(1, from, 6 - from));
    }

    [Test]
    public void The_last_block_at_the_last_positions_only([Range(0, 4)] int shape, [Values(1, 2, 6)] int last)
    {
        using DisposeScope scope = NewDisposeScope();
        using HookedTransformer model = SmallTransformer.Create(config: Shapes[shape]);
        using CachedRun whole = model.RunWithCache(SmallTransformer.Tokens());

        Tensor part = model.RunPristine(whole.Cache[Hook.ResidPre(1)], new ForwardOptions { StartAtLayer = 1, Partial = new PartialPass { LastPositions = last } }, []);

        ShouldEqual(part, whole.Output.narrow(1, 6 - last, last));
    }

    [Test]
    public void Known_attention_is_not_run([Range(0, 4)] int shape)
    {
        using DisposeScope scope = NewDisposeScope();
        using HookedTransformer model = SmallTransformer.Create(config: Shapes[shape]);
        using CachedRun whole = model.RunWithCache(SmallTransformer.Tokens());
        var partial = new PartialPass { AttentionOut = layer => whole.Cache[Hook.AttnOut(layer)].narrow(1, 3, 1) };

        Tensor one = model.RunPristine(whole.Cache[Hook.ResidPre(0)].narrow(1, 3, 1), new ForwardOptions { StartAtLayer = 0, Partial = partial }, []);

        ShouldEqual(one, whole.Output.narrow(1, 3, 1));
    }

    [Test]
    public void From_between_attention_and_mlp()
    {
        using DisposeScope scope = NewDisposeScope();
        using HookedTransformer model = SmallTransformer.Create();
        using CachedRun whole = model.RunWithCache(SmallTransformer.Tokens());

        Tensor output = model.RunPristine(whole.Cache[Hook.ResidMid(1)], new ForwardOptions { StartAtLayer = 1, Partial = new PartialPass { FromMlp = true } }, []);

        ShouldEqual(output, whole.Output);
    }

    [Test]
    public void Known_tokens_count_towards_the_context()
    {
        using HookedTransformer model = SmallTransformer.Create();
        var prefix = new KeyValuePrefix(8, _ => throw new InvalidOperationException("nothing is run"));
        Action run = () => model.RunPristine(zeros(1, 3, 12), new ForwardOptions { StartAtLayer = 1, Partial = new PartialPass { Prefix = prefix } }, []);
        run.Should().Throw<ArgumentException>().WithMessage("*8 tokens*adds 3*context is 10*");
    }

    private static void ShouldEqual(Tensor actual, Tensor expected)
    {
        actual.shape.Should().Equal(expected.shape);
        (actual - expected).abs().max().item<float>().Should().BeLessThan(2e-6f);
    }
}
