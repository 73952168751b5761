using System.Collections.Immutable;
using System.Text.RegularExpressions;
using static CircuitSpecs.Models.Architectures.StoredLayout;
using static TorchSharp.torch;

namespace CircuitSpecs.Models.Architectures;

/// <summary>What Llama, Mistral, Qwen2 and Gemma-2 have in common: RMSNorm, rotary embeddings, gated MLPs, grouped keys and values, and the names of it all.</summary>
public abstract partial class LlamaLayout : IArchitecture
{
    private const string Prefix = "model.";
    private const string Embed = "embed_tokens.weight";

    /// <inheritdoc/>
    public abstract string ModelType { get; }

    /// <summary>What is added to a stored norm weight: 1 in Gemma, which stores them minus one.</summary>
    protected virtual double NormOffset => 0;

    /// <summary>The names of a block's norms: after input_layernorm (ln1) the one that the MLP reads through (ln2), and those after attention and MLP if there are any.</summary>
    protected virtual (string Mlp, string? AfterAttention, string? AfterMlp) Norms => ("post_attention_layernorm", null, null);

    /// <inheritdoc/>
    public abstract ModelConfig ReadConfig(ConfigFile config);

    /// <inheritdoc/>
    public string CanonicalKey(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return key.StartsWith(Prefix, StringComparison.Ordinal) ? key[Prefix.Length..] : key;
    }

    /// <inheritdoc/>
    public bool IsBuffer(string canonicalKey) => FrequencyBuffer().IsMatch(canonicalKey);

    /// <inheritdoc/>
    public IEnumerable<TensorMapping> Map(ModelConfig config, ConfigFile file)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(file);
        yield return Embedding(config, Embed, EmbeddingScale(config));
        (bool query, bool output, bool mlp) = Biases(file);
        for (int layer = 0; layer < config.Layers; layer++)
        {
            foreach (TensorMapping mapping in MapBlock(config, $"layers.{layer}", $"blocks.{layer}", query, output, mlp))
            {
                yield return mapping;
            }
        }

        yield return Norm("norm.weight", config.DModel, "ln_final.w");
        foreach (TensorMapping mapping in Head(config, "lm_head", Embed))
        {
            yield return mapping;
        }
    }

    /// <summary>What embeddings are multiplied by as they are read.</summary>
    /// <param name="config">The shape of the model.</param>
    protected virtual double EmbeddingScale(ModelConfig config) => 1;

    /// <summary>Which linear maps have biases: those of queries, keys and values; that of the output; those of the MLP.</summary>
    /// <param name="config">The configuration.</param>
    protected virtual (bool Readers, bool Writer, bool Mlp) Biases(ConfigFile config)
    {
        ArgumentNullException.ThrowIfNull(config);
        bool attention = config.Flag("attention_bias", otherwise: false);
        return (attention, attention, config.Flag("mlp_bias", otherwise: false));
    }

    /// <summary>The part of the configuration that all of them have.</summary>
    /// <param name="config">A configuration.</param>
    /// <param name="activationKey">The key of the activation function.</param>
    /// <param name="activation">The activation function without that key.</param>
    /// <param name="tied">Whether the unembedding is tied where the configuration does not say.</param>
    protected ModelConfig ReadCommon(ConfigFile config, string activationKey = "hidden_act", string activation = "silu", bool tied = false)
    {
        ArgumentNullException.ThrowIfNull(config);
        config.RequireOff("quantization_config");
        config.RequireOff("pruned_heads");
        int layers = config.Size("num_hidden_layers", atMost: 10_000);
        int width = config.Size("hidden_size");
        int heads = config.Size("num_attention_heads");
        if (!config.Has("head_dim") && width % heads != 0)
        {
            throw config.Unexpected("num_attention_heads", $"a divisor of hidden_size ({width})");
        }

        int headWidth = config.Size("head_dim", otherwise: () => width / heads);
        int keyValueHeads = config.Size("num_key_value_heads", otherwise: () => heads);
        if (heads % keyValueHeads != 0)
        {
            throw config.Unexpected("num_key_value_heads", $"a divisor of num_attention_heads ({heads})");
        }

        return new ModelConfig
        {
            ModelType = ModelType,
            Layers = layers,
            DModel = width,
            Heads = heads,
            KeyValueHeads = keyValueHeads,
            DHead = headWidth,
            DMlp = config.Size("intermediate_size"),
            GatedMlp = true,
            Norm = NormKind.RmsNorm,
            Positions = PositionScheme.Rotary,
            Rotary = RotaryOptions.Read(config, headWidth),
            Vocabulary = config.Size("vocab_size"),
            Context = config.Size("max_position_embeddings", otherwise: () => 2048),
            Activation = ActivationNames.Read(config, activationKey, activation),
            NormEpsilon = config.Positive("rms_norm_eps", otherwise: 1e-6),
            TiedUnembedding = config.Flag("tie_word_embeddings", otherwise: tied),
            AttentionDivisor = [.. Enumerable.Repeat(Math.Sqrt(headWidth), layers)],
            BosToken = config.Token("bos_token_id"),
            EosToken = config.Token("eos_token_id"),
        };
    }

    /// <summary>The windows of layers that <c>layer_types</c> lists, or that a rule chooses where there is no list.</summary>
    /// <param name="config">A configuration.</param>
    /// <param name="layers">Number of layers.</param>
    /// <param name="window">Keys that a query of a sliding layer sees; null: no layer slides.</param>
    /// <param name="slides">Whether a layer slides, without a list.</param>
    protected static ImmutableArray<int?> Windows(ConfigFile config, int layers, int? window, Func<int, bool> slides)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(slides);
        if (!config.Has("layer_types"))
        {
            return [.. Enumerable.Range(0, layers).Select(layer => window is not null && slides(layer) ? window : null)];
        }

        string[] types = config.Texts("layer_types");
        if (types.Length != layers || !types.All(type => type is "full_attention" or "sliding_attention") || (window is null && types.Contains("sliding_attention")))
        {
            throw config.Unexpected("layer_types", $"{layers} times full_attention or, with a sliding_window, sliding_attention");
        }

        return [.. types.Select(type => type == "sliding_attention" ? window : null)];
    }

    [GeneratedRegex(@"^(layers\.\d+\.self_attn\.)?rotary_emb\.inv_freq$")]
    private static partial Regex FrequencyBuffer();

    private IEnumerable<TensorMapping> MapBlock(ModelConfig config, string from, string to, bool readerBias, bool writerBias, bool mlpBias)
    {
        (long width, long heads, long keyValueHeads, long headWidth, long neurons) = (config.DModel, config.Heads, config.KeyValueHeads, config.DHead, config.DMlp);
        yield return Norm($"{from}.input_layernorm.weight", width, $"{to}.ln1.w");
        foreach ((string role, string key, long count) in ((string, string, long)[])[("Q", "q_proj", heads), ("K", "k_proj", keyValueHeads), ("V", "v_proj", keyValueHeads)])
        {
            yield return Readers($"{from}.self_attn.{key}.weight", count, headWidth, width, $"{to}.attn.W_{role}", readerBias ? null : $"{to}.attn.b_{role}");
            if (readerBias)
            {
                yield return ReaderBias($"{from}.self_attn.{key}.bias", count, headWidth, $"{to}.attn.b_{role}");
            }
        }

        yield return Writer($"{from}.self_attn.o_proj.weight", heads, headWidth, width, $"{to}.attn.W_O", writerBias ? null : $"{to}.attn.b_O");
        if (writerBias)
        {
            yield return Rename($"{from}.self_attn.o_proj.bias", [width], WeightScope.Attention, $"{to}.attn.b_O");
        }

        (string mlpNorm, string? afterAttention, string? afterMlp) = Norms;
        yield return Norm($"{from}.{mlpNorm}.weight", width, $"{to}.ln2.w");
        if (afterAttention is not null && afterMlp is not null)
        {
            yield return Norm($"{from}.{afterAttention}.weight", width, $"{to}.ln1_post.w");
            yield return Norm($"{from}.{afterMlp}.weight", width, $"{to}.ln2_post.w");
        }

        yield return Linear($"{from}.mlp.gate_proj.weight", neurons, width, $"{to}.mlp.W_gate");
        yield return Linear($"{from}.mlp.up_proj.weight", neurons, width, $"{to}.mlp.W_in", mlpBias ? null : $"{to}.mlp.b_in");
        yield return Linear($"{from}.mlp.down_proj.weight", width, neurons, $"{to}.mlp.W_out", mlpBias ? null : $"{to}.mlp.b_out");
        if (mlpBias)
        {
            yield return Rename($"{from}.mlp.gate_proj.bias", [neurons], WeightScope.All, $"{to}.mlp.b_gate");
            yield return Rename($"{from}.mlp.up_proj.bias", [neurons], WeightScope.All, $"{to}.mlp.b_up");
            yield return Rename($"{from}.mlp.down_proj.bias", [width], WeightScope.All, $"{to}.mlp.b_out");
        }
    }

    private TensorMapping Norm(string key, long width, string name) =>
        Make(key, [width], WeightScope.Attention, [name], stored => [(name, NormOffset == 0 ? stored : stored + NormOffset)]);
}
