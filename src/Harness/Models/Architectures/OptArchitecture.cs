using static CircuitSpecs.Models.Architectures.StoredLayout;

namespace CircuitSpecs.Models.Architectures;

/// <summary>OPT with its norms before the layers (<c>OPTForCausalLM</c>). Its position table has two rows in front that no position uses.</summary>
public sealed class OptArchitecture : IArchitecture
{
    private const string Embed = "embed_tokens.weight";
    private const int RowsInFront = 2;
    private static readonly string[] Prefixes = ["model.decoder.", "decoder."];

    /// <inheritdoc/>
    public string ModelType => "opt";

    /// <inheritdoc/>
    public ModelConfig ReadConfig(ConfigFile config)
    {
        ArgumentNullException.ThrowIfNull(config);
        config.RequireOff("quantization_config");
        config.RequireOff("_remove_final_layer_norm");
        config.RequireOn("do_layer_norm_before");
        config.RequireOn("enable_bias");
        config.RequireOn("layer_norm_elementwise_affine");
        int layers = config.Size("num_hidden_layers", atMost: 10_000);
        int width = config.Size("hidden_size");
        int heads = config.Size("num_attention_heads");
        if (width % heads != 0)
        {
            throw config.Unexpected("num_attention_heads", $"a divisor of hidden_size ({width})");
        }

        if (config.Size("word_embed_proj_dim", otherwise: () => width) != width)
        {
            throw config.Unexpected("word_embed_proj_dim", $"the same as hidden_size ({width}): projected embeddings are not supported");
        }

        int headWidth = width / heads;
        return new ModelConfig
        {
            ModelType = ModelType,
            Layers = layers,
            DModel = width,
            Heads = heads,
            DHead = headWidth,
            DMlp = config.Size("ffn_dim"),
            Vocabulary = config.Size("vocab_size"),
            Context = config.Size("max_position_embeddings"),
            Activation = ActivationNames.Read(config, "activation_function", "relu"),
            NormEpsilon = 1e-5,
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
        string? prefix = Array.Find(Prefixes, prefix => key.StartsWith(prefix, StringComparison.Ordinal));
        return prefix is null ? key : key[prefix.Length..];
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
            Make("embed_positions.weight", [config.Context + RowsInFront, config.DModel], WeightScope.Attention, ["pos_embed.W_pos"], stored =>
                [("pos_embed.W_pos", stored.narrow(0, RowsInFront, config.Context))]),
            .. Enumerable.Range(0, config.Layers).SelectMany(layer => MapBlock(config, $"layers.{layer}", $"blocks.{layer}")),
            .. LayerNorm("final_layer_norm", config.DModel, "ln_final"),
            .. Head(config, "lm_head", Embed),
        ];
    }

    private static IEnumerable<TensorMapping> MapBlock(ModelConfig config, string from, string to)
    {
        (long width, long neurons, long heads, long headWidth) = (config.DModel, config.DMlp, config.Heads, config.DHead);
        return
        [
            .. LayerNorm($"{from}.self_attn_layer_norm", width, $"{to}.ln1"),
            .. ((string[])["Q", "K", "V"]).SelectMany(role => (TensorMapping[])
            [
                Readers($"{from}.self_attn.{char.ToLowerInvariant(role[0])}_proj.weight", heads, headWidth, width, $"{to}.attn.W_{role}"),
                ReaderBias($"{from}.self_attn.{char.ToLowerInvariant(role[0])}_proj.bias", heads, headWidth, $"{to}.attn.b_{role}"),
            ]),
            Writer($"{from}.self_attn.out_proj.weight", heads, headWidth, width, $"{to}.attn.W_O"),
            Rename($"{from}.self_attn.out_proj.bias", [width], WeightScope.Attention, $"{to}.attn.b_O"),
            .. LayerNorm($"{from}.final_layer_norm", width, $"{to}.ln2"),
            Linear($"{from}.fc1.weight", neurons, width, $"{to}.mlp.W_in"),
            Rename($"{from}.fc1.bias", [neurons], WeightScope.All, $"{to}.mlp.b_in"),
            Linear($"{from}.fc2.weight", width, neurons, $"{to}.mlp.W_out"),
            Rename($"{from}.fc2.bias", [width], WeightScope.All, $"{to}.mlp.b_out"),
        ];
    }
}
