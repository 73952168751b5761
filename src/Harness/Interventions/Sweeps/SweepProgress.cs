using System.Globalization;

namespace CircuitSpecs.Interventions.Sweeps;

/// <summary>Where a running sweep stands. Reported once before anything is run, and after every batch of patches in every block.</summary>
/// <param name="Cost">What was expected.</param>
/// <param name="Share">The part of the work that is done, 0 to 1.</param>
/// <param name="Elapsed">Time since the start.</param>
public sealed record SweepProgress(SweepCost Cost, double Share, TimeSpan Elapsed)
{
    /// <summary>The expected time to the end, from the speed so far; null before the first batch.</summary>
    public TimeSpan? Remaining => Share > 0 ? Elapsed * ((1 - Share) / Share) : null;

    /// <summary>One line for people.</summary>
    public override string ToString() => Remaining is TimeSpan remaining
        ? string.Create(CultureInfo.InvariantCulture, $"{Share:P0} after {Elapsed.TotalSeconds:F0} s, {remaining.TotalSeconds:F0} s to go")
        : Cost.ToString();
}
