using System.Globalization;
using System.Text;
using CircuitSpecs.Claims;

namespace CircuitSpecs.Reporting;

/// <summary>The words and numbers that every view of a result has in common.</summary>
internal static class ResultText
{
    public const string Legend = "✓ as recorded   ✗ otherwise, or vacuous   ? inconclusive   ! not measurable   – model absent   ¬ recorded to fail";

    public static string Glyph(Outcome outcome) => outcome switch
    {
        Outcome.Passed => "✓",
        Outcome.Failed => "✗",
        Outcome.Inconclusive => "?",
        Outcome.Error => "!",
        _ => "–",
    };

    /// <summary>Failed, inconclusive and error: whatever a reader has to look at.</summary>
    public static bool NeedsAttention(ClaimResult result) => result.Outcome is Outcome.Failed or Outcome.Error or Outcome.Inconclusive;

    /// <summary>Failures first, then errors, then the inconclusive; by problem, claim and model within each.</summary>
    public static IEnumerable<ClaimResult> ByUrgency(IEnumerable<ClaimResult> results) => results.Where(NeedsAttention)
        .OrderBy(result => result.Outcome switch { Outcome.Failed => 0, Outcome.Error => 1, _ => 2 })
        .ThenBy(result => result.Problem, ProblemOrder.Instance).ThenBy(result => result.Claim, StringComparer.Ordinal).ThenBy(result => result.Model, StringComparer.Ordinal);

    /// <summary>Four significant digits, never in powers of ten where a plain number can be read: <c>0.8732</c>, <c>12.30</c>, <c>2.1e-07</c>.</summary>
    public static string Number(double value)
    {
        if (!double.IsFinite(value))
        {
            return double.IsNaN(value) ? "NaN" : value > 0 ? "∞" : "-∞";
        }

        double size = Math.Abs(value);
        if (size != 0 && size is < 1e-4 or >= 1e6)
        {
            return value.ToString("0.0#e+0", CultureInfo.InvariantCulture);
        }

        int decimals = size >= 1000 ? 0 : size >= 100 ? 1 : size >= 10 ? 2 : size >= 0.1 || size == 0 ? 3 : 4;
        string text = value.ToString("F" + decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        return text;
    }

    public static bool HasValue(ClaimResult result) => !double.IsNaN(result.Value);

    public static bool HasInterval(ClaimResult result) => !double.IsNaN(result.Low) && !double.IsNaN(result.High) && result.Low < result.High;

    /// <summary><c>[0.845, 0.897]</c>; empty for exact values.</summary>
    public static string Interval(ClaimResult result) => HasInterval(result) ? $"[{Number(result.Low)}, {Number(result.High)}]" : "";

    /// <summary><c>≥ 0.800</c>; empty where there is nothing to compare with.</summary>
    public static string Threshold(ClaimResult result) => $"{result.Direction} {(double.IsNaN(result.Threshold) ? "" : Number(result.Threshold))}".Trim();

    /// <summary><c>0.412 [0.380, 0.450], claimed ≥ 0.800, n = 64</c>.</summary>
    public static string Measured(ClaimResult result)
    {
        List<string> parts = [HasValue(result) ? $"{Number(result.Value)} {Interval(result)}".Trim() : "no value"];
        if (Threshold(result) is { Length: > 0 } threshold)
        {
            parts.Add("claimed " + threshold);
        }

        parts.Add(result.N > 0 ? string.Create(CultureInfo.InvariantCulture, $"n = {result.N}") : "exact");
        return string.Join(", ", HasValue(result) ? parts : parts.Take(parts.Count - 1));
    }

    /// <summary><c>2.26 Previous-token head › attends to the previous token › 4.11 › gpt2</c>.</summary>
    public static string Name(ClaimResult result) =>
        string.Join(" › ", new[] { $"{result.Problem} {result.Title}", result.Sentence, result.Component, result.Model }.Where(part => !string.IsNullOrEmpty(part)));

    /// <summary>What came out against what was recorded, in words.</summary>
    public static string Verdict(ClaimResult result)
    {
        string recorded = result.Recorded == Expectation.Holds ? "recorded to hold" : "recorded to fail";
        string vacuous = result.Vacuous ? ", vacuous: it holds on a null model too" : "";
        return $"{Lower(result.Verdict)}, {recorded}{vacuous}";
    }

    public static string Lower<T>(T value)
        where T : struct, Enum => JsonName(value.ToString());

    /// <summary>One line without control characters, cut to a length.</summary>
    public static string OneLine(string text, int longest = int.MaxValue)
    {
        StringBuilder line = new();
        foreach (Rune rune in text.EnumerateRunes())
        {
            line.Append(rune.Value switch { '\n' => "\\n", '\r' => "\\r", '\t' => "\\t", _ => Rune.IsControl(rune) ? "\uFFFD" : rune.ToString() });
        }

        string whole = line.ToString();
        if (whole.Length <= longest)
        {
            return whole;
        }

        int cut = char.IsHighSurrogate(whole[longest - 2]) ? longest - 2 : longest - 1;
        return whole[..cut] + "…";
    }

    /// <summary>The lines of a message, without the empty ones.</summary>
    public static string[] Lines(string message) => message.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <summary>A message of any number of lines on one, cut to a length that a list of failures can bear.</summary>
    public static string Short(string message) => OneLine(string.Join(" · ", Lines(message)), 400);

    private static string JsonName(string name) => char.ToLowerInvariant(name[0]) + name[1..];
}
