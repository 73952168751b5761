using System.Globalization;

namespace CircuitSpecs.Snapshots;

/// <summary>
/// How far the numbers of a snapshot may move, on two levels as in ImageSharp's image comparer: a cell may differ by
/// <see cref="Absolute"/> + <see cref="Relative"/>·|verified|; of the cells that differ by more there may be a share of
/// at most <see cref="Share"/>, and their differences may add up to at most <see cref="Total"/>. Both sides count alike.
/// NaN, an infinity in only one of the two, and a value where the verified pattern has a masked cell are never within.
/// </summary>
public sealed record SnapshotTolerance
{
    /// <summary>Makes a tolerance.</summary>
    /// <param name="absolute">Per cell, in the unit of the values; finite, ≥ 0.</param>
    /// <param name="relative">Per cell, as a share of the verified value's magnitude; in [0, 1).</param>
    /// <param name="share">The share of all cells that may exceed the tolerance per cell; in [0, 1].</param>
    /// <param name="total">What the differences |Δ| of those cells may add up to; ≥ 0, infinite for no limit.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number lies outside its range.</exception>
    public SnapshotTolerance(double absolute, double relative = 0, double share = 0, double total = double.PositiveInfinity)
    {
        Absolute = absolute >= 0 && double.IsFinite(absolute) ? absolute : throw Bad(nameof(absolute), absolute, "a finite number ≥ 0");
        Relative = relative is >= 0 and < 1 ? relative : throw Bad(nameof(relative), relative, "a number in [0, 1)");
        Share = share is >= 0 and <= 1 ? share : throw Bad(nameof(share), share, "a number in [0, 1]");
        Total = total >= 0 ? total : throw Bad(nameof(total), total, "a number ≥ 0, or infinity");
    }

    /// <summary>Per cell, in the unit of the values.</summary>
    public double Absolute { get; }

    /// <summary>Per cell, as a share of the verified value's magnitude.</summary>
    public double Relative { get; }

    /// <summary>The share of all cells that may exceed the tolerance per cell.</summary>
    public double Share { get; }

    /// <summary>What the differences |Δ| of the cells that exceed it may add up to.</summary>
    public double Total { get; }

    /// <summary>The tolerance of one cell.</summary>
    /// <param name="verified">The cell's verified value.</param>
    public double ForCell(double verified) => double.IsFinite(verified) ? Absolute + (Relative * Math.Abs(verified)) : 0;

    /// <summary>The tolerance in words: <c>±0.001 a cell, no cell over it</c>.</summary>
    public override string ToString()
    {
        string relative = Relative > 0 ? string.Create(CultureInfo.InvariantCulture, $" ± {Relative:0.######%} of the verified value") : "";
        string share = Share > 0 ? string.Create(CultureInfo.InvariantCulture, $"at most {Share:0.####%} of the cells over it") : "no cell over it";
        string total = Share > 0 && double.IsFinite(Total) ? string.Create(CultureInfo.InvariantCulture, $", adding up to at most {Total}") : "";
        return string.Create(CultureInfo.InvariantCulture, $"±{Absolute}{relative} a cell, {share}{total}");
    }

    private static ArgumentOutOfRangeException Bad(string name, double value, string expected) =>
        new(name, value, string.Create(CultureInfo.InvariantCulture, $"The tolerance '{name}' must be {expected}, not {value}."));
}
