namespace CircuitSpecs.Claims;

/// <summary>One prompt's contribution to a measurement.</summary>
/// <param name="Text">The prompt as a person reads it.</param>
/// <param name="Value">The metric on it; the numerator of a ratio.</param>
/// <param name="Denominator">The denominator of a ratio; null otherwise.</param>
public sealed record SampleRecord(string Text, double Value, double? Denominator = null);
