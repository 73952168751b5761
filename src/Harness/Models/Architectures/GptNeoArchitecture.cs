using System.Collections.Immutable;
using System.Text.RegularExpressions;
using static CircuitSpecs.Models.Architectures.StoredLayout;

namespace CircuitSpecs.Models.Architectures;

/// <summary>GPT-Neo (<c>GPTNeoForCausalLM</c>): learned positions, local windows in some layers, attention scores that are not divided by √d_head.</summary>
public sealed partial class GptNeoArchitecture : IArchitecture
{
    private const string Prefix = "transformer.";
    private const string Embed = "wte.weight";

    /// <inheritdoc/>
    public string ModelType => "gpt_neo";

    /// <inheritdoc/>
    public ModelConfig ReadConfig(ConfigFile config)
    {
        ArgumentNullException.ThrowIfNull(config);
        config.RequireOff("quantization_config");
        int layers = config.Size("num_layers", atMost: 10_000);
        int width = config.Size("hidden_size");
        int heads = config.Size("num_heads");
        if (width % heads != 0)
        {
            throw config.Unexpected("num_heads", $"a divisor of hidden_size ({width})");
        }

        return new ModelConfig
        {
            ModelType = ModelType,
            Layers = layers,
            DModel = width,
            Heads = heads,
            DHead = width / heads,
            DMlp = config.Size("intermediate_size", otherwise: () => 4 * width),
            Vocabulary = config.Size("vocab_size"),
            Context = config.Size("max_position_embeddings"),
            Activation = ActivationNames.Read(config, "activation_function", "gelu_new"),
            NormEpsilon = config.Positive("layer_norm_epsilon", otherwise: 1e-5),
            TiedUnembedding = config.Flag("tie_word_embeddings", otherwise: true),
            AttentionDivisor = [.. Enumerable.Repeat(1.0, layers)],
            AttentionWindow = ReadWindows(config, layers),
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
        return
        [
            Embedding(config, Embed),
            Rename("wpe.weight", [config.Context, config.DModel], WeightScope.Attention, "pos_embed.W_pos"),
            .. Enumerable.Range(0, config.Layers).SelectMany(layer => MapBlock(config, $"h.{layer}", $"blocks.{layer}")),
            .. LayerNorm("ln_f", config.DModel, "ln_final"),
            .. Head(config, "lm_head", Embed),
        ];
    }

    [GeneratedRegex(@"^h\.\d+\.attn\.attention\.(bias|masked_bias)$")]
    private static partial Regex MaskBuffer();

    // attention_types is the older spelling: [[["global", "local"], 6]] repeats the pair six times.
    private static ImmutableArray<int?> ReadWindows(ConfigFile config, int layers)
    {
        string key = config.Has("attention_layers") ? "attention_layers" : "attention_types";
        string[] types = key == "attention_layers" ? config.Texts(key) : config.RepeatedTexts(key);
        if (types.Length != layers || !types.All(type => type is "global" or "local"))
        {
            throw config.Unexpected(key, $"{layers} times global or local");
        }

        int window = config.Size("window_size", otherwise: () => 256);
        return [.. types.Select(type => type == "local" ? window : (int?)null)];
    }

    private static IEnumerable<TensorMapping> MapBlock(ModelConfig config, string from, string to)
    {
        (long width, long neurons, long heads, long headWidth) = (config.DModel, config.DMlp, config.Heads, config.DHead);
        return
        [
            .. LayerNorm($"{from}.ln_1", width, $"{to}.ln1"),
            .. from role in (string[])["Q", "K", "V"]
               select Readers($"{from}.attn.attention.{char.ToLowerInvariant(role[0])}_proj.weight", heads, headWidth, width, $"{to}.attn.W_{role}", $"{to}.attn.b_{role}"),
            Writer($"{from}.attn.attention.out_proj.weight", heads, headWidth, width, $"{to}.attn.W_O"),
            Rename($"{from}.attn.attention.out_proj.bias", [width], WeightScope.Attention, $"{to}.attn.b_O"),
            .. LayerNorm($"{from}.ln_2", width, $"{to}.ln2"),
            Linear($"{from}.mlp.c_fc.weight", neurons, width, $"{to}.mlp.W_in"),
            Rename($"{from}.mlp.c_fc.bias", [neurons], WeightScope.All, $"{to}.mlp.b_in"),
            Linear($"{from}.mlp.c_proj.weight", width, neurons, $"{to}.mlp.W_out"),
            Rename($"{from}.mlp.c_proj.bias", [width], WeightScope.All, $"{to}.mlp.b_out"),
        ];
    }
}
