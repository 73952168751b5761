namespace CircuitSpecs.Models;

/// <summary>The activation function of an MLP.</summary>
public enum ActivationFunction
{
    /// <summary>max(0, x).</summary>
    Relu,

    /// <summary>x Φ(x), exact (erf).</summary>
    Gelu,

    /// <summary>½x(1 + tanh(√(2/π)(x + 0.044715x³))), the form GPT-2 was trained with; <c>gelu_new</c>.</summary>
    GeluTanh,

    /// <summary>x σ(x).</summary>
    Silu,

    /// <summary>x · softmax(x) over the neurons (Elhage et al. 2022, SoLU).</summary>
    Solu,

    /// <summary><see cref="Solu"/>, then a LayerNorm over the neurons.</summary>
    SoluLayerNorm,
}
