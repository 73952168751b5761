using CircuitSpecs.Analysis;
using CircuitSpecs.Components;
using CircuitSpecs.Models;
using CircuitSpecs.Tests.Transformer;
using CircuitSpecs.Transformer;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Tests.Analysis;

/// <summary>Circuits, scores and neurons on small random models of other shapes than GPT-2, against dense products.</summary>
public sealed class CircuitShapeTests
{
    private DisposeScope scope = null!;

    [SetUp]
    public void Open() => scope = NewDisposeScope();

    [TearDown]
    public void Close() => scope.Dispose();

    [TestCaseSource(typeof(SmallShapes), nameof(SmallShapes.Names))]
    public void Circuits_read_the_keys_and_values_of_their_group(string shape)
    {
        using HookedTransformer model = SmallShapes.Create(shape);
        ModelWeights weights = model.Weights;
        foreach (Head head in Head.AllIn(model.Config))
        {
            (Tensor qk, Tensor ov) = Dense(weights, head, fold: false);

            Same(weights.QkCircuit(head).Materialize(), qk);
            Same(weights.OvCircuit(head).Materialize(), ov);
            Same(weights.QkCircuits(head.Layer)[head.Index].Materialize(), qk);
            Same(weights.OvCircuits(head.Layer)[head.Index].Materialize(), ov);
            weights.HeadParameterNorms("W_K")[head].Should().BeApproximately(Wide(weights[$"blocks.{head.Layer}.attn.W_K"][model.Config.KeyValueHeadOf(head.Index)]).norm().item<double>(), 1e-9);
        }
    }

    [TestCaseSource(typeof(SmallShapes), nameof(SmallShapes.Names))]
    public void Scores_are_those_of_vocabulary_by_vocabulary(string shape)
    {
        using HookedTransformer model = SmallShapes.Create(shape);
        ModelWeights weights = model.Weights;
        HeadTable copying = weights.OvCopyingScores(foldLayerNorm: true);
        HeadTable matching = weights.QkMatchingScores(foldLayerNorm: true);
        Tensor embedding = Wide(weights["embed.W_E"]);
        Tensor unembedding = Wide(weights["unembed.W_U"]) * Gain(weights, "ln_final").unsqueeze(-1);
        foreach (Head head in Head.AllIn(model.Config))
        {
            (Tensor qk, Tensor ov) = Dense(weights, head, fold: true);
            Tensor full = embedding.matmul(ov).matmul(unembedding);

            Same(weights.FullOvCircuit(head, foldLayerNorm: true).Materialize(), full);
            Share(full).Should().BeApproximately(copying[head], 1e-7);
            Share(embedding.matmul(qk).matmul(embedding.transpose(0, 1))).Should().BeApproximately(matching[head], 1e-7);
            weights.OvCopyingScore(head, foldLayerNorm: true).Should().BeApproximately(copying[head], 1e-9);
            weights.QkMatchingScore(head, foldLayerNorm: true).Should().BeApproximately(matching[head], 1e-9);
        }

        static double Share(Tensor dense)
        {
            Tensor eigenvalues = linalg.eigvals(dense);
            return (eigenvalues.real.sum() / eigenvalues.abs().sum()).item<double>();
        }
    }

    [TestCaseSource(typeof(SmallShapes), nameof(SmallShapes.Names))]
    public void Composition_of_dense_products(string shape)
    {
        using HookedTransformer model = SmallShapes.Create(shape);
        ModelWeights weights = model.Weights;
        Head[] heads = [.. Head.AllIn(model.Config)];
        foreach (CompositionKind kind in Enum.GetValues<CompositionKind>())
        {
            CompositionScores scores = weights.CompositionScores(kind);
            foreach (Head from in heads)
            {
                foreach (Head into in heads.Where(into => into.Layer > from.Layer))
                {
                    Tensor written = Dense(weights, from, fold: false).Ov;
                    (Tensor qk, Tensor ov) = Dense(weights, into, fold: false);
                    Tensor read = kind switch { CompositionKind.Query => qk, CompositionKind.Key => qk.transpose(0, 1), _ => ov };
                    scores[from, into].Should().BeApproximately((written.matmul(read).norm() / (written.norm() * read.norm())).item<double>(), 1e-9);
                }
            }
        }

        new Action(() => _ = weights.CompositionScores(CompositionKind.Key)["1.0", "1.1"]).Should().Throw<ArgumentException>().WithMessage("*earlier layer*");
    }

    [Test]
    public void Positions_that_are_not_learned_have_no_scores_of_their_own()
    {
        using HookedTransformer model = SmallShapes.Create("llama");

        new Action(() => model.Weights.PositionalShare("0.0")).Should().Throw<ArgumentException>().WithMessage("*no learned positions (Rotary)*");
    }

    [Test]
    public void Positional_profile_is_attention_of_a_model_whose_tokens_say_nothing()
    {
        // Positions of mean zero and norm √width pass a LayerNorm without change.
        using HookedTransformer model = SmallTransformer.Create(parameters =>
        {
            Tensor positions = parameters["pos_embed.W_pos"] - parameters["pos_embed.W_pos"].mean([-1], keepdim: true);
            parameters["pos_embed.W_pos"] = positions / positions.square().mean([-1], keepdim: true).sqrt();
            parameters["embed.W_E"] = zeros(17, 12);
            parameters["blocks.0.ln1.b"] = zeros(12);
        });
        using CachedRun run = model.RunWithCache(zeros([1, model.Config.Context], ScalarType.Int64), Hook.Pattern(0));
        for (int head = 0; head < model.Config.Heads; head++)
        {
            Tensor pattern = run.Cache[Hook.Pattern(0)][0, head];
            double[] profile = [.. model.Weights.PositionalProfile(new Head(0, head), foldLayerNorm: true, biases: true)];

            profile.Should().HaveCount(model.Config.Context);
            for (int offset = 0; offset < profile.Length; offset++)
            {
                float[] attention = pattern.diagonal(-offset).contiguous().data<float>().ToArray();
                profile[offset].Should().BeApproximately(attention.Skip(offset == 0 ? 1 : 0).Average(value => (double)value), 1e-5);
            }
        }
    }

    [Test]
    public void Neurons_of_gated_mlps_have_two_inputs()
    {
        using HookedTransformer model = SmallShapes.Create("llama");
        ModelWeights weights = model.Weights;
        NeuronTable up = weights.InputOutputCosines();
        NeuronTable gate = weights.InputOutputCosines(NeuronInput.Gate, foldLayerNorm: true);
        NeuronTable both = weights.GateInputCosines();
        Tensor output = Wide(weights["blocks.1.mlp.W_out"])[4];
        Tensor read = Wide(weights["blocks.1.mlp.W_in"]).select(1, 4);
        Tensor gating = Wide(weights["blocks.1.mlp.W_gate"]).select(1, 4);

        up[new Neuron(1, 4)].Should().BeApproximately(Cosine(read, output), 1e-9);
        gate[new Neuron(1, 4)].Should().BeApproximately(Cosine(gating * Gain(weights, "blocks.1.ln2"), output), 1e-9);
        both[new Neuron(1, 4)].Should().BeApproximately(Cosine(read, gating), 1e-9);
        up.Lowest(1)[0].Value.Should().Be(up.Layers.SelectMany(layer => up.OfLayer(layer)).Min());
        new Action(() => _ = up[new Neuron(1, 20)]).Should().Throw<KeyNotFoundException>().WithMessage("*20 neurons*");
        using HookedTransformer plain = SmallShapes.Create("gpt2");
        new Action(() => plain.Weights.InputOutputCosines(NeuronInput.Gate)).Should().Throw<ArgumentException>().WithMessage("*no gates*");
        using HookedTransformer attention = SmallShapes.Create("attention alone");
        new Action(() => NeuronVocabulary.Of(attention.Weights)).Should().Throw<ArgumentException>().WithMessage("*no neurons*");

        static double Cosine(Tensor a, Tensor b) => (a.dot(b) / (a.norm() * b.norm())).item<double>();
    }

    [Test]
    public void Moments_over_the_vocabulary_by_hand()
    {
        using HookedTransformer model = SmallShapes.Create("llama");
        ModelWeights weights = model.Weights;
        var vocabulary = NeuronVocabulary.Of(weights, 2);
        double[] logits = Wide(weights["blocks.2.mlp.W_out"])[7].unsqueeze(0).matmul(Wide(weights["unembed.W_U"])).data<double>().ToArray();
        double mean = logits.Average();
        double Moment(int power) => logits.Average(logit => Math.Pow(logit - mean, power));
        var neuron = new Neuron(2, 7);

        vocabulary.Variance[neuron].Should().BeApproximately(Moment(2), 1e-9);
        vocabulary.Skew[neuron].Should().BeApproximately(Moment(3) / Math.Pow(Moment(2), 1.5), 1e-7);
        vocabulary.Kurtosis[neuron].Should().BeApproximately(Moment(4) / (Moment(2) * Moment(2)), 1e-7);
        NeuronVocabulary.TopTokens(weights, neuron, 3).Select(token => token.Logit).Should().Equal(logits.OrderDescending().Take(3));
        new Action(() => _ = vocabulary.Skew[new Neuron(0, 0)]).Should().Throw<KeyNotFoundException>().WithMessage("*does not cover layer 0*");
    }

    private static (Tensor Qk, Tensor Ov) Dense(ModelWeights weights, Head head, bool fold)
    {
        string block = $"blocks.{head.Layer}";
        int group = weights.Config.Heads / weights.Config.KeyValueHeads;
        Tensor gain = fold ? Gain(weights, $"{block}.ln1").unsqueeze(-1) : ones(12, 1, ScalarType.Float64);
        Tensor Of(string role, int index) => Wide(weights[$"{block}.attn.W_{role}"][index]);
        return ((gain * Of("Q", head.Index)).matmul((gain * Of("K", head.Index / group)).transpose(0, 1)), (gain * Of("V", head.Index / group)).matmul(Of("O", head.Index)));
    }

    private static Tensor Gain(ModelWeights weights, string norm) => weights.TryGet($"{norm}.w", out Tensor? gain) ? Wide(gain) : ones(12, ScalarType.Float64);

    private static Tensor Wide(Tensor tensor) => tensor.to(ScalarType.Float64);

    private static void Same(Tensor actual, Tensor expected) => (actual - expected).abs().max().item<double>().Should().BeLessThan(1e-10);
}
