using CircuitSpecs.Components;
using CircuitSpecs.Statistics;

namespace CircuitSpecs.Claims.Conditions;

/// <summary>
/// The value equals a number up to ±δ, by two one-sided tests (TOST): supported when the 90 % interval lies inside the
/// band. Failing to find an effect is never support. A measurement that could not see any effect would pass, so a
/// positive control on the same prompts has to come out clearly outside the band.
/// </summary>
internal sealed class EquivalenceCondition(double target, double within) : Condition
{
    /// <inheritdoc/>
    public override ConditionResult Evaluate(MeasuredClaim claim, int arm, PerPrompt samples, JudgementContext context)
    {
        Interval interval = claim.IntervalOf(samples, context.Options.EquivalenceConfidence, context);
        Verdict verdict = VerdictOf(samples.Value, interval);
        string control = verdict == Verdict.Supported ? $"; positive control: {PositiveControl(claim, arm, context)}" : "";
        return new ConditionResult(
            verdict,
            Wording.Line($"equals {target:0.####} within ±{within:0.####}", samples.Value, interval) + control,
            samples.Value,
            interval,
            "≈",
            target,
            verdict == Verdict.Inconclusive ? SampleSize.ToSettle(samples.Value, interval, samples.Count, target - within, target + within) : null);
    }

    /// <inheritdoc/>
    public override double Margin(ConditionResult result) => within - Math.Max(Math.Abs(result.Interval.Low - target), Math.Abs(result.Interval.High - target));

    private Verdict VerdictOf(double value, Interval interval)
    {
        var test = new Equivalence(value, interval, target - within, target + within);
        return test.IsShown ? Verdict.Supported : test.IsRuledOut ? Verdict.Refuted : Verdict.Inconclusive;
    }

    private string PositiveControl(MeasuredClaim claim, int arm, JudgementContext context)
    {
        if (claim.PositiveControl is { } control)
        {
            PerPrompt measured = claim.Checked(control.Metric(claim.Prompts), control.Name);
            Interval interval = claim.IntervalOf(measured, context.Options.EquivalenceConfidence, context);
            return VerdictOf(measured.Value, interval) == Verdict.Refuted
                ? Wording.Line(control.Name, measured.Value, interval)
                : throw new InvalidExperimentException($"The positive control '{control.Name}' is not outside the band either ({Wording.Number(measured.Value, interval)}): this measurement could not have seen an effect, so 'no effect' says nothing.");
        }

        foreach (Component other in context.Others)
        {
            PerPrompt measured = context.MeasureOther(claim, other, arm);
            Interval interval = claim.IntervalOf(measured, context.Options.EquivalenceConfidence, context);
            if (VerdictOf(measured.Value, interval) == Verdict.Refuted)
            {
                return Wording.Line(other.Label, measured.Value, interval);
            }
        }

        throw new InvalidExperimentException(context.Others.Count == 0
            ? "A claim of 'no difference' needs a positive control: the same measurement on the same prompts for something that does matter. Add .WithPositiveControl(name, metric)."
            : $"None of the {context.Others.Count} other components of this kind matters by this measurement either, so 'no effect' says nothing. Add .WithPositiveControl(name, metric), or measure on other prompts.");
    }
}
