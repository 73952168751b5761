namespace CircuitSpecs.Analysis;

/// <summary>The path token → W_V W_O of a head → logits, and what of the norms on it counts.</summary>
/// <param name="Vector">What the head reads of a token.</param>
/// <param name="InputNorm">Whether that goes through the head's ln1 (scale, weight and shift) first; b_V is left out in any case.</param>
/// <param name="Final">How what is written is read.</param>
public sealed record OvPath(TokenVector Vector, bool InputNorm, FinalReading Final)
{
    /// <summary>The matrices alone, W_E W_V W_O W_U.</summary>
    public static OvPath Matrices { get; } = new(TokenVector.Embedding, InputNorm: false, FinalReading.Unembedding);

    /// <summary>From the embedding through ln1, and through the linear part of ln_final.</summary>
    public static OvPath FromEmbedding { get; } = new(TokenVector.Embedding, InputNorm: true, FinalReading.Linear);

    /// <summary>From the effective embedding E + MLP0(E) through ln1, and through ln_final with its own scale: the copy score of Wang et al. 2022, §3.1.</summary>
    public static OvPath CopyScore { get; } = new(TokenVector.EffectiveEmbedding, InputNorm: true, FinalReading.OwnNorm);

    /// <summary>As <see cref="CopyScore"/>, from MLP0(E) alone: the effective OV circuit W_U W_OV MLP0(W_E) of Gould et al. 2023.</summary>
    public static OvPath FirstMlp { get; } = new(TokenVector.FirstMlp, InputNorm: true, FinalReading.OwnNorm);
}
