using System.Globalization;

namespace CircuitSpecs.Discovery;

/// <summary>How far a search has come.</summary>
/// <param name="What">What is being done.</param>
/// <param name="Done">Steps done.</param>
/// <param name="Total">Steps in all.</param>
/// <param name="Elapsed">Time since the start.</param>
public sealed record DiscoveryProgress(string What, int Done, int Total, TimeSpan Elapsed)
{
    /// <summary>One line for people.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{What}: {Done} of {Total} after {Elapsed.TotalSeconds:F0} s");
}
