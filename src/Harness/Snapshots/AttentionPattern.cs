using System.Collections.Immutable;
using System.Globalization;
using CircuitSpecs.Components;

namespace CircuitSpecs.Snapshots;

/// <summary>
/// Where one head looks on one prompt: a row a query, a column a key, both with number and token. The zeros above the
/// diagonal of a causal model are dots; they are exact, whatever the tolerance.
/// </summary>
public sealed class AttentionPattern : SnapshotContent
{
    internal const string KindName = "attention-pattern";
    private const string HeadKey = "head";
    private const string Corner = "query \\ key";
    private const string Dot = ".";
    private const int LongestColumnLabel = 10;
    private readonly int size;

    /// <summary>Copies the pattern.</summary>
    /// <param name="head">The head.</param>
    /// <param name="tokens">The prompt's tokens as text, BOS included; at least one.</param>
    /// <param name="pattern"><c>[query, key]</c>, attention probabilities.</param>
    /// <exception cref="ArgumentException">The pattern is not tokens × tokens.</exception>
    public AttentionPattern(Head head, IEnumerable<string> tokens, double[,] pattern)
    {
        ArgumentNullException.ThrowIfNull(head);
        ArgumentNullException.ThrowIfNull(tokens);
        ArgumentNullException.ThrowIfNull(pattern);
        Head = head;
        Tokens = [.. tokens];
        size = Tokens.Length;
        if (size == 0 || pattern.GetLength(0) != size || pattern.GetLength(1) != size)
        {
            throw new ArgumentException($"The pattern of {size} tokens must be [{size}, {size}] and not empty; it is [{pattern.GetLength(0)}, {pattern.GetLength(1)}].", nameof(pattern));
        }

        Cells = [.. from query in Enumerable.Range(0, size)
                    from key in Enumerable.Range(0, size)
                    let value = pattern[query, key]
                    select new SnapshotCell(
                        string.Create(CultureInfo.InvariantCulture, $"head {head}, query {query} {QuotedText.Quote(Tokens[query])} → key {key} {QuotedText.Quote(Tokens[key])}"),
                        value,
                        key > query && value == 0)];
    }

    /// <summary>The head.</summary>
    public Head Head { get; }

    /// <summary>The prompt's tokens as text.</summary>
    public ImmutableArray<string> Tokens { get; }

    /// <inheritdoc/>
    public override string Kind => KindName;

    /// <inheritdoc/>
    public override string Shape => $"[query {size}, key {size}]";

    /// <inheritdoc/>
    public override IReadOnlyList<SnapshotCell> Cells { get; }

    /// <summary>Three decimals: what a person can read in a table, and more than any claim about attention rests on.</summary>
    public override SnapshotTolerance DefaultTolerance { get; } = new(absolute: 0.005);

    /// <inheritdoc/>
    protected override bool ShapeDeterminesKeys => true;

    /// <summary>Copies a pattern that is stored row by row.</summary>
    /// <param name="head">The head.</param>
    /// <param name="tokens">The prompt's tokens as text.</param>
    /// <param name="pattern"><c>[query · key]</c>, query by query.</param>
    /// <exception cref="ArgumentException">The length is not tokens · tokens.</exception>
    public static AttentionPattern FromRows(Head head, IReadOnlyList<string> tokens, ReadOnlySpan<double> pattern)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        return new(head, tokens, NumberTable.FromRows(pattern, tokens.Count, tokens.Count, "queries × keys"));
    }

    /// <inheritdoc/>
    public override SnapshotHeader Complete(SnapshotHeader header)
    {
        ArgumentNullException.ThrowIfNull(header);
        if (!header.Tokens.IsEmpty && !header.Tokens.SequenceEqual(Tokens))
        {
            throw new ArgumentException("The header's tokens are not the pattern's.", nameof(header));
        }

        return header.Details.GetValueOrDefault(HeadKey, Head.Label) == Head.Label
            ? (header with { Tokens = Tokens }).With(HeadKey, Head.Label)
            : throw new ArgumentException($"The header names head {header.Details[HeadKey]}; the pattern is that of {Head}.", nameof(header));
    }

    /// <inheritdoc/>
    public override IEnumerable<string> Lines(SnapshotNumberFormat numbers)
    {
        ArgumentNullException.ThrowIfNull(numbers);
        string[] texts = [.. Cells.Select(cell => cell.Masked ? Dot : numbers.Write(cell.Value))];
        int[] widths = [.. Enumerable.Range(0, size).Select(key => Math.Max(ColumnLabel(Tokens[key]).Length, Enumerable.Range(0, size).Max(query => texts[(query * size) + key].Length)))];
        return Head(widths).Concat(Enumerable.Range(0, size).Select(query => Row(RowLabel(query), texts[(query * size)..((query + 1) * size)])));

        IEnumerable<string> Head(int[] columnWidths) =>
        [
            Row(Corner, [.. Enumerable.Range(0, size).Select(Number)]),
            Row("", [.. Tokens.Select(ColumnLabel)]),
        ];

        string Row(string label, string[] cells) =>
            label.PadRight(LabelWidth) + string.Concat(cells.Select((cell, column) => "  " + cell.PadLeft(widths[column])));
    }

    internal static AttentionPattern Read(SnapshotHeader header, SnapshotLines lines)
    {
        Head head = ReadHead(header, lines);
        int size = header.Tokens.Length;
        AttentionPattern labels = size > 0
            ? new(head, header.Tokens, new double[size, size])
            : throw lines.Malformed("an attention pattern needs the prompt's tokens; the header has none");
        ReadLabels(lines, [Corner, .. Enumerable.Range(0, size).Select(Number)], "the numbers of the keys");
        ReadLabels(lines, [.. labels.Tokens.Select(ColumnLabel)], "the tokens of the keys");
        double[,] pattern = new double[size, size];
        for (int query = 0; query < size; query++)
        {
            string label = labels.RowLabel(query).PadRight(labels.LabelWidth);
            string line = lines.Read($"the row of query {query}");
            string[] cells = line.StartsWith(label, StringComparison.Ordinal) ? line[label.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries) : [];
            if (cells.Length != size)
            {
                throw lines.Malformed($"expected '{label}' and then {size} values, one a key; found '{line}'");
            }

            for (int key = 0; key < size; key++)
            {
                pattern[query, key] = cells[key] == Dot && key > query ? 0 : lines.Number(cells[key], $"the attention from query {query} to key {key}");
            }
        }

        lines.ReadEnd();
        return new(head, header.Tokens, pattern);
    }

    private static Head ReadHead(SnapshotHeader header, SnapshotLines lines)
    {
        string label = header.Details.GetValueOrDefault(HeadKey) ?? throw lines.Malformed("an attention pattern needs a line 'head: layer.head' in its header");
        try
        {
            return Components.Head.Parse(label);
        }
        catch (FormatException exception)
        {
            throw lines.Malformed(exception.Message);
        }
    }

    // Space between columns may differ after a person's edit; the labels may not.
    private static void ReadLabels(SnapshotLines lines, string[] labels, string what)
    {
        string line = lines.Read(what);
        if (Squeeze(line) != Squeeze(string.Join(' ', labels)))
        {
            throw lines.Malformed($"expected {what}, '{Squeeze(string.Join(' ', labels))}', as the header's tokens have them; found '{Squeeze(line)}'");
        }
    }

    private static string Squeeze(string text) => string.Join(' ', text.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string ColumnLabel(string token)
    {
        string label = QuotedText.Quote(token);
        return label.Length <= LongestColumnLabel ? label : string.Concat(label.AsSpan(0, char.IsHighSurrogate(label[LongestColumnLabel - 2]) ? LongestColumnLabel - 2 : LongestColumnLabel - 1), "…");
    }

    private string RowLabel(int query) => $"{Number(query).PadLeft(Number(size - 1).Length)} {QuotedText.Quote(Tokens[query])}";

    private int LabelWidth => Math.Max(Corner.Length, Enumerable.Range(0, size).Max(query => RowLabel(query).Length));
}
