using System.Globalization;
using System.Text;

namespace CircuitSpecs.Models.Checkpoints;

/// <summary>Texts out of a file that may come from anywhere, as messages show them.</summary>
internal static class Quoted
{
    private const int Longest = 120;

    /// <summary>A text in quotes, on one line, cut where it is long, control characters spelled out: <c>'wte.weight'</c>.</summary>
    public static string Of(string text)
    {
        var shown = new StringBuilder("'");
        foreach (char character in text.AsSpan(0, Math.Min(text.Length, Longest)))
        {
            _ = char.IsControl(character) || char.IsSurrogate(character)
                ? shown.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:X4}")
                : shown.Append(character);
        }

        return shown.Append(text.Length <= Longest ? "'" : "…'").ToString();
    }
}
