using System.Globalization;

namespace CircuitSpecs.Cli;

/// <summary>Numbers of bytes and of parameters as people read them.</summary>
internal static class ByteCount
{
    /// <summary>Bytes in decimal units, as disks and networks count: <c>1.4 GB</c>.</summary>
    public static string Text(long bytes) => bytes < 1000 ? $"{bytes} B" : Scaled(bytes, ["kB", "MB", "GB", "TB"], " ");

    /// <summary>A number of parameters: <c>124M</c>.</summary>
    public static string Parameters(long count) => count < 1000 ? count.ToString(CultureInfo.InvariantCulture) : Scaled(count, ["k", "M", "B", "T"], "");

    private static string Scaled(long number, string[] units, string between)
    {
        double value = number / 1000.0;
        int unit = 0;
        while (value >= 999.5 && unit < units.Length - 1)
        {
            value /= 1000;
            unit++;
        }

        return value.ToString(value < 9.95 ? "0.0" : "0", CultureInfo.InvariantCulture) + between + units[unit];
    }
}
