namespace CircuitSpecs.Models;

/// <summary>How activations are normalised.</summary>
public enum NormKind
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>(x − mean) / √(variance + ε), then weight and bias where the model has them.</summary>
    LayerNorm,

    /// <summary>x / √(mean of squares + ε), then a weight. No mean is subtracted, so centring weights would change the model.</summary>
    RmsNorm,
}
