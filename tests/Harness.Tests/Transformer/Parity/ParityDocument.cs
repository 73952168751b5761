using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using CircuitSpecs.Transformer.Parity;

namespace CircuitSpecs.Tests.Transformer.Parity;

/// <summary>
/// Writes docs/parity.md, the largest differences from every golden, and says whether a copy of it still tells the truth. Which bits a sum has depends on the
/// machine's vector instructions, so that numbers are compared by their size and everything else exactly.
/// </summary>
internal static class ParityDocument
{
    public const string RefreshCommand = "CIRCUITSPECS_WRITE_DOCS=1 dotnet test tests/Harness.Tests --filter ParityDocumentTests";

    /// <summary>How many times as large, or as small, as in the table a difference may be.</summary>
    public const double Factor = 4;

    /// <summary>Below this part of the tolerance, differences count as alike.</summary>
    public const double Negligible = 0.05;

    /// <summary>How many hexadecimal digits of a golden's SHA-256 the table shows.</summary>
    public const int Digits = 12;

    private static readonly ParityTolerances Formats = new() { Logits = 1e-4 };

    private static readonly ImmutableArray<Section> Sections =
    [
        new(
            "Architectures",
            "architectures",
            "Models with random weights, one folder an architecture: logits (also of left-padded prompts), losses, hidden states and attentions against Hugging Face transformers, every hook, raw and processed, against TransformerLens, and a greedy continuation, whose tokens are equal. Absolute differences.",
            [("logits", 5e-5), ("losses, attention patterns", 1e-5), ("other activations", 1e-4)],
            () => Cases("architectures", "*", "golden.safetensors", new ParityTolerances())),
        new(
            "Formats",
            "formats",
            "The same numbers in many containers: logits, and of `tl-*` everything that TransformerLens recorded. Absolute differences. Dequantised blocks and the element types of `formats/gguf/quant_types*` and `formats/tensor-types` are equal bit for bit, which tests of their own assert.",
            [("logits, activations", 1e-4), ("losses, attention patterns", 1e-5)],
            () => Cases("formats", "*", "golden.safetensors", Formats).Concat(Cases("formats", "gguf", "tiny-*.golden.safetensors", Formats))),
        new(
            "SmolLM2-135M",
            "smollm2",
            "A real model out of its Q4_1 GGUF file, prompts of 5 to 200 tokens, against PyTorch. Logits, losses and patterns are absolute; other activations are relative to the largest norm that the residual stream has had at the position, or to the largest entry of the row.",
            [("logits", SmolLm2Parity.Logits), ("losses, attention patterns", SmolLm2Parity.Probabilities), ("other activations, relative", SmolLm2Parity.Relative)],
            () => File.Exists(Path.Combine(GoldenFolder.Root, SmolLm2Parity.Golden)) ? [SmolLm2Parity.Report] : []),
    ];

    /// <summary>A line of the table: what is compared exactly, and what by size.</summary>
    /// <param name="Golden">The golden.</param>
    /// <param name="Facts">Architecture, storage, number of keys.</param>
    /// <param name="Differences">The largest difference in each column; null where nothing was recorded.</param>
    /// <param name="Hash">The first digits of the golden's SHA-256.</param>
    internal sealed record Line(string Golden, string Facts, ImmutableArray<double?> Differences, string Hash);

    private sealed record Section(string Title, string Folder, string About, ImmutableArray<(string Title, double Tolerance)> Columns, Func<IEnumerable<Func<GoldenReport>>> Reports);

    /// <summary>The page, of the goldens that are there.</summary>
    public static string Write()
    {
        var text = new StringBuilder();
        text.Append("# How far results are from those of other programs\n\n");
        text.Append("Written by the tests, which also assert the tolerances; a test fails when the page is out of date. To refresh it:\n");
        text.Append("```\n").Append(RefreshCommand).Append("\n```\n");
        text.Append("One row a golden (`../shared/goldens`; their READMEs name the programs), with the largest difference that any element of any key has, by kind of\n");
        text.Append("quantity; the tolerance stands above. The key given is the one that comes nearest to its tolerance. Differences are those of one machine:\n");
        text.Append(CultureInfo.InvariantCulture, $"another has other roundings, and the page counts as right there while they are within the tolerance and within a factor of {Factor} of the\n");
        text.Append(CultureInfo.InvariantCulture, $"table's (or below {Negligible:P0} of the tolerance). The last column is the beginning of the golden's SHA-256: rows of other goldens are not compared.\n");
        text.Append("`circuits parity` makes the same comparison for any model and reference.\n");
        foreach (Section section in Sections)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n## {section.Title}\n{section.About}\n\n");
            text.Append("| golden | architecture | stored as | keys |").AppendJoin("", section.Columns.Select(column => $" {column.Title} ≤ {column.Tolerance:0e+0} |")).Append(" nearest to its tolerance | SHA-256 |\n");
            text.Append("|---|---|---|---:|").AppendJoin("", section.Columns.Select(_ => "---:|")).Append("---|---|\n");
            foreach (GoldenReport report in section.Reports().Select(measure => measure()))
            {
                text.Append(Row(section, report)).Append('\n');
            }
        }

        return text.ToString();
    }

    /// <summary>The lines of the tables of a page.</summary>
    public static IReadOnlyList<Line> Lines(string page) =>
    [
        .. page.Split('\n').Where(line => line.StartsWith("| `", StringComparison.Ordinal)).Select(line => line.Split('|', StringSplitOptions.TrimEntries)[1..^1]).Select(cells => new Line(
            cells[0].Trim('`'),
            string.Join(" | ", cells[1..4]),
            [.. cells[4..^2].Select(cell => cell == "–" ? (double?)null : double.Parse(cell, CultureInfo.InvariantCulture))],
            cells[^1].Trim('`'))),
    ];

    /// <summary>What is wrong with a page, given how it would be written now.</summary>
    /// <param name="page">The page.</param>
    /// <param name="now">As <see cref="Write"/> gives it.</param>
    /// <returns>The problems; null if the page is about other goldens altogether.</returns>
    public static IReadOnlyList<string>? Problems(string page, string now)
    {
        var stated = Lines(page).ToDictionary(line => line.Golden, StringComparer.Ordinal);
        IReadOnlyList<Line> measured = Lines(now);
        var problems = new List<string>();
        bool any = false;
        bool all = true;
        foreach (Line line in measured)
        {
            if (!stated.TryGetValue(line.Golden, out Line? old))
            {
                continue;
            }

            if (old.Hash != line.Hash)
            {
                all = false;
                continue;
            }

            any = true;
            problems.AddRange(Problems(old, line));
        }

        if (!any && stated.Count > 0)
        {
            return null;
        }

        if (all)
        {
            problems.AddRange(measured.Where(line => !stated.ContainsKey(line.Golden)).Select(line => $"the row of {line.Golden} is missing"));
            problems.AddRange(stated.Keys.Where(golden => !File.Exists(Path.Combine(GoldenFolder.Root, golden)) && Directory.Exists(Path.Combine(GoldenFolder.Root, golden.Split('/')[0]))).Select(golden => $"there is no {golden} any more"));
        }

        if (Frame(page) != Frame(now))
        {
            problems.Add("the text around the tables is another one");
        }

        return problems;
    }

    private static IEnumerable<string> Problems(Line stated, Line measured)
    {
        if (stated.Facts != measured.Facts || stated.Differences.Length != measured.Differences.Length)
        {
            yield return $"{measured.Golden}: the page says '{stated.Facts}', it is '{measured.Facts}'";
            yield break;
        }

        ImmutableArray<(string Title, double Tolerance)> columns = Sections.Single(section => measured.Golden.StartsWith(section.Folder + "/", StringComparison.Ordinal)).Columns;
        for (int column = 0; column < columns.Length; column++)
        {
            (double? old, double? now, double tolerance) = (stated.Differences[column], measured.Differences[column], columns[column].Tolerance);
            double floor = Negligible * tolerance;
            bool alike = old is double o && now is double n ? n <= tolerance && Math.Max(o, floor) <= Factor * Math.Max(n, floor) && Math.Max(n, floor) <= Factor * Math.Max(o, floor) : old is null && now is null;
            if (!alike)
            {
                yield return $"{measured.Golden}, {columns[column].Title}: the page says {Figure(old)}, it is {Figure(now)} (tolerance {Figure(tolerance)})";
            }
        }
    }

    private static string Row(Section section, GoldenReport report)
    {
        string[] broken = [.. report.Rows.Where(row => !row.Passed).Select(row => row.Key)];
        broken.Should().BeEmpty("a table of what agrees is not written of what does not: {0}", report.Golden);
        double?[] largest = new double?[section.Columns.Length];
        ParityRow nearest = report.Rows.MaxBy(Share)!;
        foreach (ParityRow row in report.Rows.Where(row => row.Tolerance > 0))
        {
            int column = section.Columns.Select(candidate => candidate.Tolerance).ToList().IndexOf(row.Tolerance!.Value);
            column.Should().BeGreaterThanOrEqualTo(0, "a column of '{0}' has the tolerance {1} of {2}", section.Title, row.Tolerance, row.Key);
            largest[column] = Math.Max(largest[column] ?? 0, row.Difference!.Value);
        }

        string hash = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(GoldenFolder.PathOrIgnore(report.Golden))))[..Digits];
        return string.Create(CultureInfo.InvariantCulture, $"| `{report.Golden}` | {report.Model} | {report.StoredAs} | {report.Rows.Length} | {string.Join(" | ", largest.Select(Figure))} | `{nearest.Key}` ({Share(nearest):P0}) | `{hash}` |");
    }

    private static double Share(ParityRow row) => row.Tolerance > 0 ? row.Difference!.Value / row.Tolerance.Value : 0;

    private static string Figure(double? value) => value switch
    {
        null => "–",
        0 => "0",
        double number => number.ToString("0.0e+0", CultureInfo.InvariantCulture),
    };

    private static string Frame(string page) => string.Join('\n', page.Split('\n').Where(line => !line.StartsWith("| `", StringComparison.Ordinal)));

    private static IEnumerable<Func<GoldenReport>> Cases(string parent, string folders, string files, ParityTolerances tolerances)
    {
        string top = Path.Combine(GoldenFolder.Root, parent);
        return !Directory.Exists(top) ? [] : Directory.EnumerateDirectories(top, folders).Order(StringComparer.Ordinal)
            .SelectMany(folder => Directory.EnumerateFiles(folder, files).Order(StringComparer.Ordinal))
            .Select(file => Path.GetRelativePath(GoldenFolder.Root, file).Replace('\\', '/'))
            .Select<string, Func<GoldenReport>>(golden => () => GoldenReports.Of(golden, tolerances));
    }
}
