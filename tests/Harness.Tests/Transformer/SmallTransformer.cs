using System.Collections.Immutable;
using CircuitSpecs.Models;
using CircuitSpecs.Prompts;
using CircuitSpecs.Transformer;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Tests.Transformer;

/// <summary>A random transformer with every kind of parameter: 3 layers, d_model 12, 3 heads of 4, 20 neurons, 17 tokens, context 10.</summary>
internal static class SmallTransformer
{
    public static ModelConfig Config { get; } = new()
    {
        ModelType = "gpt2",
        Layers = 3,
        DModel = 12,
        Heads = 3,
        DHead = 4,
        DMlp = 20,
        Vocabulary = 17,
        Context = 10,
        Activation = ActivationFunction.GeluTanh,
        NormEpsilon = 1e-5,
        TiedUnembedding = false,
        AttentionDivisor = [2, 2, 2],
    };

    /// <summary>As Llama: 4 query heads that share 2 heads of keys and values, rotary embeddings, RMSNorm, a gated MLP.</summary>
    public static ModelConfig Grouped { get; } = Config with
    {
        ModelType = "llama",
        Heads = 4,
        KeyValueHeads = 2,
        Positions = PositionScheme.Rotary,
        Rotary = new RotaryEmbedding { Dimensions = 4, Base = 100 },
        Norm = NormKind.RmsNorm,
        GatedMlp = true,
        Activation = ActivationFunction.Silu,
    };

    /// <summary>As GPT-NeoX: attention and MLP read the same residual stream, each through a norm of its own; half of a head is rotated.</summary>
    public static ModelConfig Parallel { get; } = Config with
    {
        ModelType = "gpt_neox",
        ParallelBlock = true,
        Positions = PositionScheme.Rotary,
        Rotary = new RotaryEmbedding { Dimensions = 2, Base = 100 },
    };

    /// <summary>As Gemma 2: norms after attention and MLP, bounded scores and logits, windows.</summary>
    public static ModelConfig PostNormed { get; } = Grouped with { ModelType = "gemma2", PostNorms = true, AttentionSoftCap = 5, LogitSoftCap = 3, AttentionWindow = [3, null, 3] };

    /// <summary>The shapes by model type, for fixtures.</summary>
    public static IReadOnlyDictionary<string, ModelConfig> Shapes { get; } = new[] { Config, Grouped, Parallel }.ToDictionary(config => config.ModelType);

    /// <summary>The model, after its parameters were changed by name.</summary>
    public static HookedTransformer Create(Action<Dictionary<string, Tensor>>? change = null, ModelConfig? config = null) => new(Weights(change, config));

    public static ModelWeights Weights(Action<Dictionary<string, Tensor>>? change = null, ModelConfig? config = null)
    {
        using DisposeScope scope = NewDisposeScope();
        ModelConfig shape = config ?? Config;
        var random = new Random(5);
        var parameters = new Dictionary<string, Tensor>();
        (int width, int heads, int size, int neurons) = (shape.DModel, shape.Heads, shape.DHead, shape.DMlp);
        Add("embed.W_E", shape.Vocabulary, width);
        if (shape.Positions == PositionScheme.Learned)
        {
            Add("pos_embed.W_pos", shape.Context, width);
        }

        for (int layer = 0; layer < shape.Layers; layer++)
        {
            string block = $"blocks.{layer}.";
            Norm(block + "ln1");
            if (!shape.AttentionOnly)
            {
                Norm(block + "ln2");
            }

            if (shape.PostNorms)
            {
                Norm(block + "ln1_post");
                Norm(block + "ln2_post");
            }

            foreach (string role in (string[])["Q", "K", "V"])
            {
                int count = role == "Q" ? heads : shape.KeyValueHeads;
                Add(block + $"attn.W_{role}", count, width, size);
                Add(block + $"attn.b_{role}", count, size);
            }

            Add(block + "attn.W_O", heads, size, width);
            Add(block + "attn.b_O", width);
            if (shape.AttentionOnly)
            {
                continue;
            }

            if (shape.GatedMlp)
            {
                Add(block + "mlp.W_gate", width, neurons);
            }

            Add(block + "mlp.W_in", width, neurons);
            Add(block + "mlp.b_in", neurons);
            Add(block + "mlp.W_out", neurons, width);
            Add(block + "mlp.b_out", width);
        }

        Norm("ln_final");
        Add("unembed.W_U", width, shape.Vocabulary);
        Add("unembed.b_U", shape.Vocabulary);
        change?.Invoke(parameters);
        return new ModelWeights("small", shape, parameters, "hash", WeightProcessing.None);

        void Norm(string name)
        {
            if (shape.Norm == NormKind.None)
            {
                return;
            }

            Add(name + ".w", width);
            parameters[name + ".w"] = parameters[name + ".w"] + 1;
            if (shape.Norm == NormKind.LayerNorm)
            {
                Add(name + ".b", width);
            }
        }

        void Add(string name, params long[] dimensions) =>
            parameters[name] = tensor(Enumerable.Range(0, (int)dimensions.Aggregate((a, b) => a * b)).Select(_ => (float)(random.NextDouble() - 0.5)).ToArray(), dimensions.AsSpan());
    }

    /// <summary>[2, 6] tokens.</summary>
    public static Tensor Tokens() => tensor(new long[] { 0, 3, 7, 16, 2, 3, 0, 5, 5, 1, 9, 12 }, [2, 6]);

    /// <summary>Prompts with answers, foils, corrupted twins and named positions, of two lengths.</summary>
    public static EvaluationSet Prompts(int seed = 1, int count = 7)
    {
        var random = new Random(seed);
        return new EvaluationSet("small", seed, Enumerable.Range(0, count).Select(i =>
        {
            int length = 5 + (i % 2);
            int[] tokens = [0, .. Enumerable.Range(1, length - 1).Select(_ => random.Next(1, Config.Vocabulary))];
            int[] corrupt = [.. tokens];
            corrupt[2] = (tokens[2] % (Config.Vocabulary - 1)) + 1;
            return new Prompt
            {
                Tokens = [.. tokens],
                Text = $"prompt {i}",
                Answer = random.Next(8),
                Foil = 8 + random.Next(8),
                Corrupt = [.. corrupt],
                Positions = ImmutableSortedDictionary<string, int>.Empty.Add("S", 2).Add("END", length - 1),
            };
        }));
    }
}
