using System.Globalization;

namespace CircuitSpecs.Models;

/// <summary>How much memory a process may take that runs a model. A model whose weights do not fit is streamed: its layers are read from the checkpoint as they are needed.</summary>
public static class MemoryLimit
{
    /// <summary>The environment variable that sets the limit: a number of bytes, or a number with KB, MB, GB, KiB, MiB or GiB, or a percentage of the machine's memory.</summary>
    public const string Variable = "CIRCUITSPECS_MEMORY";

    private const double DefaultShare = 0.75;

    // The rest is for activations, the projections that are laid out anew, freed blocks that are kept for reuse, and the runtime.
    private const double WeightShare = 0.6;

    private static readonly (string Suffix, double Factor)[] Units =
        [("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("KB", 1e3), ("MB", 1e6), ("GB", 1e9), ("B", 1), ("", 1)];

    /// <summary>The limit in bytes: three quarters of the machine's memory unless <see cref="Variable"/> says otherwise.</summary>
    /// <exception cref="FormatException">The variable is set to something that is no amount of memory.</exception>
    public static long Bytes => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } text ? Parse(text) : (long)(DefaultShare * Machine);

    /// <summary>What weights may take of <see cref="Bytes"/>: three fifths.</summary>
    public static long ForWeights => (long)(WeightShare * Bytes);

    private static double Machine => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    /// <summary>Reads an amount of memory.</summary>
    /// <param name="text">For example <c>6GB</c>, <c>512MiB</c>, <c>50%</c> or a number of bytes.</param>
    /// <returns>Bytes, at least 1.</returns>
    /// <exception cref="FormatException">It is no such amount.</exception>
    public static long Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string trimmed = text.Trim();
        if (trimmed.EndsWith('%') && Number(trimmed[..^1]) is double share && share <= 100)
        {
            return Math.Max(1, (long)(share / 100 * Machine));
        }

        foreach ((string suffix, double factor) in Units)
        {
            if (trimmed.EndsWith(suffix, StringComparison.OrdinalIgnoreCase) && Number(trimmed[..^suffix.Length]) is double amount && amount * factor is >= 1 and < 1e18)
            {
                return (long)(amount * factor);
            }
        }

        throw new FormatException($"{Variable}: '{text}' is no amount of memory; expected a number of bytes, a number with KB, MB, GB, KiB, MiB or GiB, or a percentage of the machine's memory such as 50%.");
    }

    private static double? Number(string text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out double number) && number > 0 ? number : null;
}
