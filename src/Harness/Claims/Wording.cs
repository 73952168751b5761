using System.Globalization;
using CircuitSpecs.Statistics;

namespace CircuitSpecs.Claims;

/// <summary>How numbers and intervals read in every message.</summary>
internal static class Wording
{
    /// <summary><c>0.873 [0.851, 0.894]</c>, or the number alone where the interval has no width.</summary>
    /// <param name="value">The estimate.</param>
    /// <param name="interval">Its interval.</param>
    public static string Number(double value, Interval interval) => interval.Width == 0
        ? value.ToString("0.####", CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"{value:0.####} [{interval.Low:0.####}, {interval.High:0.####}]");

    /// <summary><c>is at least 0.8: 0.873 [0.851, 0.894]</c>.</summary>
    /// <param name="statement">The condition.</param>
    /// <param name="value">The estimate.</param>
    /// <param name="interval">Its interval.</param>
    public static string Line(FormattableString statement, double value, Interval interval) =>
        Line(statement.ToString(CultureInfo.InvariantCulture), value, interval);

    /// <summary><c>mlp0: 0.873 [0.851, 0.894]</c>.</summary>
    /// <param name="statement">The condition, or a name.</param>
    /// <param name="value">The estimate.</param>
    /// <param name="interval">Its interval.</param>
    public static string Line(string statement, double value, Interval interval) => $"{statement}: {Number(value, interval)}";
}
