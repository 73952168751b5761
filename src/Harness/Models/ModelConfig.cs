using System.Collections.Immutable;

namespace CircuitSpecs.Models;

/// <summary>
/// The shape of a transformer and every choice that its forward pass depends on. One forward pass serves all
/// architectures: it reads this record and knows no model families.
/// </summary>
public sealed record ModelConfig
{
    /// <summary>The architecture as Hugging Face names it (<c>model_type</c>), for messages only.</summary>
    public required string ModelType { get; init; }

    /// <summary>Number of blocks; TransformerLens <c>n_layers</c>.</summary>
    public required int Layers { get; init; }

    /// <summary>Width of the residual stream; <c>d_model</c>.</summary>
    public required int DModel { get; init; }

    /// <summary>Attention (query) heads a layer; <c>n_heads</c>.</summary>
    public required int Heads { get; init; }

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
}
