namespace CircuitSpecs.Analysis;

/// <summary>A token and the logit that something gives it.</summary>
/// <param name="Token">The token id.</param>
/// <param name="Logit">Its logit.</param>
public readonly record struct TokenLogit(int Token, double Logit);
