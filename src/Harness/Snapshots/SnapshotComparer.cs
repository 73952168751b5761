using System.Collections.Immutable;

namespace CircuitSpecs.Snapshots;

/// <summary>Compares a measurement with its verified snapshot: header strictly, then shape and keys, then values within the verified file's tolerance.</summary>
public static class SnapshotComparer
{
    // 0.51 − 0.50 is 0.010000000000000009: without this, a difference equal to its tolerance would exceed it.
    private const double Slack = 1e-9;

    /// <summary>Compares.</summary>
    /// <param name="verified">The snapshot as read from its file.</param>
    /// <param name="received">The new measurement, unrounded.</param>
    public static SnapshotComparison Compare(Snapshot verified, Snapshot received)
    {
        ArgumentNullException.ThrowIfNull(verified);
        ArgumentNullException.ThrowIfNull(received);
        SnapshotTolerance tolerance = verified.Tolerance ?? verified.Content.DefaultTolerance;
        ImmutableArray<string> header = verified.Header.DifferencesTo(received.Header);
        if (received.Tolerance is { } asked && asked != tolerance)
        {
            header = header.Add($"tolerance: verified {tolerance}; the test asks for {asked}");
        }

        ImmutableArray<string> structure = verified.Content.StructureDifferencesTo(received.Content);
        ImmutableArray<CellDifference> exceeding = structure.IsEmpty
            ? [.. verified.Content.Cells.Zip(received.Content.Cells, (expected, got) => Compare(expected, got, tolerance)).OfType<CellDifference>()
                .OrderByDescending(cell => cell.Never).ThenByDescending(cell => cell.Difference)]
            : [];
        return new SnapshotComparison(header, structure, exceeding, structure.IsEmpty ? verified.Content.Cells.Count : 0, tolerance);
    }

    /// <summary>Whether a number stays under a limit, up to rounding in its last digits.</summary>
    internal static bool Within(double value, double limit) => value <= limit || value <= limit * (1 + Slack);

    private static CellDifference? Compare(SnapshotCell expected, SnapshotCell got, SnapshotTolerance tolerance)
    {
        double allowed = expected.Masked ? 0 : tolerance.ForCell(expected.Value);
        // Equality covers equal infinities, and −0 against 0; NaN equals nothing, and so fails below.
        bool same = expected.Value == got.Value;
        bool comparable = double.IsFinite(expected.Value) && double.IsFinite(got.Value) && !expected.Masked;
        return same || (comparable && Within(Math.Abs(got.Value - expected.Value), allowed))
            ? null
            : new CellDifference(expected.Label, expected.Value, got.Value, allowed, Never: !comparable);
    }
}
