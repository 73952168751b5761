using System.Collections.Immutable;
using System.Text.RegularExpressions;
using static CircuitSpecs.Models.Architectures.StoredLayout;
using static TorchSharp.torch;

namespace CircuitSpecs.Models.Architectures;

/// <summary>
/// GPT-2 as Hugging Face stores it (<c>GPT2LMHeadModel</c>): linear maps as [in, out], q, k and v side by side in <c>c_attn</c>, keys with or
/// without <c>transformer.</c> in front, buffers of the causal mask in old checkpoints.
/// </summary>
public sealed partial class Gpt2Architecture : IArchitecture
{
    private const string Prefix = "transformer.";
    private const string Embed = "wte.weight";

    /// <inheritdoc/>
    public string ModelType => "gpt2";

    /// <inheritdoc/>
    public ModelConfig ReadConfig(ConfigFile config)
    {
        ArgumentNullException.ThrowIfNull(config);
        config.RequireOff("add_cross_attention");
        config.RequireOff("is_encoder_decoder");
        config.RequireOff("pruned_heads");
        config.RequireOff("quantization_config");

        int layers = config.Size("n_layer", atMost: 10_000);
        int width = config.Size("n_embd");
        int heads = config.Size("n_head");
        if (width % heads != 0)
        {
            throw config.Unexpected("n_head", $"a divisor of n_embd ({width})");
        }

        int context = config.Size(config.Has("n_positions") ? "n_positions" : "n_ctx");
        if (config.Has("n_ctx") && config.Size("n_ctx") != context)
        {
            throw config.Unexpected("n_ctx", $"the same as n_positions ({context})");
        }

        int headWidth = width / heads;
        return new ModelConfig
        {
            ModelType = ModelType,
            Layers = layers,
            DModel = width,
            Heads = heads,
            DHead = headWidth,
            DMlp = config.Size("n_inner", otherwise: () => 4 * width),
            Vocabulary = config.Size("vocab_size"),
            Context = context,
            Activation = ActivationNames.Read(config, "activation_function", "gelu_new"),
            NormEpsilon = config.Positive("layer_norm_epsilon", otherwise: 1e-5),
            TiedUnembedding = config.Flag("tie_word_embeddings", otherwise: true),
            AttentionDivisor = ReadDivisors(config, layers, headWidth),
            BosToken = config.Token("bos_token_id"),
            EosToken = config.Token("eos_token_id"),
        };
    }

    /// <inheritdoc/>
    public string CanonicalKey(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return key.StartsWith(Prefix, StringComparison.Ordinal) ? key[Prefix.Length..] : key;
    }

    /// <inheritdoc/>
    public bool IsBuffer(string canonicalKey) => MaskBuffer().IsMatch(canonicalKey);

    /// <inheritdoc/>
    public IEnumerable<TensorMapping> Map(ModelConfig config, ConfigFile file)
    {
        ArgumentNullException.ThrowIfNull(config);
        yield return Embedding(config, Embed);
        yield return Rename("wpe.weight", [config.Context, config.DModel], WeightScope.Attention, "pos_embed.W_pos");
        for (int layer = 0; layer < config.Layers; layer++)
        {
            foreach (TensorMapping mapping in MapBlock(config, $"h.{layer}", $"blocks.{layer}"))
            {
                yield return mapping;
            }
        }

        foreach (TensorMapping mapping in LayerNorm("ln_f", config.DModel, "ln_final").Concat(Head(config, "lm_head", Embed)))
        {
            yield return mapping;
        }
    }

    [GeneratedRegex(@"^h\.\d+\.attn\.(bias|masked_bias)$")]
    private static partial Regex MaskBuffer();

    private static ImmutableArray<double> ReadDivisors(ConfigFile config, int layers, int headWidth)
    {
        // Only the order and precision of the same computation: nothing to do in float32, but a value that is no flag is damage.
        _ = config.Flag("reorder_and_upcast_attn", otherwise: false);
        double divisor = config.Flag("scale_attn_weights", otherwise: true) ? Math.Sqrt(headWidth) : 1;
        bool byLayer = config.Flag("scale_attn_by_inverse_layer_idx", otherwise: false);
        return [.. Enumerable.Range(0, layers).Select(layer => byLayer ? divisor * (layer + 1) : divisor)];
    }

    private static IEnumerable<TensorMapping> MapBlock(ModelConfig config, string from, string to)
    {
        (long width, long neurons, long heads, long headWidth) = (config.DModel, config.DMlp, config.Heads, config.DHead);
        return
        [
            Rename($"{from}.ln_1.weight", [width], WeightScope.Attention, $"{to}.ln1.w"),
            Rename($"{from}.ln_1.bias", [width], WeightScope.Attention, $"{to}.ln1.b"),
            Make($"{from}.attn.c_attn.weight", [width, 3 * width], WeightScope.Attention, ThreeNames($"{to}.attn.W_"), stored =>
                Three($"{to}.attn.W_", stored.view(width, 3, heads, headWidth).permute(1, 2, 0, 3).contiguous())),
            Make($"{from}.attn.c_attn.bias", [3 * width], WeightScope.Attention, ThreeNames($"{to}.attn.b_"), stored =>
                Three($"{to}.attn.b_", stored.view(3, heads, headWidth))),
            Make($"{from}.attn.c_proj.weight", [width, width], WeightScope.Attention, [$"{to}.attn.W_O"], stored =>
                [($"{to}.attn.W_O", stored.view(heads, headWidth, width))]),
            Rename($"{from}.attn.c_proj.bias", [width], WeightScope.Attention, $"{to}.attn.b_O"),
            Rename($"{from}.ln_2.weight", [width], WeightScope.Attention, $"{to}.ln2.w"),
            Rename($"{from}.ln_2.bias", [width], WeightScope.Attention, $"{to}.ln2.b"),
            Rename($"{from}.mlp.c_fc.weight", [width, neurons], WeightScope.All, $"{to}.mlp.W_in"),
            Rename($"{from}.mlp.c_fc.bias", [neurons], WeightScope.All, $"{to}.mlp.b_in"),
            Rename($"{from}.mlp.c_proj.weight", [neurons, width], WeightScope.All, $"{to}.mlp.W_out"),
            Rename($"{from}.mlp.c_proj.bias", [width], WeightScope.All, $"{to}.mlp.b_out"),
        ];
    }

    private static ImmutableArray<string> ThreeNames(string name) => [$"{name}Q", $"{name}K", $"{name}V"];

    private static IEnumerable<(string Name, Tensor Value)> Three(string name, Tensor stacked) =>
        [($"{name}Q", stacked.select(0, 0)), ($"{name}K", stacked.select(0, 1)), ($"{name}V", stacked.select(0, 2))];
}
