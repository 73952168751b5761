using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text;
using CircuitSpecs.Claims;

namespace CircuitSpecs.Reporting;

/// <summary>
/// A run as Markdown for GitHub's job summary: totals, what failed, claims × models, environment, in this order. What
/// would exceed GitHub's 1 MiB is left out line by line, and said to be.
/// </summary>
public static class JobSummary
{
    /// <summary>The variable that names the summary's file on GitHub.</summary>
    public const string FileVariable = "GITHUB_STEP_SUMMARY";

    /// <summary>The most annotations that GitHub shows for a step.</summary>
    public const int MostAnnotations = 10;

    private const int AnnotationLines = 20;
    private const int LongestSummary = 1024 * 1024;

    /// <summary>The Markdown.</summary>
    /// <param name="results">The results of a run.</param>
    /// <param name="environment">What else to say about the run, such as runner and branch; engine, commit, system and .NET are added.</param>
    /// <param name="mostBytes">The most bytes of UTF-8 that it may have.</param>
    public static string Markdown(IReadOnlyCollection<ClaimResult> results, IReadOnlyDictionary<string, string>? environment = null, int mostBytes = LongestSummary)
    {
        ArgumentNullException.ThrowIfNull(results);
        RunTotals totals = RunTotals.Of(results);
        SummaryBuilder summary = new(mostBytes);
        summary.Add($"## Circuit claims: {totals.Outcomes}\n\n");
        summary.Add($"| verdict | claims |\n| :-- | --: |\n{string.Concat(totals.ByVerdict.Select(pair => $"| {ResultText.Lower(pair.Key)} | {pair.Value} |\n"))}\n");
        if (totals.WithNulls > 0)
        {
            summary.Add($"Null models: {totals.NullScore}.\n\n");
        }

        if (totals.ComparedWithPeers > 0)
        {
            summary.Add($"Specificity: {totals.PeerScore}.\n\n");
        }

        // The environment is short and comes last, so its room is set aside first.
        string footer = Environment(results, environment);
        summary.Reserve(footer);
        ImmutableArray<ClaimResult> attention = [.. ResultText.ByUrgency(results)];
        if (attention.Length > 0)
        {
            summary.Add($"### To look at ({attention.Length})\n\n");
            summary.AddAll(attention.Select(Attention), "results");
        }

        AddTable(summary, ResultMatrix.Of(results));
        summary.AddReserved(footer);
        return summary.ToString();
    }

    /// <summary>Appends the Markdown to the file that <c>GITHUB_STEP_SUMMARY</c> names, within the room left in it.</summary>
    /// <param name="path">The file; it may hold the summaries of other test projects already.</param>
    /// <param name="results">The results of a run.</param>
    /// <param name="environment">See <see cref="Markdown"/>.</param>
    public static void AppendTo(string path, IReadOnlyCollection<ClaimResult> results, IReadOnlyDictionary<string, string>? environment = null)
    {
        long used = File.Exists(path) ? new FileInfo(path).Length : 0;
        string markdown = Markdown(results, environment, (int)Math.Max(LongestSummary - used, 0));
        File.AppendAllText(path, markdown, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
    }

    /// <summary>Workflow commands that mark failures and errors on the run's page, ten at most: <c>::error title=…::…</c>.</summary>
    /// <param name="results">The results of a run.</param>
    public static ImmutableArray<string> Annotations(IReadOnlyCollection<ClaimResult> results)
    {
        ArgumentNullException.ThrowIfNull(results);
        ClaimResult[] failures = [.. ResultText.ByUrgency(results).Where(result => result.Outcome != Outcome.Inconclusive)];
        bool all = failures.Length <= MostAnnotations;
        ImmutableArray<string> lines = [.. failures.Take(all ? MostAnnotations : MostAnnotations - 1).Select(Annotation)];
        return all ? lines : lines.Add($"::error title=Circuit claims::and {failures.Length - lines.Length} more, see the job summary");
    }

    private static string Annotation(ClaimResult result)
    {
        string title = Escape(ResultText.Name(result)).Replace(":", "%3A", StringComparison.Ordinal).Replace(",", "%2C", StringComparison.Ordinal);
        string note = result.Message.Length == 0 ? "" : "\n" + string.Join('\n', ResultText.Lines(result.Message).Take(AnnotationLines));
        return $"::error title={title}::{Escape($"{ResultText.Verdict(result)}: {ResultText.Measured(result)}{note}")}";
    }

    private static string Escape(string text) => text.Replace("%", "%25", StringComparison.Ordinal).Replace("\r", "%0D", StringComparison.Ordinal).Replace("\n", "%0A", StringComparison.Ordinal);

    private static string Attention(ClaimResult result)
    {
        string message = result.Message.Length == 0 ? "" : $"  \n  {MarkdownText.Escape(ResultText.Short(result.Message))}";
        string rerun = result.Rerun.Length == 0 ? "" : $"  \n  {MarkdownText.Code(result.Rerun)}";
        return $"- {ResultText.Glyph(result.Outcome)} **{MarkdownText.Escape(ResultText.Name(result))}**  \n  {MarkdownText.Escape(ResultText.Verdict(result))}: {MarkdownText.Escape(ResultText.Measured(result))}{message}{rerun}\n";
    }

    private static void AddTable(SummaryBuilder summary, ResultMatrix matrix)
    {
        if (matrix.Rows.IsEmpty)
        {
            return;
        }

        summary.Add($"\n### Claims × models\n\n{ResultText.Legend}\n\n| | claim |{string.Concat(matrix.Models.Select(model => $" {MarkdownText.Escape(model)} |"))}\n| :-- | :-- |{string.Concat(matrix.Models.Select(_ => " :-- |"))}\n");
        summary.AddAll(matrix.Rows.Select(row => Row(row, matrix.Models)), "rows");
    }

    private static string Row(ResultMatrix.Row row, ImmutableArray<string> models)
    {
        string component = row.Component is { } only ? $" ({only})" : "";
        IEnumerable<string> cells = models.Select(model => string.Join("<br>", row.On(model).Select(result => MarkdownText.Escape($"{row.Headline(result)} {ResultText.Interval(result)}".Trim()))));
        return $"| {MarkdownText.Escape(row.First.Problem)} | {MarkdownText.Escape(row.First.Sentence + component)} |{string.Concat(cells.Select(cell => $" {cell} |"))}\n";
    }

    private static string Environment(IReadOnlyCollection<ClaimResult> results, IReadOnlyDictionary<string, string>? given)
    {
        Dictionary<string, string> lines = new()
        {
            ["engine"] = Distinct(result => result.Engine),
            ["commit"] = Distinct(result => result.Commit),
            ["system"] = $"{RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}, {System.Environment.ProcessorCount} processors",
            [".NET"] = RuntimeInformation.FrameworkDescription,
        };
        foreach ((string key, string value) in given ?? ImmutableDictionary<string, string>.Empty)
        {
            lines[key] = value;
        }

        return $"\n### Environment\n\n{string.Concat(lines.Where(pair => pair.Value.Length > 0).Select(pair => $"- {MarkdownText.Escape(pair.Key)}: {MarkdownText.Escape(pair.Value)}\n"))}\n";

        string Distinct(Func<ClaimResult, string> read) => string.Join(", ", results.Select(read).Where(value => value.Length > 0).Distinct());
    }
}
