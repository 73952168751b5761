namespace CircuitSpecs.Analysis;

/// <summary>How what a head writes is taken to the unembedding, when the rest of the residual stream is not known.</summary>
public enum FinalReading
{
    /// <summary>By W_U alone.</summary>
    Unembedding,

    /// <summary>Through the linear part of ln_final: its centring (LayerNorm) and weight, without its scale, its shift and b_U. The order of logits does not depend on the scale.</summary>
    Linear,

    /// <summary>Through ln_final as if nothing else were in the residual stream: with the scale of what is written, its shift and b_U (the copy score of Wang et al. 2022).</summary>
    OwnNorm,
}
