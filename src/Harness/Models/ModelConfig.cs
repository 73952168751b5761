using System.Collections.Immutable;

namespace CircuitSpecs.Models;

/// <summary>
/// The shape of a transformer and every choice that its forward pass depends on. One forward pass serves all
/// architectures: it reads this record and knows no model families.
/// </summary>
public sealed record ModelConfig
{
    private readonly int? keyValueHeads;

    /// <summary>The architecture as Hugging Face names it (<c>model_type</c>), for messages only.</summary>
    public required string ModelType { get; init; }

    /// <summary>Number of blocks; TransformerLens <c>n_layers</c>.</summary>
    public required int Layers { get; init; }

    /// <summary>Width of the residual stream; <c>d_model</c>.</summary>
    public required int DModel { get; init; }

    /// <summary>Attention (query) heads a layer; <c>n_heads</c>.</summary>
    public required int Heads { get; init; }

    /// <summary>
    /// Heads that keys and values have; <c>n_key_value_heads</c>. Fewer than <see cref="Heads"/> under grouped-query attention, where
    /// query head h reads key/value head h / (<see cref="Heads"/> / <see cref="KeyValueHeads"/>).
    /// </summary>
    public int KeyValueHeads
    {
        get => keyValueHeads ?? Heads;
        init => keyValueHeads = value;
    }

    /// <summary>Width of a head; <c>d_head</c>.</summary>
    public required int DHead { get; init; }

    /// <summary>Neurons of an MLP; <c>d_mlp</c>.</summary>
    public required int DMlp { get; init; }

    /// <summary>Number of token ids; <c>d_vocab</c>.</summary>
    public required int Vocabulary { get; init; }

    /// <summary>Longest prompt in tokens; <c>n_ctx</c>.</summary>
    public required int Context { get; init; }

    /// <summary>The MLPs' activation function.</summary>
    public required ActivationFunction Activation { get; init; }

    /// <summary>Whether the MLP multiplies act(x W_gate) with x W_in (SwiGLU, GeGLU); <c>gated_mlp</c>.</summary>
    public bool GatedMlp { get; init; }

    /// <summary>Whether the blocks are attention alone; <c>attn_only</c>.</summary>
    public bool AttentionOnly { get; init; }

    /// <summary>Whether attention and MLP both read the residual stream before the block, so that there is none between them; <c>parallel_attn_mlp</c>.</summary>
    public bool ParallelBlock { get; init; }

    /// <summary>How activations are normalised before each layer reads them.</summary>
    public NormKind Norm { get; init; } = NormKind.LayerNorm;

    /// <summary>Whether what attention and MLP write is normalised once more (Gemma-2: <c>ln1_post</c>, <c>ln2_post</c>); <c>use_normalization_before_and_after</c>.</summary>
    public bool PostNorms { get; init; }

    /// <summary>Whether a LayerNorm follows the embedding (Bloom: <c>embed.ln</c>); <c>post_embedding_ln</c>.</summary>
    public bool EmbeddingNorm { get; init; }

    /// <summary>How the model knows positions.</summary>
    public PositionScheme Positions { get; init; } = PositionScheme.Learned;

    /// <summary>The rotation of queries and keys; null unless <see cref="Positions"/> is <see cref="PositionScheme.Rotary"/>.</summary>
    public RotaryEmbedding? Rotary { get; init; }

    /// <summary>How many keys a query sees, itself included, layer by layer; null where it sees all before it. Empty: every layer sees all.</summary>
    public ImmutableArray<int?> AttentionWindow { get; init; } = [];

    /// <summary>c of c·tanh(score / c), which bounds attention scores before the mask; null without.</summary>
    public double? AttentionSoftCap { get; init; }

    /// <summary>c of c·tanh(logit / c), which bounds the logits; null without.</summary>
    public double? LogitSoftCap { get; init; }

    /// <summary>The ε under the square root of a normalisation.</summary>
    public required double NormEpsilon { get; init; }

    /// <summary>Whether the unembedding is the transposed embedding in the checkpoint.</summary>
    public required bool TiedUnembedding { get; init; }

    /// <summary>What attention scores are divided by, layer by layer: √d_head in GPT-2, √d_head·(layer + 1) in the Stanford models.</summary>
    public required ImmutableArray<double> AttentionDivisor { get; init; }

    /// <summary>The beginning-of-sequence token, if the configuration names one.</summary>
    public int? BosToken { get; init; }

    /// <summary>The end-of-sequence token, if the configuration names one.</summary>
    public int? EosToken { get; init; }

    /// <summary>Whether several query heads share one head of keys and values.</summary>
    public bool GroupsKeyValues => KeyValueHeads != Heads;

    /// <summary>The head of keys and values that a query head reads.</summary>
    /// <param name="head">A query head.</param>
    public int KeyValueHeadOf(int head) => head / (Heads / KeyValueHeads);

    /// <summary>How many keys a query sees in a layer, itself included; null where it sees all before it.</summary>
    /// <param name="layer">The layer.</param>
    public int? WindowOf(int layer) => AttentionWindow.IsDefaultOrEmpty ? null : AttentionWindow[layer];
}
