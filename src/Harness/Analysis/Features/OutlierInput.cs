namespace CircuitSpecs.Analysis;

/// <summary>In which activations outlier dimensions are looked for.</summary>
public enum OutlierInput
{
    /// <summary>The residual stream after each block.</summary>
    Residual,

    /// <summary>What each block's first norm makes of the residual stream before it, without weight and bias: (x − mean)/√(var + ε), or x/√(mean x² + ε) under RMSNorm.</summary>
    Normalized,
}
