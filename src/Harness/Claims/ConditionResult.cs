using CircuitSpecs.Statistics;

namespace CircuitSpecs.Claims;

/// <summary>What one condition of a claim came to.</summary>
/// <param name="Verdict">Supported, refuted or inconclusive.</param>
/// <param name="Text">The condition and what was found, in one line.</param>
/// <param name="Value">The number that was compared.</param>
/// <param name="Interval">Its interval; zero width for exact values.</param>
/// <param name="Direction"><c>≥</c>, <c>≤</c>, <c>≈</c>, <c>in</c>, <c>largest at</c>.</param>
/// <param name="Threshold">What it was compared with.</param>
/// <param name="ToSettle">For an inconclusive condition, about how many prompts would settle it.</param>
internal sealed record ConditionResult(
    Verdict Verdict, string Text, double Value, Interval Interval, string Direction, double Threshold, long? ToSettle = null);
