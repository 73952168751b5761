namespace CircuitSpecs.Analysis;

/// <summary>One number of an activation.</summary>
/// <param name="Value">The number.</param>
/// <param name="Prompt">Which prompt of the set.</param>
/// <param name="Position">At which token.</param>
/// <param name="Dimension">In which dimension.</param>
public readonly record struct ActivationSite(double Value, int Prompt, int Position, int Dimension);
