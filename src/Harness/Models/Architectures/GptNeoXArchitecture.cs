using System.Text.RegularExpressions;
using static CircuitSpecs.Models.Architectures.StoredLayout;

namespace CircuitSpecs.Models.Architectures;

/// <summary>
/// GPT-NeoX and Pythia (<c>GPTNeoXForCausalLM</c>): partial rotary embeddings, parallel blocks unless <c>use_parallel_residual</c> is off, q, k and v fused
/// head by head, buffers of masks and frequencies in published checkpoints.
/// </summary>
public sealed partial class GptNeoXArchitecture : IArchitecture
{
    private const string Prefix = "gpt_neox.";
    private const string Embed = "embed_in.weight";

    /// <inheritdoc/>
    public string ModelType => "gpt_neox";

    /// <inheritdoc/>
    public ModelConfig ReadConfig(ConfigFile config)
    {
        ArgumentNullException.ThrowIfNull(config);
        config.RequireOff("quantization_config");
        int layers = config.Size("num_hidden_layers", atMost: 10_000);
        int width = config.Size("hidden_size");
        int heads = config.Size("num_attention_heads");
        if (width % heads != 0)
        {
            throw config.Unexpected("num_attention_heads", $"a divisor of hidden_size ({width})");
        }

        int headWidth = width / heads;
        double share = config.Positive("rotary_pct", config.Positive("partial_rotary_factor", otherwise: 0.25));
        return new ModelConfig
        {
            ModelType = ModelType,
            Layers = layers,
            DModel = width,
            Heads = heads,
            DHead = headWidth,
            DMlp = config.Size("intermediate_size"),
            ParallelBlock = config.Flag("use_parallel_residual", otherwise: true),
            Positions = PositionScheme.Rotary,
            Rotary = RotaryOptions.Read(config, (int)(headWidth * share), baseKey: "rotary_emb_base"),
            Vocabulary = config.Size("vocab_size"),
            Context = config.Size("max_position_embeddings"),
            Activation = ActivationNames.Read(config, "hidden_act", "gelu"),
            NormEpsilon = config.Positive("layer_norm_eps", otherwise: 1e-5),
            TiedUnembedding = config.Flag("tie_word_embeddings", otherwise: false),
            AttentionDivisor = [.. Enumerable.Repeat(Math.Sqrt(headWidth), layers)],
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
    public bool IsBuffer(string canonicalKey) => Buffer().IsMatch(canonicalKey);

    /// <inheritdoc/>
    public IEnumerable<TensorMapping> Map(ModelConfig config, ConfigFile file)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(file);
        bool attentionBias = file.Flag("attention_bias", otherwise: true);
        return
        [
            Embedding(config, Embed),
            .. Enumerable.Range(0, config.Layers).SelectMany(layer => MapBlock(config, $"layers.{layer}", $"blocks.{layer}", attentionBias)),
            .. LayerNorm("final_layer_norm", config.DModel, "ln_final"),
            .. Head(config, "embed_out", Embed),
        ];
    }

    [GeneratedRegex(@"^layers\.\d+\.attention\.(bias|masked_bias|rotary_emb\.inv_freq)$")]
    private static partial Regex Buffer();

    private static IEnumerable<TensorMapping> MapBlock(ModelConfig config, string from, string to, bool attentionBias)
    {
        (long width, long neurons, long heads, long headWidth) = (config.DModel, config.DMlp, config.Heads, config.DHead);
        return
        [
            .. LayerNorm($"{from}.input_layernorm", width, $"{to}.ln1"),
            FusedReaders($"{from}.attention.query_key_value.weight", heads, headWidth, width, $"{to}.attn", zeroBiases: !attentionBias),
            Writer($"{from}.attention.dense.weight", heads, headWidth, width, $"{to}.attn.W_O", attentionBias ? null : $"{to}.attn.b_O"),
            .. attentionBias
                ? (TensorMapping[])[
                    FusedReaderBiases($"{from}.attention.query_key_value.bias", heads, headWidth, $"{to}.attn"),
                    Rename($"{from}.attention.dense.bias", [width], WeightScope.Attention, $"{to}.attn.b_O")]
                : [],
            .. LayerNorm($"{from}.post_attention_layernorm", width, $"{to}.ln2"),
            Linear($"{from}.mlp.dense_h_to_4h.weight", neurons, width, $"{to}.mlp.W_in"),
            Rename($"{from}.mlp.dense_h_to_4h.bias", [neurons], WeightScope.All, $"{to}.mlp.b_in"),
            Linear($"{from}.mlp.dense_4h_to_h.weight", width, neurons, $"{to}.mlp.W_out"),
            Rename($"{from}.mlp.dense_4h_to_h.bias", [width], WeightScope.All, $"{to}.mlp.b_out"),
        ];
    }
}
