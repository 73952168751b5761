using System.Collections.Immutable;
using CircuitSpecs.Claims;
using CircuitSpecs.Statistics;

namespace CircuitSpecs.Reporting;

/// <summary>The counts of a run.</summary>
/// <param name="Claims">How many claims × models.</param>
/// <param name="ByOutcome">Counts by outcome; every outcome is there.</param>
/// <param name="ByVerdict">Counts by verdict; every verdict is there.</param>
/// <param name="WithNulls">How many were evaluated on null models.</param>
/// <param name="KilledAllNulls">How many of these were supported on none of them: the run's mutation score.</param>
/// <param name="ComparedWithPeers">How many supported claims were tested against every component of their kind.</param>
/// <param name="StandOut">How many of these have a max-statistic p of at most 0.05 after Holm's correction over the run.</param>
public sealed record RunTotals(
    int Claims,
    ImmutableSortedDictionary<Outcome, int> ByOutcome,
    ImmutableSortedDictionary<Verdict, int> ByVerdict,
    int WithNulls,
    int KilledAllNulls,
    int ComparedWithPeers,
    int StandOut)
{
    private const double Alpha = 0.05;

    /// <summary>Counts results.</summary>
    /// <param name="results">The results of a run.</param>
    public static RunTotals Of(IReadOnlyCollection<ClaimResult> results)
    {
        ArgumentNullException.ThrowIfNull(results);
        ClaimResult[] withNulls = [.. results.Where(result => !result.Nulls.IsEmpty)];
        double[] p = [.. results.Where(result => result.Verdict == Verdict.Supported).Select(result => result.Specificity?.MaxStatisticP).OfType<double>()];
        return new(
            results.Count,
            Enum.GetValues<Outcome>().ToImmutableSortedDictionary(outcome => outcome, outcome => results.Count(result => result.Outcome == outcome)),
            Enum.GetValues<Verdict>().ToImmutableSortedDictionary(verdict => verdict, verdict => results.Count(result => result.Verdict == verdict)),
            withNulls.Length,
            withNulls.Count(result => !result.Vacuous && result.Nulls.All(nullResult => nullResult.Verdict != Verdict.Supported)),
            p.Length,
            MultipleTesting.Holm(p).Count(adjusted => adjusted <= Alpha));
    }

    /// <summary><c>14 passed, 1 failed, 0 inconclusive, 0 error, 2 ignored</c>.</summary>
    public string Outcomes => string.Join(", ", ByOutcome.Select(pair => $"{pair.Value} {ResultText.Lower(pair.Key)}"));

    /// <summary><c>11 supported, 4 refuted, 0 inconclusive, 0 invalid, 2 skipped</c>.</summary>
    public string Verdicts => string.Join(", ", ByVerdict.Select(pair => $"{pair.Value} {ResultText.Lower(pair.Key)}"));

    /// <summary><c>11 of 12 claims killed all their nulls</c>.</summary>
    public string NullScore => $"{KilledAllNulls} of {WithNulls} claims killed all their nulls";

    /// <summary><c>29 of 30 named components stand out …</c>: claims are many, so their p are corrected together.</summary>
    public string PeerScore => $"{StandOut} of {ComparedWithPeers} named components stand out among all of their kind (max-statistic p ≤ 0.05, Holm-adjusted over the run)";
}
