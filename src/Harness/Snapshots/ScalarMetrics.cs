using System.Collections.Immutable;

namespace CircuitSpecs.Snapshots;

/// <summary>Named numbers, one a line, sorted by name: losses, logit differences, effects of ablations.</summary>
public sealed class ScalarMetrics : SnapshotContent
{
    internal const string KindName = "scalar-metrics";

    /// <summary>Takes the numbers.</summary>
    /// <param name="values">Name → value; the unit belongs into the name. Order does not matter.</param>
    /// <exception cref="ArgumentException">There are none, or a name is empty or stands twice.</exception>
    public ScalarMetrics(IEnumerable<KeyValuePair<string, double>> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        Cells = [.. values.Select(pair => new SnapshotCell(pair.Key, pair.Value)).OrderBy(cell => cell.Label, StringComparer.Ordinal)];
        if (Cells.Count == 0 || Cells.Any(cell => cell.Label.Length == 0))
        {
            throw new ArgumentException("A snapshot of metrics needs at least one metric, and each a name.", nameof(values));
        }

        if (Cells.GroupBy(cell => cell.Label, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new ArgumentException($"The metric '{twice.Key}' was given twice.", nameof(values));
        }
    }

    /// <inheritdoc/>
    public override string Kind => KindName;

    /// <inheritdoc/>
    public override string Shape => $"[metric {Cells.Count}]";

    /// <inheritdoc/>
    public override IReadOnlyList<SnapshotCell> Cells { get; }

    /// <inheritdoc/>
    public override IEnumerable<string> Lines(SnapshotNumberFormat numbers)
    {
        ArgumentNullException.ThrowIfNull(numbers);
        return Cells.Select(cell => $"{QuotedText.Plain(cell.Label)}: {numbers.Write(cell.Value)}");
    }

    internal static ScalarMetrics Read(SnapshotLines lines)
    {
        ImmutableDictionary<string, double>.Builder values = ImmutableDictionary.CreateBuilder<string, double>();
        do
        {
            string line = lines.Read("'name: value'");
            int colon = line.LastIndexOf(": ", StringComparison.Ordinal);
            if (colon < 1 || !QuotedText.TryReadPlain(line[..colon], out string name) || name.Length == 0)
            {
                throw lines.Malformed($"found '{line}', expected 'name: value'");
            }

            if (!values.TryAdd(name, lines.Number(line[(colon + 2)..], $"the value of '{name}'")))
            {
                throw lines.Malformed($"the metric '{name}' stands here for the second time");
            }
        }
        while (!lines.AtEnd);
        return new ScalarMetrics(values);
    }
}
