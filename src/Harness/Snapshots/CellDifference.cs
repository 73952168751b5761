using System.Globalization;

namespace CircuitSpecs.Snapshots;

/// <summary>One cell that differs by more than its tolerance.</summary>
/// <param name="Label">The cell's place in words.</param>
/// <param name="Expected">The verified value, as rounded in the file.</param>
/// <param name="Got">The received value.</param>
/// <param name="Tolerance">What |Δ| may be at most.</param>
/// <param name="Never">Whether no tolerance helps: NaN, an infinity on one side only, a value in a masked cell.</param>
public sealed record CellDifference(string Label, double Expected, double Got, double Tolerance, bool Never)
{
    /// <summary>|received − verified|; NaN or infinite where these are.</summary>
    public double Difference => Math.Abs(Got - Expected);

    /// <summary>The cell in one line: place, expected, got, |Δ|, tolerance.</summary>
    public override string ToString()
    {
        string why = !Never ? string.Create(CultureInfo.InvariantCulture, $"|Δ| {Difference:G4} > {Tolerance:G4}")
            : double.IsNaN(Expected) || double.IsNaN(Got) ? "NaN never passes"
            : double.IsFinite(Expected) && double.IsFinite(Got) ? "masked: only an exact zero passes"
            : "an infinity matches only itself";
        return string.Create(CultureInfo.InvariantCulture, $"{Label}: expected {Expected:G7}, got {Got:G7}, {why}");
    }
}
