using System.Globalization;
using System.Text;
using CircuitSpecs.Claims;

namespace CircuitSpecs.Reporting;

/// <summary>What a person needs who sees a claim fail: the evidence, the controls, the prompts that speak most against it, and how to run it again.</summary>
public static class FailureMessage
{
    private const int WorstPrompts = 5;
    private const int LongestPrompt = 160;
    private const int LabelWidth = 14;

    /// <summary>The message, several lines without a newline at the end.</summary>
    /// <param name="result">A result of any outcome.</param>
    public static string For(ClaimResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        StringBuilder text = new();
        text.Append(ResultText.Name(result)).Append('\n');
        Add(text, "verdict", ResultText.Verdict(result));
        Add(text, "because", result.Because);
        AddMeasurement(text, result);
        AddAll(text, "conditions", result.Conditions);
        AddAll(text, WorstLabel(result), Worst(result).Select(sample => Describe(sample)));
        AddAll(text, "null models", result.Nulls.Select(Describe));
        if (result.Specificity is { } specificity)
        {
            Add(text, "specificity", Describe(specificity));
        }

        Add(text, "dropped", string.Join(", ", result.Dropped.Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Value} × {pair.Key}"))));
        Add(text, "conventions", string.Join(", ", result.Conventions.Select(pair => $"{pair.Key} {pair.Value}")));
        string message = result.Message.ReplaceLineEndings("\n").Trim();
        bool manyLines = message.Contains('\n', StringComparison.Ordinal);
        Add(text, "note", manyLines ? "" : message);
        Add(text, "rerun", result.Rerun);
        // Longer messages, as those of snapshots, have a form of their own that tools read line by line.
        text.Append(manyLines ? $"\n{message}" : "");
        return text.ToString().TrimEnd('\n');
    }

    /// <summary>
    /// The prompts furthest on the wrong side of the threshold, the worst first: where a claim is recorded to hold those
    /// that speak against it, where it is recorded to fail those that speak for it. For a ratio of means a prompt weighs
    /// with numerator − threshold · denominator, which is what it adds to the distance of the ratio from the threshold.
    /// Empty for claims that compare with no number.
    /// </summary>
    /// <param name="result">The result.</param>
    /// <param name="most">How many at most.</param>
    public static IReadOnlyList<SampleRecord> Worst(ClaimResult result, int most = WorstPrompts)
    {
        ArgumentNullException.ThrowIfNull(result);
        double sign = result.Recorded == Expectation.Holds ? 1 : -1;
        // A ratio whose denominators are negative on the whole lies above its threshold where the excess is negative.
        double scale = result.Samples.Any(sample => sample.Denominator is not null) && result.Samples.Sum(sample => sample.Denominator ?? 1) < 0 ? -1 : 1;
        return double.IsNaN(result.Threshold) || !IsOrdered(result.Direction)
            ? []
            : [.. result.Samples.Select(sample => (Sample: sample, Wrongness: sign * Wrongness(sample))).Where(pair => !(pair.Wrongness <= 0))
                .OrderByDescending(pair => double.IsNaN(pair.Wrongness)).ThenByDescending(pair => pair.Wrongness).Take(most).Select(pair => pair.Sample)];

        double Wrongness(SampleRecord sample)
        {
            double excess = scale * (sample.Value - (result.Threshold * (sample.Denominator ?? 1)));
            return result.Direction switch { "≥" or ">" => -excess, "≤" or "<" => excess, _ => Math.Abs(excess) };
        }
    }

    private static bool IsOrdered(string direction) => direction is "≥" or ">" or "≤" or "<" or "≈";

    private static void AddMeasurement(StringBuilder text, ClaimResult result)
    {
        if (ResultText.HasValue(result))
        {
            string confidence = ResultText.HasInterval(result) ? string.Create(CultureInfo.InvariantCulture, $" ({result.Confidence:0.#%} interval)") : "";
            Add(text, "measured", $"{ResultText.Number(result.Value)} {ResultText.Interval(result)}{confidence} {result.Unit}".Replace("  ", " ", StringComparison.Ordinal).Trim());
        }

        Add(text, "claimed", ResultText.Threshold(result));
        Add(text, "prompts", result.N > 0 ? string.Create(CultureInfo.InvariantCulture, $"n = {result.N}") : ResultText.HasValue(result) ? "none: an exact value" : "");
    }

    private static string WorstLabel(ClaimResult result) => result.Recorded == Expectation.Holds ? "worst prompts" : "best prompts";

    private static string Describe(SampleRecord sample)
    {
        string ratio = sample.Denominator is { } denominator ? $" / {ResultText.Number(denominator)}" : "";
        return $"{ResultText.Number(sample.Value)}{ratio}  {ResultText.OneLine(sample.Text, LongestPrompt)}";
    }

    private static string Describe(NullResult nullResult)
    {
        string value = double.IsNaN(nullResult.Value) ? "" : $" at {ResultText.Number(nullResult.Value)}";
        string detail = nullResult.Detail.Length == 0 ? "" : $" ({nullResult.Detail})";
        string vacuous = nullResult.Verdict == Verdict.Supported ? "  ← the claim holds without the trained weights" : "";
        if (nullResult.Kind == "swapped-component" && vacuous.Length > 0)
        {
            vacuous = "  ← the claim holds for another component too";
        }

        return $"{nullResult.Kind}: {ResultText.Lower(nullResult.Verdict)}{value}{detail}{vacuous}";
    }

    private static string Describe(SpecificityResult specificity)
    {
        string p = specificity.MaxStatisticP is { } value ? $"; max-statistic p = {ResultText.Number(value)}" : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"rank {specificity.Rank} of {specificity.Peers + 1}; {specificity.AlsoPass} of {specificity.Peers} others also pass; the strongest other is {specificity.Best} at {ResultText.Number(specificity.BestValue)}{p}");
    }

    private static void Add(StringBuilder text, string label, string value) => AddAll(text, label, value.Length == 0 ? [] : [value]);

    private static void AddAll(StringBuilder text, string label, IEnumerable<string> values)
    {
        foreach (string value in values)
        {
            text.Append("  ").Append(label.PadRight(LabelWidth)).Append(ResultText.OneLine(value)).Append('\n');
            label = "";
        }
    }
}
