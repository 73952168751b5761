using CircuitSpecs.Models;
using CircuitSpecs.Tests.Transformer;
using CircuitSpecs.Transformer;
using static TorchSharp.torch;

namespace CircuitSpecs.Tests.Discovery;

/// <summary>Random models of every shape that edges and gradients have to know about.</summary>
internal static class SmallModels
{
    public static IEnumerable<string> Names => ["gpt2", "grouped", "parallel", "attention-only", "post-norms"];

    /// <summary>The model of a name.</summary>
    public static HookedTransformer Create(string name)
    {
        ModelConfig config = ConfigOf(name);
        return SmallTransformer.Create(
            parameters =>
            {
                var random = new Random(11);
                for (int layer = 0; layer < config.Layers; layer++)
                {
                    foreach (string role in (string[])["K", "V"])
                    {
                        parameters[$"blocks.{layer}.attn.W_{role}"] = Random(random, config.KeyValueHeads, config.DModel, config.DHead);
                        parameters[$"blocks.{layer}.attn.b_{role}"] = Random(random, config.KeyValueHeads, config.DHead);
                    }

                    if (config.GatedMlp)
                    {
                        parameters[$"blocks.{layer}.mlp.W_gate"] = Random(random, config.DModel, config.DMlp);
                    }

                    if (config.PostNorms)
                    {
                        parameters[$"blocks.{layer}.ln1_post.w"] = Random(random, config.DModel) + 1;
                        parameters[$"blocks.{layer}.ln2_post.w"] = Random(random, config.DModel) + 1;
                    }
                }
            },
            config);
    }

    private static ModelConfig ConfigOf(string name) => name switch
    {
        "gpt2" => SmallTransformer.Config,

        // Llama's kind: 4 query heads on 2 of keys and values, rotary, RMSNorm, gated MLP, in two layers.
        "grouped" => SmallTransformer.Config with
        {
            Layers = 2, Heads = 4, KeyValueHeads = 2, DHead = 4, Norm = NormKind.RmsNorm, GatedMlp = true, Activation = ActivationFunction.Silu, Positions = PositionScheme.Rotary,
            Rotary = new RotaryEmbedding { Dimensions = 4, Base = 100 }, AttentionDivisor = [2, 2],
        },
        "parallel" => SmallTransformer.Config with { ParallelBlock = true, Positions = PositionScheme.Rotary, Rotary = new RotaryEmbedding { Dimensions = 2, Base = 100, AdjacentPairs = true } },
        "attention-only" => SmallTransformer.Config with { AttentionOnly = true },
        "post-norms" => SmallTransformer.Config with { Layers = 2, PostNorms = true, Norm = NormKind.RmsNorm, AttentionSoftCap = 5, LogitSoftCap = 8, AttentionDivisor = [2, 2] },
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "There is no such small model."),
    };

    private static Tensor Random(Random random, params long[] shape) =>
        tensor(Enumerable.Range(0, (int)shape.Aggregate((a, b) => a * b)).Select(_ => (float)(random.NextDouble() - 0.5)).ToArray(), shape.AsSpan());
}
