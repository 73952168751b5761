namespace CircuitSpecs.Transformer.Parity;

/// <summary>How far float32 results of two programs may lie apart, as the largest absolute difference.</summary>
public sealed record ParityTolerances
{
    /// <summary>For logits of the unprocessed model.</summary>
    public double Logits { get; init; } = 5e-5;

    /// <summary>For losses in nats, and for attention patterns.</summary>
    public double Probabilities { get; init; } = 1e-5;

    /// <summary>For every other activation, and for the logits of the processed model.</summary>
    public double Activations { get; init; } = 1e-4;

    /// <summary>The same tolerance for everything but generated tokens, which are equal or not.</summary>
    /// <param name="tolerance">The largest absolute difference.</param>
    public static ParityTolerances All(double tolerance) => new() { Logits = tolerance, Probabilities = tolerance, Activations = tolerance };
}
