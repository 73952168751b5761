using CircuitSpecs.Statistics;

namespace CircuitSpecs.Claims.Conditions;

/// <summary>The value lies on one side of a bound: the whole interval on the right side supports, on the wrong side refutes.</summary>
internal sealed class ThresholdCondition(double bound, bool atLeast) : Condition
{
    /// <inheritdoc/>
    public override ConditionResult Evaluate(MeasuredClaim claim, int arm, PerPrompt samples, JudgementContext context)
    {
        Interval interval = claim.IntervalOf(samples, context.Options.Confidence, context);
        (bool supported, bool refuted) = atLeast
            ? (interval.Low >= bound, interval.High < bound)
            : (interval.High <= bound, interval.Low > bound);
        Verdict verdict = supported ? Verdict.Supported : refuted ? Verdict.Refuted : Verdict.Inconclusive;
        string direction = atLeast ? "≥" : "≤";
        return new ConditionResult(
            verdict,
            Wording.Line($"is {(atLeast ? "at least" : "at most")} {bound:0.####}", samples.Value, interval),
            samples.Value,
            interval,
            direction,
            bound,
            verdict == Verdict.Inconclusive ? SampleSize.ToSettle(samples.Value, interval, samples.Count, bound) : null);
    }

    /// <inheritdoc/>
    public override bool LargerIsStronger => atLeast;

    /// <inheritdoc/>
    public override double Margin(ConditionResult result) => atLeast ? result.Interval.Low - bound : bound - result.Interval.High;
}
