using System.Text.RegularExpressions;
using static CircuitSpecs.Models.Architectures.StoredLayout;

namespace CircuitSpecs.Models.Architectures;

/// <summary>
/// The toy models that TransformerLens publishes in its own names and layouts (attn-only, gelu, solu): <c>config.json</c> has no <c>model_type</c> but <c>d_model</c>,
/// <c>n_layers</c> and so on, beside keys of the training that say nothing about the model.
/// </summary>
public sealed partial class TransformerLensArchitecture : IArchitecture
{
    /// <inheritdoc/>
    public string ModelType => "transformer_lens";

    /// <inheritdoc/>
    public bool Reads(ConfigFile config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return !config.Has("model_type") && config.Has("d_model") && config.Has("n_layers");
    }

    /// <inheritdoc/>
    public ModelConfig ReadConfig(ConfigFile config)
    {
        ArgumentNullException.ThrowIfNull(config);
        config.RequireOff("shortformer_pos");
        int layers = config.Size("n_layers", atMost: 10_000);
        int headWidth = config.Size("d_head");
        bool attentionOnly = config.Flag("attn_only", otherwise: false);
        int width = config.Size("d_model");
        return new ModelConfig
        {
            ModelType = ModelType,
            Layers = layers,
            DModel = width,
            Heads = config.Size("n_heads"),
            DHead = headWidth,
            DMlp = config.Size("d_mlp", otherwise: () => 4 * width),
            AttentionOnly = attentionOnly,
            Norm = (config.Has("normalization") ? config.Text("normalization") : "none") switch
            {
                "LN" or "LNPre" => NormKind.LayerNorm,
                "none" => NormKind.None,
                _ => throw config.Unexpected("normalization", "LN, LNPre or nothing"),
            },
            Vocabulary = config.Size("d_vocab"),
            Context = config.Size("n_ctx"),
            Activation = attentionOnly ? ActivationFunction.Relu : ReadActivation(config),
            NormEpsilon = 1e-5,
            TiedUnembedding = false,
            AttentionDivisor = [.. Enumerable.Repeat(Math.Sqrt(headWidth), layers)],
        };
    }

    /// <inheritdoc/>
    public string CanonicalKey(string key) => key;

    /// <inheritdoc/>
    public bool IsBuffer(string canonicalKey) => MaskBuffer().IsMatch(canonicalKey);

    /// <inheritdoc/>
    public IEnumerable<TensorMapping> Map(ModelConfig config, ConfigFile file)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(file);
        bool weighted = file.Has("normalization") && file.Text("normalization") == "LN";
        (long width, long vocabulary) = (config.DModel, config.Vocabulary);
        return
        [
            Same("embed.W_E", vocabulary, width),
            Same("pos_embed.W_pos", config.Context, width),
            .. Enumerable.Range(0, config.Layers).SelectMany(layer => MapBlock(config, $"blocks.{layer}", weighted)),
            .. weighted ? Norm("ln_final", width) : [],
            Same("unembed.W_U", width, vocabulary),
            Same("unembed.b_U", vocabulary),
        ];
    }

    [GeneratedRegex(@"^blocks\.\d+\.attn\.(mask|IGNORE)$")]
    private static partial Regex MaskBuffer();

    private static ActivationFunction ReadActivation(ConfigFile config) => config.Text("act_fn") switch
    {
        "relu" => ActivationFunction.Relu,
        "gelu" => ActivationFunction.Gelu,
        "gelu_new" => ActivationFunction.GeluTanh,
        "silu" => ActivationFunction.Silu,
        "solu" => ActivationFunction.Solu,
        "solu_ln" => ActivationFunction.SoluLayerNorm,
        _ => throw config.Unexpected("act_fn", "one of gelu, gelu_new, relu, silu, solu, solu_ln"),
    };

    private static IEnumerable<TensorMapping> MapBlock(ModelConfig config, string block, bool weighted)
    {
        (long width, long neurons, long heads, long headWidth) = (config.DModel, config.DMlp, config.Heads, config.DHead);
        return
        [
            .. weighted ? Norm($"{block}.ln1", width) : [],
            .. ((string[])["Q", "K", "V"]).SelectMany(role => (TensorMapping[])[Same($"{block}.attn.W_{role}", heads, width, headWidth), Same($"{block}.attn.b_{role}", heads, headWidth)]),
            Same($"{block}.attn.W_O", heads, headWidth, width),
            Same($"{block}.attn.b_O", width),
            .. config.AttentionOnly
                ? (TensorMapping[])[]
                : [
                    .. weighted ? Norm($"{block}.ln2", width) : [],
                    Same($"{block}.mlp.W_in", width, neurons),
                    Same($"{block}.mlp.b_in", neurons),
                    Same($"{block}.mlp.W_out", neurons, width),
                    Same($"{block}.mlp.b_out", width),
                    .. config.Activation == ActivationFunction.SoluLayerNorm ? Norm($"{block}.mlp.ln", neurons) : [],
                ],
        ];
    }

    private static IEnumerable<TensorMapping> Norm(string name, long width) => [Same($"{name}.w", width), Same($"{name}.b", width)];

    private static TensorMapping Same(string name, params long[] shape) =>
        Rename(name, [.. shape], name.Contains(".mlp.", StringComparison.Ordinal) || name.StartsWith("unembed", StringComparison.Ordinal) || name == "embed.W_E" ? WeightScope.All : WeightScope.Attention, name);
}
