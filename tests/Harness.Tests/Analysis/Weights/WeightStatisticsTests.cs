using CircuitSpecs.Analysis;
using CircuitSpecs.Components;
using CircuitSpecs.Models;
using CircuitSpecs.Tests.Transformer;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Tests.Analysis;

/// <summary>Statistics of weights on weights written by hand, whose answers are known.</summary>
public sealed class WeightStatisticsTests
{
    private static readonly Head Only = new(0, 0);

    /// <summary>One head as wide as the model, so that every matrix can stand in it.</summary>
    private static ModelConfig Wide { get; } = SmallTransformer.Config with { Layers = 1, Heads = 1, DHead = 12, AttentionDivisor = [1] };

    [Test]
    public void Head_that_passes_on_what_it_reads_copies_every_token()
    {
        using ModelWeights weights = Written(sign: 1);

        weights.OvHighestShare(Only, Tokens(), 1).Should().Be(1);
        weights.OvLowestShare(Only, Tokens(), 1).Should().Be(0);
    }

    [Test]
    public void Head_that_writes_the_opposite_puts_every_token_lowest()
    {
        using ModelWeights weights = Written(sign: -1);

        weights.OvLowestShare(Only, Tokens(), 1).Should().Be(1);
        weights.OvHighestShare(Only, Tokens(), 1).Should().Be(0);
        weights.OvLowestShares(Tokens(), 1)[Only].Should().Be(1);
    }

    [TestCase(1)]
    [TestCase(2)]
    public void Position_table_alone_can_make_a_head_that_looks_back(int offset)
    {
        using ModelWeights weights = SmallTransformer.Weights(
            parameters =>
            {
                // One direction per position; the query of position i is the key of position i − offset.
                parameters["pos_embed.W_pos"] = eye(10, 12);
                parameters["blocks.0.attn.W_K"] = eye(12).unsqueeze(0);
                parameters["blocks.0.attn.W_Q"] = eye(12).roll(-offset, 1).unsqueeze(0);
            },
            Wide);

        // Query i ≥ offset finds its key; the earlier ones have none, and are not counted as hits.
        weights.PositionalShare(Only, offset).Should().BeApproximately((10 - offset) / 9.0, 1e-12);
        weights.PositionalShare(Only, 0).Should().Be(0);
    }

    [Test]
    public void Composition_is_one_where_the_later_head_reads_exactly_the_direction_written()
    {
        ModelConfig config = Wide with { Layers = 2, AttentionDivisor = [1, 1] };
        using ModelWeights weights = SmallTransformer.Weights(
            parameters =>
            {
                parameters["blocks.0.attn.W_V"] = Direction(3, 3);
                parameters["blocks.0.attn.W_O"] = Direction(3, 5);
                parameters["blocks.1.attn.W_K"] = Direction(5, 0);
                parameters["blocks.1.attn.W_Q"] = Direction(7, 0);
                parameters["blocks.1.attn.W_V"] = Direction(2, 2);
            },
            config);

        weights.KComposition(Only, into: "1.0").Should().BeApproximately(1, 1e-6);
        weights.QComposition(Only, into: "1.0").Should().BeApproximately(0, 1e-6);
        weights.VComposition(Only, into: "1.0").Should().BeApproximately(0, 1e-6);
        weights.KComposition("1.0").Ranked()[0].Key.Should().Be(Only);
        new Action(() => weights.KComposition("1.0", into: "1.0")).Should().Throw<ArgumentException>().WithMessage("*not in a layer before*");
        new Action(() => weights.KComposition(Only)).Should().Throw<ArgumentException>().WithMessage("*first layer*");
    }

    [Test]
    public void Norm_of_the_query_key_circuit_folds_the_layer_norm_when_asked()
    {
        using ModelWeights weights = SmallTransformer.Weights(
            parameters =>
            {
                parameters["blocks.0.attn.W_Q"] = Direction(4, 1) * 2;
                parameters["blocks.0.attn.W_K"] = Direction(6, 1) * 3;
                parameters["blocks.0.ln1.w"] = arange(12).to(ScalarType.Float32);
            },
            Wide);

        weights.QkNorm(Only, foldLayerNorm: false).Should().BeApproximately(6, 1e-6);
        weights.QkNorm(Only, foldLayerNorm: true).Should().BeApproximately(6 * 4 * 6, 1e-4);
    }

    /// <summary>What the README of the shared models says of GPT-2's weights, from an independent computation.</summary>
    [Test]
    public void Real_attention_weights_of_gpt2()
    {
        if (!ModelStore.Default.TryFind("gpt2-attention-only", out _))
        {
            Assert.Ignore("Model 'gpt2-attention-only' is not on this machine.");
        }

        ModelWeights weights = ModelStore.Default.Weights("gpt2-attention-only", WeightProcessing.None, WeightScope.Attention);

        IReadOnlyList<KeyValuePair<Head, double>> norms = weights.QkNorms().Ranked();
        norms.Take(3).Select(pair => pair.Key.Label).Should().Equal("4.11", "2.2", "5.1");
        norms.Take(3).Select(pair => Math.Round(pair.Value, 1)).Should().Equal(58.3, 37.7, 29.6);
        foreach ((string into, double score) in (ReadOnlySpan<(string, double)>)[("5.5", .097), ("5.1", .102), ("6.9", .102)])
        {
            KeyValuePair<Head, double> strongest = weights.KComposition((Head)into).Ranked()[0];
            strongest.Key.Label.Should().Be("4.11");
            strongest.Value.Should().BeApproximately(score, 1e-3);
        }

        weights.PositionalShare("4.11", foldLayerNorm: true).Should().BeLessThan(0.08);
        weights.PositionalShare("4.11", foldLayerNorm: true, biases: true).Should().BeLessThan(0.08);
    }

    private static int[] Tokens() => [.. Enumerable.Range(0, 10)];

    private static ModelWeights Written(int sign) => SmallTransformer.Weights(
        parameters =>
        {
            parameters["embed.W_E"] = eye(17, 12);
            parameters["unembed.W_U"] = eye(12, 17);
            parameters["blocks.0.ln1.w"] = ones(12);
            parameters["blocks.0.ln1.b"] = zeros(12);
            parameters["ln_final.w"] = ones(12);
            parameters["blocks.0.attn.W_V"] = eye(12).unsqueeze(0);
            parameters["blocks.0.attn.W_O"] = eye(12).unsqueeze(0) * sign;
        },
        Wide);

    /// <summary>[1, 12, 12]: one entry of 1.</summary>
    private static Tensor Direction(int row, int column)
    {
        float[] values = new float[144];
        values[(row * 12) + column] = 1;
        return tensor(values, [1, 12, 12]);
    }
}
