using System.Globalization;
using CircuitSpecs.Analysis;
using CircuitSpecs.Components;
using CircuitSpecs.Statistics;

namespace CircuitSpecs.Claims;

/// <summary>A claim about which head stands out in a table of exactly known numbers.</summary>
public sealed class TableClaim : Claim
{
    private readonly HeadTable table;
    private readonly List<SnapshotRequest> snapshots = [];
    private Head? named;
    private double margin;

    internal TableClaim(HeadTable table) => this.table = table;

    /// <summary>The head has the largest number of the table.</summary>
    /// <param name="head">The head.</param>
    /// <param name="by">How far it exceeds the second, as a factor: 1.2 means at least 20 % larger; 1 means just larger.</param>
    /// <exception cref="ArgumentOutOfRangeException">The factor is below 1.</exception>
    public TableClaim IsLargestAt(Head head, double by = 1)
    {
        ArgumentNullException.ThrowIfNull(head);
        ArgumentOutOfRangeException.ThrowIfLessThan(by, 1);
        named = head;
        margin = by;
        return this;
    }

    /// <summary>Compares the whole table with a snapshot too.</summary>
    public TableClaim MatchesSnapshot()
    {
        snapshots.Add(SnapshotRequest.Of(table));
        return this;
    }

    /// <inheritdoc/>
    internal override Judgement Judge(JudgementContext context)
    {
        if (named is null)
        {
            throw new InvalidExperimentException("The claim says nothing yet: end it with IsLargestAt.");
        }

        IReadOnlyList<KeyValuePair<Head, double>> ranked = table.Ranked();
        if (ranked.Any(pair => !double.IsFinite(pair.Value)))
        {
            throw new InvalidExperimentException($"'{table.Name}' is not finite at head {ranked.First(pair => !double.IsFinite(pair.Value)).Key}.");
        }

        if (!table.Heads.Contains(named))
        {
            throw new InvalidExperimentException($"'{table.Name}' has no value for head {named}; it covers {table.Heads.Count} heads, {table.Heads.First()} to {table.Heads.Last()}.");
        }

        double value = table[named];
        KeyValuePair<Head, double>[] others = [.. ranked.Where(pair => pair.Key != named)];
        if (others.Length == 0)
        {
            throw new InvalidExperimentException($"'{table.Name}' holds only head {named}, so 'largest' says nothing.");
        }

        // Of a negative number, 20 % more is nearer to zero, not further from it.
        double threshold = others[0].Value + ((margin - 1) * Math.Abs(others[0].Value));
        var exact = new Interval(value, value, 1);
        string factor = margin == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $" times {margin:0.##}");
        var condition = new ConditionResult(
            value > threshold ? Verdict.Supported : Verdict.Refuted,
            string.Create(CultureInfo.InvariantCulture, $"{table.Name} is largest at {named}: {value:0.####} against {others[0].Value:0.####}{factor} at {others[0].Key}"),
            value,
            exact,
            ">",
            threshold);
        return new Judgement
        {
            Verdict = condition.Verdict,
            Primary = condition,
            Conditions = [condition],
            Unit = table.Name,
            Specificity = new SpecificityResult(others.Length, others.Count(pair => pair.Value >= value), 1 + others.Count(pair => pair.Value > value), others[0].Key.Label, others[0].Value, null),
            Snapshots = [.. snapshots],
        };
    }
}
