namespace CircuitSpecs.Transformer.Parity;

/// <summary>What became of one key of a reference.</summary>
/// <param name="Key">The key.</param>
/// <param name="Difference">The largest absolute difference: infinite where one side is NaN, or infinities do not match; null where nothing was compared.</param>
/// <param name="Tolerance">How large it may be; null where nothing was compared.</param>
/// <param name="Problem">Why nothing was compared; null otherwise.</param>
public sealed record ParityRow(string Key, double? Difference, double? Tolerance, string? Problem = null)
{
    /// <summary>Whether it was compared and is within its tolerance.</summary>
    public bool Passed => Problem is null && Difference <= Tolerance;
}
