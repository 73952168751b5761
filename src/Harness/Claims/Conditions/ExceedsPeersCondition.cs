using CircuitSpecs.Components;
using CircuitSpecs.Statistics;

namespace CircuitSpecs.Claims.Conditions;

/// <summary>
/// The named component's value exceeds that of every other component of its kind by a margin, prompt by prompt (paired).
/// The strongest five others are looked at, since the strongest by mean need not be the one with the widest interval.
/// </summary>
internal sealed class ExceedsPeersCondition(string kind, double by) : Condition
{
    private const int Closest = 5;

    /// <inheritdoc/>
    public override ConditionResult Evaluate(MeasuredClaim claim, int arm, PerPrompt samples, JudgementContext context)
    {
        if (context.Component is not { } component || component.Kind != kind)
        {
            throw new InvalidExperimentException($"'Exceeds every other {kind}' needs a claim that names a {kind}; this one names {(context.Component is null ? "no component" : $"{context.Component} ({context.Component.Kind})")}.");
        }

        if (context.Others.Count == 0)
        {
            throw new InvalidExperimentException($"The model has no {kind} besides {component}, so it cannot exceed every other.");
        }

        (Component Other, PerPrompt Difference)[] differences =
            [.. context.Others
                .Select(other => (other, samples - context.MeasureOther(claim, other, arm)))
                .OrderBy(pair => pair.Item2.Value)
                .Take(Closest)];
        (Component Other, PerPrompt Difference, Interval Interval)[] judged =
            [.. differences
                .Select(pair => (pair.Other, pair.Difference, claim.IntervalOf(pair.Difference, context.Options.Confidence, context)))
                .OrderBy(triple => triple.Item3.Low)];

        // A refuted claim shows the comparison that refutes it, which need not be the one whose interval reaches lowest.
        var refuting = judged.Where(triple => triple.Interval.High < by).ToArray();
        var (closest, difference, interval) = refuting.Length > 0 ? refuting.MinBy(triple => triple.Interval.High) : judged[0];
        Verdict verdict = refuting.Length > 0 ? Verdict.Refuted
            : interval.Low >= by ? Verdict.Supported
            : Verdict.Inconclusive;
        return new ConditionResult(
            verdict,
            Wording.Line($"exceeds every other {kind} by at least {by:0.####}", difference.Value, interval) + $" over {closest}",
            difference.Value,
            interval,
            "≥",
            by,
            verdict == Verdict.Inconclusive ? SampleSize.ToSettle(difference.Value, interval, samples.Count, by) : null);
    }

    /// <inheritdoc/>
    public override double Margin(ConditionResult result) => result.Interval.Low - by;
}
