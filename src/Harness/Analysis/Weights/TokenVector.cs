namespace CircuitSpecs.Analysis;

/// <summary>Which vector stands for a token when a path through the weights starts at it.</summary>
public enum TokenVector
{
    /// <summary>Its row of W_E (after the embedding's own norm, where the model has one); no position.</summary>
    Embedding,

    /// <summary>Its embedding and what the first MLP adds to it: E + MLP0(E), the residual stream after block 0 without attention and position (Wang et al. 2022, §3.1).</summary>
    EffectiveEmbedding,

    /// <summary>What the first MLP alone makes of its embedding: MLP0(E) (Gould et al. 2023).</summary>
    FirstMlp,
}
