using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using CircuitSpecs.Models;

namespace CircuitSpecs.Snapshots;

/// <summary>The lines of a snapshot file above its values: what they depend on, and how far they may move.</summary>
internal static partial class HeaderLines
{
    private const string FirstLine = "circuit snapshot 1";
    private const string Unlimited = "unlimited";

    private static readonly string[] Reserved =
        ["kind", "model", "weights", "processing", "dtype", "bos", "tokens", "tolerance.absolute", "tolerance.relative", "tolerance.share", "tolerance.total"];

    public static string BosText(bool? bos) => bos switch { true => "prepended", false => "absent", null => "not applicable" };

    public static IEnumerable<string> Write(string kind, SnapshotHeader header, SnapshotTolerance tolerance)
    {
        yield return FirstLine;
        yield return $"kind: {kind}";
        yield return $"model: {QuotedText.Plain(header.Model)}";
        yield return $"weights: {QuotedText.Plain(header.Weights)}";
        yield return $"processing: {header.Processing}";
        yield return $"dtype: {QuotedText.Plain(header.Dtype)}";
        yield return $"bos: {BosText(header.Bos)}";
        yield return $"tokens:{string.Concat(header.Tokens.Select(token => " " + QuotedText.Quote(token)))}";
        foreach ((string key, string value) in header.Details.OrderBy(detail => detail.Key, StringComparer.Ordinal))
        {
            if (!DetailKey().IsMatch(key) || Reserved.Contains(key))
            {
                throw new ArgumentException($"'{key}' cannot be a detail of a snapshot's header: a key begins with a lower-case letter, goes on with letters, digits, '-', '_' and single spaces, and is none of {string.Join(", ", Reserved)}.", nameof(header));
            }

            yield return $"{key}: {QuotedText.Plain(value)}";
        }

        yield return $"tolerance.absolute: {Number(tolerance.Absolute)}";
        yield return $"tolerance.relative: {Number(tolerance.Relative)}";
        yield return $"tolerance.share: {Number(tolerance.Share)}";
        yield return $"tolerance.total: {(double.IsInfinity(tolerance.Total) ? Unlimited : Number(tolerance.Total))}";
        yield return "";
    }

    public static (string Kind, SnapshotHeader Header, SnapshotTolerance Tolerance) Read(SnapshotLines lines)
    {
        lines.ReadExactly(FirstLine);
        string kind = Value(lines, "kind");
        SnapshotHeader header = new()
        {
            Model = Value(lines, "model"),
            Weights = Value(lines, "weights"),
            Processing = ReadProcessing(lines),
            Dtype = Value(lines, "dtype"),
            Bos = ReadBos(lines),
            Tokens = ReadTokens(lines),
        };
        while (lines.Peek?.StartsWith("tolerance.", StringComparison.Ordinal) == false)
        {
            header = ReadDetail(lines, header);
        }

        double absolute = ReadNumber(lines, "tolerance.absolute", "a finite number ≥ 0", value => value >= 0 && double.IsFinite(value));
        double relative = ReadNumber(lines, "tolerance.relative", "a number in [0, 1)", value => value is >= 0 and < 1);
        double share = ReadNumber(lines, "tolerance.share", "a number in [0, 1]", value => value is >= 0 and <= 1);
        double total = ReadNumber(lines, "tolerance.total", $"a number ≥ 0 or '{Unlimited}'", value => value >= 0);
        lines.ReadExactly("");
        return (kind, header, new SnapshotTolerance(absolute, relative, share, total));
    }

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static string Value(SnapshotLines lines, string key)
    {
        string line = lines.Read($"'{key}: …'");
        return line.StartsWith(key + ": ", StringComparison.Ordinal) && QuotedText.TryReadPlain(line[(key.Length + 2)..], out string value)
            ? value
            : throw lines.Malformed($"found '{line}', expected '{key}: …'");
    }

    private static WeightProcessing ReadProcessing(SnapshotLines lines)
    {
        string text = Value(lines, "processing");
        return Enum.TryParse(text, out WeightProcessing processing) && processing.ToString() == text
            ? processing
            : throw lines.Malformed($"found the weight processing '{text}', expected one or more of {string.Join(", ", Enum.GetNames<WeightProcessing>())}");
    }

    private static bool? ReadBos(SnapshotLines lines)
    {
        string text = Value(lines, "bos");
        foreach (bool? candidate in (bool?[])[true, false, null])
        {
            if (BosText(candidate) == text)
            {
                return candidate;
            }
        }

        throw lines.Malformed($"found 'bos: {text}', expected '{BosText(true)}', '{BosText(false)}' or '{BosText(null)}'");
    }

    private static ImmutableArray<string> ReadTokens(SnapshotLines lines)
    {
        const string Expected = "'tokens:' and then every token in double quotes, one space before each";
        string line = lines.Read(Expected);
        int position = "tokens:".Length;
        if (!line.StartsWith("tokens:", StringComparison.Ordinal))
        {
            throw lines.Malformed($"found '{line}', expected {Expected}");
        }

        ImmutableArray<string>.Builder tokens = ImmutableArray.CreateBuilder<string>();
        while (position < line.Length)
        {
            if (line[position++] != ' ' || !QuotedText.TryRead(line, ref position, out string token))
            {
                throw lines.Malformed($"the tokens cannot be read from column {position} on; expected {Expected}");
            }

            tokens.Add(token);
        }

        return tokens.ToImmutable();
    }

    private static SnapshotHeader ReadDetail(SnapshotLines lines, SnapshotHeader header)
    {
        string line = lines.Read("'key: value'");
        int colon = line.IndexOf(": ", StringComparison.Ordinal);
        string key = colon > 0 ? line[..colon] : "";
        if (!DetailKey().IsMatch(key) || Reserved.Contains(key) || !QuotedText.TryReadPlain(line[(colon + 2)..], out string value))
        {
            throw lines.Malformed($"found '{line}', expected 'key: value' or 'tolerance.absolute: …'");
        }

        return header.Details.ContainsKey(key) ? throw lines.Malformed($"'{key}' stands in the header twice") : header.With(key, value);
    }

    private static double ReadNumber(SnapshotLines lines, string key, string expected, Func<double, bool> accept)
    {
        string text = Value(lines, key);
        double value = text == Unlimited && key == "tolerance.total" ? double.PositiveInfinity : lines.Number(text, expected);
        return accept(value) ? value : throw lines.Malformed($"found '{key}: {text}', expected {expected}");
    }

    [GeneratedRegex("^[a-z][A-Za-z0-9_-]*( [A-Za-z0-9_-]+)*$")]
    private static partial Regex DetailKey();
}
