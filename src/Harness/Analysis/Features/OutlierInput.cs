namespace CircuitSpecs.Analysis;

/// <summary>In which activations outlier dimensions are looked for.</summary>
public enum OutlierInput
{
    /// <summary>The residual stream after each block.</summary>
    Residual,

    /// <summary>
    /// What each block's attention reads: <c>ln1.hook_normalized</c>, under RMSNorm times the norm's weight, which that point stands before. It is the input of
    /// the matrices that LLM.int8() quantises.
    /// </summary>
    Normalized,
}
