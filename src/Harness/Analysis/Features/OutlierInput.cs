namespace CircuitSpecs.Analysis;

/// <summary>In which activations outlier dimensions are looked for.</summary>
public enum OutlierInput
{
    /// <summary>The residual stream after each block.</summary>
    Residual,

    /// <summary>
    /// <c>ln1.hook_normalized</c>, what each block's attention reads, with the norm's weight and bias (under RMSNorm TransformerLens
    /// has that point before the weight): the input of the matrices that LLM.int8() quantises.
    /// </summary>
    Normalized,
}
