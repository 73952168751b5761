using System.Globalization;

namespace CircuitSpecs.Snapshots;

/// <summary>One number a head, a row a layer: previous-token scores, effects of ablating each head, norms of W_OV.</summary>
public sealed class HeadScores : SnapshotContent
{
    internal const string KindName = "head-scores";
    private const string Corner = "layer";
    private readonly int layers;
    private readonly int heads;

    /// <summary>Copies the table.</summary>
    /// <param name="scores"><c>[layer, head]</c>, at least one of each.</param>
    /// <exception cref="ArgumentException">The table is empty.</exception>
    public HeadScores(double[,] scores)
    {
        ArgumentNullException.ThrowIfNull(scores);
        (layers, heads) = (scores.GetLength(0), scores.GetLength(1));
        if (scores.Length == 0)
        {
            throw new ArgumentException($"A table of head scores needs a layer and a head; its shape is [{layers}, {heads}].", nameof(scores));
        }

        Cells = [.. from layer in Enumerable.Range(0, layers)
                    from head in Enumerable.Range(0, heads)
                    select new SnapshotCell(string.Create(CultureInfo.InvariantCulture, $"head {layer}.{head}"), scores[layer, head])];
    }

    /// <inheritdoc/>
    public override string Kind => KindName;

    /// <inheritdoc/>
    public override string Shape => $"[layer {layers}, head {heads}]";

    /// <inheritdoc/>
    public override IReadOnlyList<SnapshotCell> Cells { get; }

    /// <inheritdoc/>
    protected override bool ShapeDeterminesKeys => true;

    /// <summary>Copies a table that is stored row by row.</summary>
    /// <param name="scores"><c>[layer · head]</c>, layer by layer.</param>
    /// <param name="layers">Number of layers.</param>
    /// <param name="heads">Heads a layer.</param>
    /// <exception cref="ArgumentException">The length is not layers · heads.</exception>
    public static HeadScores FromRows(ReadOnlySpan<double> scores, int layers, int heads) => new(NumberTable.FromRows(scores, layers, heads, "layers × heads"));

    /// <inheritdoc/>
    public override IEnumerable<string> Lines(SnapshotNumberFormat numbers)
    {
        ArgumentNullException.ThrowIfNull(numbers);
        string[] texts = [.. Cells.Select(cell => numbers.Write(cell.Value))];
        string[] columns = [.. Enumerable.Range(0, heads).Select(head => "head " + Text(head))];
        int[] widths = [.. Enumerable.Range(0, heads).Select(head => Math.Max(columns[head].Length, Enumerable.Range(0, layers).Max(layer => texts[(layer * heads) + head].Length)))];
        yield return Row(Corner, columns);
        for (int layer = 0; layer < layers; layer++)
        {
            yield return Row(Text(layer), texts[(layer * heads)..((layer + 1) * heads)]);
        }

        string Row(string label, string[] cells) =>
            label.PadLeft(Corner.Length) + string.Concat(cells.Select((cell, column) => "  " + cell.PadLeft(widths[column])));
    }

    internal static HeadScores Read(SnapshotLines lines)
    {
        string[] columns = Split(lines.Read("the numbers of the heads"));
        int heads = (columns.Length - 1) / 2;
        if (heads < 1 || string.Join(' ', columns) != string.Join(' ', [Corner, .. Enumerable.Range(0, heads).Select(head => "head " + Text(head))]))
        {
            throw lines.Malformed("expected 'layer' and then 'head 0', 'head 1' and so on");
        }

        List<double[]> rows = [];
        while (rows.Count == 0 || !lines.AtEnd)
        {
            string[] cells = Split(lines.Read("the scores of layer 0"));
            if (cells.Length != heads + 1 || cells[0] != Text(rows.Count))
            {
                throw lines.Malformed($"expected the layer's number {rows.Count} and then {heads} scores, one a head; found {cells.Length} numbers, the first being '{cells.FirstOrDefault()}'");
            }

            rows.Add([.. cells.Skip(1).Select((cell, head) => lines.Number(cell, $"the score of head {rows.Count}.{head}"))]);
        }

        return FromRows(rows.SelectMany(row => row).ToArray(), rows.Count, heads);
    }

    private static string[] Split(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
