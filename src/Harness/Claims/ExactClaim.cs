using CircuitSpecs.Statistics;

namespace CircuitSpecs.Claims;

/// <summary>A claim about one exactly known number.</summary>
public sealed class ExactClaim : Claim
{
    private readonly double value;
    private readonly List<SnapshotRequest> snapshots = [];
    private readonly List<ConditionResult> conditions = [];
    private string unit = "";

    internal ExactClaim(double value) => this.value = value;

    /// <summary>The number is at least this.</summary>
    /// <param name="bound">The threshold.</param>
    public ExactClaim IsAtLeast(double bound) => With(value >= bound, $"is at least {bound:0.####}", "≥", bound);

    /// <summary>The number is at most this.</summary>
    /// <param name="bound">The threshold.</param>
    public ExactClaim IsAtMost(double bound) => With(value <= bound, $"is at most {bound:0.####}", "≤", bound);

    /// <summary>Names the unit of the number.</summary>
    /// <param name="unitName">The unit.</param>
    public ExactClaim In(string unitName)
    {
        unit = unitName;
        return this;
    }

    /// <summary>Compares the number with a snapshot too.</summary>
    public ExactClaim MatchesSnapshot()
    {
        snapshots.Add(SnapshotRequest.OfValue);
        return this;
    }

    /// <inheritdoc/>
    internal override Judgement Judge(JudgementContext context)
    {
        if (conditions.Count == 0)
        {
            throw new InvalidExperimentException("The claim says nothing yet: end it with IsAtLeast or IsAtMost.");
        }

        if (!double.IsFinite(value))
        {
            throw new InvalidExperimentException("The value is not a finite number.");
        }

        return new Judgement
        {
            Verdict = Judgement.Join(conditions),
            Primary = conditions[0],
            Conditions = [.. conditions],
            Unit = unit,
            Snapshots = [.. snapshots],
        };
    }

    private ExactClaim With(bool holds, FormattableString statement, string direction, double bound)
    {
        var exact = new Interval(value, value, 1);
        conditions.Add(new ConditionResult(holds ? Verdict.Supported : Verdict.Refuted, Wording.Line(statement, value, exact), value, exact, direction, bound));
        return this;
    }
}
