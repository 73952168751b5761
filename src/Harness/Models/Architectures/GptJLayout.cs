using System.Text.RegularExpressions;
using static CircuitSpecs.Models.Architectures.StoredLayout;

namespace CircuitSpecs.Models.Architectures;

/// <summary>
/// What GPT-J and CodeGen have in common: parallel blocks that read through one LayerNorm (shown twice, as ln1 and ln2), rotary embeddings of adjacent pairs,
/// no biases in the attention, a bias in the unembedding.
/// </summary>
public abstract partial class GptJLayout : IArchitecture
{
    private const string Prefix = "transformer.";
    private const string Embed = "wte.weight";

    /// <inheritdoc/>
    public abstract string ModelType { get; }

    /// <inheritdoc/>
    public virtual ModelConfig ReadConfig(ConfigFile config)
    {
        ArgumentNullException.ThrowIfNull(config);
        config.RequireOff("quantization_config");
        int layers = config.Size("n_layer", atMost: 10_000);
        int width = config.Size("n_embd");
        int heads = config.Size("n_head");
        if (width % heads != 0)
        {
            throw config.Unexpected("n_head", $"a divisor of n_embd ({width})");
        }

        int headWidth = width / heads;
        int rotated = config.Size("rotary_dim", otherwise: () => headWidth);
        if (rotated > headWidth)
        {
            throw config.Unexpected("rotary_dim", $"at most the width of a head ({headWidth})");
        }

        return new ModelConfig
        {
            ModelType = ModelType,
            Layers = layers,
            DModel = width,
            Heads = heads,
            DHead = headWidth,
            DMlp = config.Size("n_inner", otherwise: () => 4 * width),
            ParallelBlock = true,
            Positions = PositionScheme.Rotary,
            Rotary = RotaryOptions.Read(config, rotated) with { AdjacentPairs = true },
            Vocabulary = config.Size("vocab_size"),
            Context = config.Size("n_positions"),
            Activation = ActivationNames.Read(config, "activation_function", "gelu_new"),
            NormEpsilon = config.Positive("layer_norm_epsilon", otherwise: 1e-5),
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
        return
        [
            Embedding(config, Embed),
            .. Enumerable.Range(0, config.Layers).SelectMany(layer => MapBlock(config, $"h.{layer}", $"blocks.{layer}")),
            .. LayerNorm("ln_f", config.DModel, "ln_final"),
            .. Head(config, "lm_head", Embed, hasBias: true),
        ];
    }

    /// <summary>The projections to queries, keys and values, which have no biases.</summary>
    /// <param name="config">The shape of the model.</param>
    /// <param name="from">The attention's prefix in the checkpoint.</param>
    /// <param name="to">The attention's TransformerLens prefix.</param>
    protected abstract IEnumerable<TensorMapping> MapReaders(ModelConfig config, string from, string to);

    [GeneratedRegex(@"^h\.\d+\.attn\.(bias|masked_bias|causal_mask|embed_positions)$")]
    private static partial Regex Buffer();

    private IEnumerable<TensorMapping> MapBlock(ModelConfig config, string from, string to)
    {
        (long width, long neurons) = (config.DModel, config.DMlp);
        return
        [
            Twice($"{from}.ln_1.weight", [width], WeightScope.Attention, $"{to}.ln1.w", $"{to}.ln2.w"),
            Twice($"{from}.ln_1.bias", [width], WeightScope.Attention, $"{to}.ln1.b", $"{to}.ln2.b"),
            .. MapReaders(config, $"{from}.attn", $"{to}.attn"),
            Writer($"{from}.attn.out_proj.weight", config.Heads, config.DHead, width, $"{to}.attn.W_O", $"{to}.attn.b_O"),
            Linear($"{from}.mlp.fc_in.weight", neurons, width, $"{to}.mlp.W_in"),
            Rename($"{from}.mlp.fc_in.bias", [neurons], WeightScope.All, $"{to}.mlp.b_in"),
            Linear($"{from}.mlp.fc_out.weight", width, neurons, $"{to}.mlp.W_out"),
            Rename($"{from}.mlp.fc_out.bias", [width], WeightScope.All, $"{to}.mlp.b_out"),
        ];
    }
}
