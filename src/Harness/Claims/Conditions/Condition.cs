using CircuitSpecs.Statistics;

namespace CircuitSpecs.Claims.Conditions;

/// <summary>Where a measured value has to lie.</summary>
internal abstract class Condition
{
    /// <summary>Decides the condition for one way of measuring.</summary>
    /// <param name="claim">The claim that the condition is part of.</param>
    /// <param name="arm">Which of the claim's ways of measuring.</param>
    /// <param name="samples">The measurement.</param>
    /// <param name="context">Seeds, peers, options.</param>
    public abstract ConditionResult Evaluate(MeasuredClaim claim, int arm, PerPrompt samples, JudgementContext context);

    /// <summary>Whether a larger value is a stronger case for the claim; decides how components are ranked.</summary>
    public virtual bool LargerIsStronger => true;

    /// <summary>How far inside its region a result lies; negative outside. Used to report the arm closest to failing.</summary>
    /// <param name="result">A result of this condition.</param>
    public abstract double Margin(ConditionResult result);
}
