using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace CircuitSpecs.Snapshots;

/// <summary>What comparing a measurement with its verified snapshot found.</summary>
/// <param name="HeaderDifferences">Differences of what the numbers depend on, a sentence each.</param>
/// <param name="StructureDifferences">Differences of shape and keys; if there are any, no values were compared.</param>
/// <param name="Exceeding">Cells over their tolerance, the worst first.</param>
/// <param name="Cells">How many cells were compared.</param>
/// <param name="Tolerance">The verified file's tolerance, which was applied.</param>
public sealed record SnapshotComparison(
    ImmutableArray<string> HeaderDifferences,
    ImmutableArray<string> StructureDifferences,
    ImmutableArray<CellDifference> Exceeding,
    int Cells,
    SnapshotTolerance Tolerance)
{
    /// <summary>The share of cells over their tolerance.</summary>
    public double Share => Cells == 0 ? 0 : (double)Exceeding.Length / Cells;

    /// <summary>What |Δ| adds up to over these cells.</summary>
    public double Total => Exceeding.Sum(cell => cell.Difference);

    /// <summary>Whether the values are within the tolerance, on both levels.</summary>
    public bool ValuesMatch => Exceeding.IsEmpty
        || (!Exceeding.Any(cell => cell.Never) && SnapshotComparer.Within(Share, Tolerance.Share) && SnapshotComparer.Within(Total, Tolerance.Total));

    /// <summary>Whether the measurement is the verified one: header, shape, keys and values.</summary>
    public bool IsMatch => HeaderDifferences.IsEmpty && StructureDifferences.IsEmpty && ValuesMatch;

    /// <summary>The findings for a person: header, shape and keys, then how many values differ and the worst of them.</summary>
    /// <param name="most">How many cells to list at most.</param>
    public string Describe(int most = 10)
    {
        StringBuilder text = new();
        List("The header differs:", HeaderDifferences);
        List("Shape or keys differ; values were not compared:", StructureDifferences);
        if (StructureDifferences.IsEmpty)
        {
            DescribeValues(text, most);
        }

        return text.ToString().TrimEnd('\n');

        void List(string title, ImmutableArray<string> lines)
        {
            if (!lines.IsEmpty)
            {
                text.Append(title).Append('\n');
                text.Append(string.Concat(lines.Select(line => $"  {line}\n")));
            }
        }
    }

    private void DescribeValues(StringBuilder text, int most)
    {
        string total = double.IsFinite(Total) ? string.Create(CultureInfo.InvariantCulture, $", by a total of {Total:G4}") : "";
        string verdict = Exceeding.IsEmpty ? $"All {Cells} values are within their tolerance."
            : string.Create(CultureInfo.InvariantCulture, $"{Exceeding.Length} of {Cells} values ({Share:0.##%}) exceed their tolerance{total}; {(ValuesMatch ? "that is allowed" : "that is too much")}.");
        text.Append(verdict).Append('\n').Append(CultureInfo.InvariantCulture, $"Tolerance of the verified file: {Tolerance}\n");
        foreach (CellDifference cell in Exceeding.Take(most))
        {
            text.Append(CultureInfo.InvariantCulture, $"  {cell}\n");
        }

        if (Exceeding.Length > most)
        {
            text.Append(CultureInfo.InvariantCulture, $"  … and {Exceeding.Length - most} more\n");
        }
    }
}
