using CircuitSpecs.Analysis;
using CircuitSpecs.Components;
using CircuitSpecs.Models;
using CircuitSpecs.Tests.Transformer;
using CircuitSpecs.Transformer;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Tests.Analysis;

/// <summary>Paths from tokens through heads to logits, against runs of the model with all else taken out.</summary>
public sealed class TokenPathTests
{
    private DisposeScope scope = null!;

    [SetUp]
    public void Open() => scope = NewDisposeScope();

    [TearDown]
    public void Close() => scope.Dispose();

    [TestCase("gpt2")]
    [TestCase("llama")]
    [TestCase("gpt_neox")]
    [TestCase("gemma2")]
    public void Effective_embedding_is_the_stream_after_block_0_without_attention_and_position(string shape)
    {
        using HookedTransformer model = SmallShapes.Create(shape);
        int[] tokens = [3, 16, 7];
        ForwardHook Silent(HookPoint point) => new(point, (activation, _) => zeros_like(activation));
        ForwardHook[] silence = model.Config.Positions == PositionScheme.Learned ? [Silent(Hook.AttnOut(0)), Silent(Hook.PosEmbed)] : [Silent(Hook.AttnOut(0))];

        Tensor expected = model.RunWithHooks(tensor(new long[] { 3, 16, 7 }, [3, 1]), new ForwardOptions { StopAtLayer = 1 }, silence).squeeze(1);
        Tensor effective = model.Weights.EffectiveEmbedding(tokens);

        Largest(effective - expected).Should().BeLessThan(1e-5);
        Largest(model.Weights.TokenVectors(tokens, TokenVector.Embedding) + model.Weights.TokenVectors(tokens, TokenVector.FirstMlp) - effective).Should().BeLessThan(1e-6);
    }

    /// <summary>By hand, number by number: the norm, the key/value head, the final norm with the written vector's own scale.</summary>
    [TestCase("gpt2")]
    [TestCase("llama")]
    public void Copy_score_path_number_by_number(string shape)
    {
        using HookedTransformer model = SmallShapes.Create(shape);
        ModelWeights weights = model.Weights;
        ModelConfig config = weights.Config;
        var head = new Head(2, config.Heads - 1);
        int[] tokens = [1, 4, 9, 12];
        double[,] x = Matrix(weights.EffectiveEmbedding(tokens));
        double[,] values = Matrix(weights["blocks.2.attn.W_V"][config.KeyValueHeads - 1]);
        double[,] output = Matrix(weights["blocks.2.attn.W_O"][head.Index]);
        double[,] unembedding = Matrix(weights["unembed.W_U"]);
        double[] bias = Vector("unembed.b_U");
        int[] ranks = OvRanks.Of(weights, head, tokens, tokens);
        int[] opposite = OvRanks.Of(weights, head, tokens, tokens, negative: true);
        double[,] linear = weights.OvLogits(head, tokens);

        for (int i = 0; i < tokens.Length; i++)
        {
            double[] read = Normalized([.. Enumerable.Range(0, config.DModel).Select(d => x[i, d])], "blocks.2.ln1");
            double[] written = Times(Times(read, values), output);
            double[] logits = Logits(Normalized(written, "ln_final"));
            double[] reversed = Logits(Normalized([.. written.Select(value => -value)], "ln_final"));
            ranks[i].Should().Be(logits.Count(logit => logit > logits[tokens[i]]));
            opposite[i].Should().Be(reversed.Count(logit => logit > reversed[tokens[i]]));
        }

        // The default path differs by the vector, by the scale and by what does not depend on the token.
        double[] embedding = Normalized([.. Enumerable.Range(0, config.DModel).Select(d => (double)weights["embed.W_E"][tokens[0], d].item<float>())], "blocks.2.ln1");
        double[] plain = Times(Times(embedding, values), output);
        double mean = config.Norm == NormKind.LayerNorm ? plain.Average() : 0;
        double[] gain = Vector("ln_final.w");
        double[] expected = Times([.. plain.Select((value, d) => (value - mean) * gain[d])], unembedding);
        for (int j = 0; j < tokens.Length; j++)
        {
            linear[0, j].Should().BeApproximately(expected[tokens[j]], 1e-4);
        }

        double[] Normalized(double[] vector, string name)
        {
            double middle = config.Norm == NormKind.LayerNorm ? vector.Average() : 0;
            double scale = Math.Sqrt(vector.Average(value => (value - middle) * (value - middle)) + config.NormEpsilon);
            double[] w = Vector(name + ".w");
            double[] b = weights.Contains(name + ".b") ? Vector(name + ".b") : new double[w.Length];
            return [.. vector.Select((value, d) => ((value - middle) / scale * w[d]) + b[d])];
        }

        double[] Logits(double[] final) => [.. Times(final, unembedding).Zip(bias, (logit, b) => logit + b)];

        double[] Vector(string name) => [.. weights[name].data<float>().ToArray().Select(value => (double)value)];
    }

    [Test]
    public void Scores_count_ranks_within_the_candidates()
    {
        using HookedTransformer model = SmallShapes.Create("llama");
        ModelWeights weights = model.Weights;
        int[] family = [2, 5, 8, 11, 14];
        var head = new Head(1, 3);

        foreach (int[]? among in (int[]?[])[null, [1, 2, 3, 5, 8, 11, 14]])
        {
            int[] copies = OvRanks.Of(weights, head, family, family, among);
            int[] successors = OvRanks.Of(weights, head, family[..^1], family[1..], among);
            weights.CopyScore(head, family, 3, among).Should().Be(copies.Average(rank => rank < 3 ? 1.0 : 0));
            weights.CopyScoresOf(family, 3, among)[head].Should().Be(weights.CopyScore(head, family, 3, among));
            weights.SuccessorScore(head, family, 3, among).Should().Be(successors.Average(rank => rank < 3 ? 1.0 : 0));
            weights.SuccessorScoresOf(family, 3, among)[head].Should().Be(weights.SuccessorScore(head, family, 3, among));
            weights.NegativeCopyScoresOf(family, 3, among)[head].Should().Be(weights.NegativeCopyScore(head, family, 3, among));
        }
    }

    [Test]
    public void A_head_that_counts_on_has_a_successor_score_of_one()
    {
        ModelConfig config = SmallTransformer.Config with { Layers = 1, Heads = 1, DModel = 12, DHead = 12, AttentionDivisor = [1] };
        using ModelWeights weights = SmallTransformer.Weights(
            parameters =>
            {
                parameters["embed.W_E"] = eye(17, 12);
                parameters["unembed.W_U"] = eye(12, 17);
                parameters["unembed.b_U"] = zeros(17);
                foreach (string name in parameters.Keys.Where(name => name.Contains("ln", StringComparison.Ordinal)).ToArray())
                {
                    parameters[name] = name.EndsWith('w') ? ones(12) : zeros(12);
                }

                parameters["blocks.0.mlp.W_out"] = zeros(20, 12);
                parameters["blocks.0.mlp.b_out"] = zeros(12);
                parameters["blocks.0.attn.W_V"] = eye(12).unsqueeze(0);
                parameters["blocks.0.attn.W_O"] = eye(12).roll(1, 1).unsqueeze(0);
            },
            config);
        int[] family = [0, 1, 2, 3, 4, 5];

        weights.SuccessorScore("0.0", family, 1).Should().Be(1);
        weights.CopyScore("0.0", family, 1).Should().Be(0);
        weights.SuccessorScore("0.0", [.. family.Reverse()], 1).Should().Be(0);
    }

    [Test]
    public void What_cannot_be_asked_is_said()
    {
        using HookedTransformer model = SmallShapes.Create("attention alone");
        ModelWeights weights = model.Weights;

        new Action(() => weights.EffectiveEmbedding([1])).Should().Throw<ArgumentException>().WithMessage("*attention alone*Embedding*");
        new Action(() => weights.CopyScore("0.0", [17], path: OvPath.FromEmbedding)).Should().Throw<ArgumentException>().WithMessage("*Token 17*ids 0 to 16*");
        new Action(() => weights.CopyScore("5.0", [1], path: OvPath.FromEmbedding)).Should().Throw<ArgumentException>().WithMessage("*no head 5.0*3 layers*");
        new Action(() => weights.SuccessorScore("0.0", [1])).Should().Throw<ArgumentException>().WithMessage("*family of 1*");
        new Action(() => weights.CopyScore("0.0", [1, 2], among: [2, 3], path: OvPath.FromEmbedding)).Should().Throw<ArgumentException>().WithMessage("*Token 1*candidates*");
        new Action(() => weights.OvLogits("0.0", [1])).Should().Throw<ArgumentException>().WithMessage("*two tokens*");
    }

    private static double Largest(Tensor difference) => difference.abs().max().item<float>();

    private static double[,] Matrix(Tensor tensor)
    {
        double[,] matrix = new double[tensor.shape[0], tensor.shape[1]];
        for (int i = 0; i < matrix.GetLength(0); i++)
        {
            for (int j = 0; j < matrix.GetLength(1); j++)
            {
                matrix[i, j] = tensor[i, j].item<float>();
            }
        }

        return matrix;
    }

    private static double[] Times(double[] row, double[,] matrix) =>
        [.. Enumerable.Range(0, matrix.GetLength(1)).Select(j => row.Select((value, i) => value * matrix[i, j]).Sum())];
}
