using static CircuitSpecs.Models.Architectures.StoredLayout;

namespace CircuitSpecs.Models.Architectures;

/// <summary>Bloom (<c>BloomForCausalLM</c>): ALiBi, a LayerNorm after the embedding, q, k and v fused head by head.</summary>
public sealed class BloomArchitecture : IArchitecture
{
    private const string Prefix = "transformer.";
    private const string Embed = "word_embeddings.weight";

    /// <inheritdoc/>
    public string ModelType => "bloom";

    /// <inheritdoc/>
    public ModelConfig ReadConfig(ConfigFile config)
    {
        ArgumentNullException.ThrowIfNull(config);
        config.RequireOff("quantization_config");
        config.RequireOff("apply_residual_connection_post_layernorm");
        int layers = config.Size(config.Has("n_layer") ? "n_layer" : "num_hidden_layers", atMost: 10_000);
        int width = config.Size(config.Has("hidden_size") ? "hidden_size" : "n_embed");
        string headsKey = config.Has("n_head") ? "n_head" : "num_attention_heads";
        int heads = config.Size(headsKey);
        if (width % heads != 0)
        {
            throw config.Unexpected(headsKey, $"a divisor of the width ({width})");
        }

        int headWidth = width / heads;
        return new ModelConfig
        {
            ModelType = ModelType,
            Layers = layers,
            DModel = width,
            Heads = heads,
            DHead = headWidth,
            DMlp = 4 * width,
            EmbeddingNorm = true,
            Positions = PositionScheme.Alibi,
            Vocabulary = config.Size("vocab_size"),
            Context = config.Size("seq_length", otherwise: () => 2048),
            Activation = ActivationFunction.GeluTanh,
            NormEpsilon = config.Positive("layer_norm_epsilon", otherwise: 1e-5),
            TiedUnembedding = config.Flag("tie_word_embeddings", otherwise: true),
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
    public bool IsBuffer(string canonicalKey) => false;

    /// <inheritdoc/>
    public IEnumerable<TensorMapping> Map(ModelConfig config, ConfigFile file)
    {
        ArgumentNullException.ThrowIfNull(config);
        return
        [
            Embedding(config, Embed),
            .. LayerNorm("word_embeddings_layernorm", config.DModel, "embed.ln"),
            .. Enumerable.Range(0, config.Layers).SelectMany(layer => MapBlock(config, $"h.{layer}", $"blocks.{layer}")),
            .. LayerNorm("ln_f", config.DModel, "ln_final"),
            .. Head(config, "lm_head", Embed),
        ];
    }

    private static IEnumerable<TensorMapping> MapBlock(ModelConfig config, string from, string to)
    {
        (long width, long neurons, long heads, long headWidth) = (config.DModel, config.DMlp, config.Heads, config.DHead);
        return
        [
            .. LayerNorm($"{from}.input_layernorm", width, $"{to}.ln1"),
            FusedReaders($"{from}.self_attention.query_key_value.weight", heads, headWidth, width, $"{to}.attn", zeroBiases: false),
            FusedReaderBiases($"{from}.self_attention.query_key_value.bias", heads, headWidth, $"{to}.attn"),
            Writer($"{from}.self_attention.dense.weight", heads, headWidth, width, $"{to}.attn.W_O"),
            Rename($"{from}.self_attention.dense.bias", [width], WeightScope.Attention, $"{to}.attn.b_O"),
            .. LayerNorm($"{from}.post_attention_layernorm", width, $"{to}.ln2"),
            Linear($"{from}.mlp.dense_h_to_4h.weight", neurons, width, $"{to}.mlp.W_in"),
            Rename($"{from}.mlp.dense_h_to_4h.bias", [neurons], WeightScope.All, $"{to}.mlp.b_in"),
            Linear($"{from}.mlp.dense_4h_to_h.weight", width, neurons, $"{to}.mlp.W_out"),
            Rename($"{from}.mlp.dense_4h_to_h.bias", [width], WeightScope.All, $"{to}.mlp.b_out"),
        ];
    }
}
