namespace CircuitSpecs.Models;

/// <summary>
/// What was done to the weights after loading, with TransformerLens's names and meanings. Part of a model's
/// identity: it stands in every snapshot and every result.
/// </summary>
[Flags]
public enum WeightProcessing
{
    /// <summary>The weights as stored.</summary>
    None = 0,

    /// <summary><c>fold_ln</c>: each LayerNorm's weight and bias go into the linear maps that read it.</summary>
    FoldLayerNorm = 1,

    /// <summary><c>center_writing_weights</c>: whatever writes to the residual stream writes with mean zero.</summary>
    CenterWritingWeights = 2,

    /// <summary><c>center_unembed</c>: the unembedding has mean zero over the vocabulary; logits shift by a constant per position.</summary>
    CenterUnembed = 4,

    /// <summary><c>fold_value_biases</c>: b_V goes into b_O. Changes what zero-ablating a head's z means.</summary>
    FoldValueBiases = 8,

    /// <summary>All four, TransformerLens's default in version 2.</summary>
    All = FoldLayerNorm | CenterWritingWeights | CenterUnembed | FoldValueBiases,
}
