using System.Globalization;

namespace CircuitSpecs.Snapshots;

/// <summary>
/// How numbers stand in a snapshot: rounded to what the tolerance implies, so that rounding never uses up more than a
/// tenth of it (tolerance 1e-5 → 6 decimals); invariant culture; never a negative zero; <c>NaN</c>, <c>Infinity</c> and
/// <c>-Infinity</c> spelled out. A tolerance of zero writes the shortest text that reads back as the same number.
/// </summary>
public sealed class SnapshotNumberFormat
{
    // Beyond 15 digits, decimals show the noise of the binary representation and no longer the number.
    private const double FixedLimit = 1e15;
    private const int MostDigits = 15;
    private readonly string format;

    /// <summary>The format that a tolerance implies.</summary>
    /// <param name="tolerance">The tolerance that will stand in the file.</param>
    public SnapshotNumberFormat(SnapshotTolerance tolerance)
    {
        ArgumentNullException.ThrowIfNull(tolerance);
        format = tolerance switch
        {
            { Absolute: > 0 } => Digits("F", tolerance.Absolute, shift: 0),
            { Relative: > 0 } => Digits("G", tolerance.Relative, shift: 1),
            _ => "R",
        };
    }

    /// <summary>Writes a number.</summary>
    /// <param name="value">Any number.</param>
    public string Write(double value)
    {
        if (!double.IsFinite(value))
        {
            return double.IsNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";
        }

        string text = value.ToString(Math.Abs(value) < FixedLimit ? format : "R", CultureInfo.InvariantCulture);
        return text.StartsWith('-') && double.Parse(text, CultureInfo.InvariantCulture) == 0 ? text[1..] : text;
    }

    /// <summary>Reads a number that <see cref="Write"/> wrote, or that a person wrote in its place.</summary>
    /// <param name="text">The text, without space around it.</param>
    /// <param name="value">The number.</param>
    public static bool TryRead(string text, out double value)
    {
        const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        switch (text)
        {
            case "NaN":
                value = double.NaN;
                return true;
            case "Infinity":
                value = double.PositiveInfinity;
                return true;
            case "-Infinity":
                value = double.NegativeInfinity;
                return true;
            default:
                // Finite text that overflows (1e999) is a slip of the hand, not an infinity.
                return double.TryParse(text, Style, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);
        }
    }

    // The fewest digits d with ½·10^(shift − d) ≤ tolerance/10: d decimals, or d significant digits with shift 1.
    private static string Digits(string kind, double tolerance, int shift)
    {
        int digits = Math.Max((int)Math.Ceiling(Math.Log10(5 / tolerance) - 1e-9) + shift, shift);
        return digits > MostDigits ? "R" : kind + digits.ToString(CultureInfo.InvariantCulture);
    }
}
