using System.Globalization;
using CircuitSpecs.Claims;
using Spectre.Console;

namespace CircuitSpecs.Reporting;

/// <summary>The end of a run on the console: what failed, then claims × models, then the totals.</summary>
public static class ClaimTable
{
    private const int NarrowestClaim = 30;
    private const int WidestClaim = 56;
    private const int ColumnGap = 3;
    private const int Edges = 6;

    /// <summary>Writes plain text without control sequences: for redirected output and logs.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="results">The results of a run.</param>
    /// <param name="width">Characters a line.</param>
    public static void Write(TextWriter writer, IReadOnlyCollection<ClaimResult> results, int width = 120)
    {
        ArgumentNullException.ThrowIfNull(writer);
        using StringWriter padded = new(CultureInfo.InvariantCulture);
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(padded),
        });
        console.Profile.Width = width;
        console.Profile.Capabilities.Unicode = true;
        Write(console, results);
        // Tables are padded to their full width with spaces, which nobody wants in a log.
        foreach (string line in padded.ToString().TrimEnd().Split('\n'))
        {
            writer.WriteLine(line.TrimEnd());
        }
    }

    /// <summary>Writes to a console, with colours where it has them.</summary>
    /// <param name="console">The console.</param>
    /// <param name="results">The results of a run.</param>
    public static void Write(IAnsiConsole console, IReadOnlyCollection<ClaimResult> results)
    {
        ArgumentNullException.ThrowIfNull(console);
        ArgumentNullException.ThrowIfNull(results);
        foreach (ClaimResult result in ResultText.ByUrgency(results))
        {
            WriteAttention(console, result);
        }

        ResultMatrix matrix = ResultMatrix.Of(results);
        foreach (string[] models in Split(matrix, console.Profile.Width))
        {
            console.Write(Build(matrix, models, console.Profile.Width));
        }

        RunTotals totals = RunTotals.Of(results);
        Line(console, ResultText.Legend);
        Line(console, $"{totals.Claims} claims × models: {totals.Outcomes}");
        if (totals.WithNulls > 0)
        {
            Line(console, $"Null models: {totals.NullScore}");
        }

        if (totals.ComparedWithPeers > 0)
        {
            Line(console, $"Specificity: {totals.PeerScore}");
        }
    }

    private static void WriteAttention(IAnsiConsole console, ClaimResult result)
    {
        Line(console, $"{ResultText.Glyph(result.Outcome)} {ResultText.Name(result)}", Style(result.Outcome));
        Line(console, $"    {ResultText.Verdict(result)}: {ResultText.Measured(result)}");
        if (result.Message.Length > 0)
        {
            Line(console, $"    {ResultText.Short(result.Message)}");
        }

        console.WriteLine();
    }

    private static void Line(IAnsiConsole console, string text, string style = "default") => console.MarkupLine($"[{style}]{Markup.Escape(text)}[/]");

    private static Table Build(ResultMatrix matrix, string[] models, int width)
    {
        int[] widths = [.. models.Select(model => Width(matrix, model))];
        int claim = Math.Clamp(width - Edges - widths.Sum(column => column + ColumnGap), NarrowestClaim, WidestClaim);
        Table table = new() { Border = TableBorder.Simple, UseSafeBorder = false };
        table.AddColumn(new TableColumn("Claim") { Width = claim });
        foreach ((string model, int column) in models.Zip(widths))
        {
            table.AddColumn(new TableColumn(Markup.Escape(model)) { Width = column, NoWrap = true });
        }

        string problem = "";
        foreach (ResultMatrix.Row row in matrix.Rows.Where(row => models.Any(model => row.On(model).Any())))
        {
            if (problem != row.First.Problem)
            {
                problem = row.First.Problem;
                table.AddRow($"[bold]{Markup.Escape($"{problem} {row.First.Title}")}[/]");
            }

            string component = row.Component is { } only ? $" ({only})" : "";
            table.AddRow([Markup.Escape(Indent(row.First.Sentence + component, claim)), .. models.Select(model => Cell(row, model))]);
        }

        return table;
    }

    // The console library would begin the further lines of a long sentence at the margin, where problems stand.
    private static string Indent(string sentence, int width)
    {
        List<string> lines = [""];
        foreach (string word in sentence.Split(' '))
        {
            if (lines[^1].Length > 0 && lines[^1].Length + 1 + word.Length > width - 2)
            {
                lines.Add("");
            }

            lines[^1] += lines[^1].Length > 0 ? " " + word : word;
        }

        return string.Join('\n', lines.Select(line => "  " + line));
    }

    private static string Cell(ResultMatrix.Row row, string model) => string.Join(
        '\n',
        row.On(model).SelectMany(result => CellLines(row, result).Select(line => $"[{Style(result.Outcome)}]{Markup.Escape(line)}[/]")));

    private static IEnumerable<string> CellLines(ResultMatrix.Row row, ClaimResult result)
    {
        yield return row.Headline(result);
        if (ResultText.Interval(result) is { Length: > 0 } interval)
        {
            yield return "  " + interval;
        }
    }

    private static int Width(ResultMatrix matrix, string model) => matrix.Rows
        .SelectMany(row => row.On(model).SelectMany(result => CellLines(row, result)))
        .Append(model).Max(text => new StringInfo(text).LengthInTextElements);

    // As many models side by side as the width takes; the rest in further tables, rather than broken numbers.
    private static IEnumerable<string[]> Split(ResultMatrix matrix, int width)
    {
        List<string> models = [];
        int used = Edges + NarrowestClaim;
        foreach (string model in matrix.Models)
        {
            int column = Width(matrix, model) + ColumnGap;
            if (models.Count > 0 && used + column > width)
            {
                yield return [.. models];
                models.Clear();
                used = Edges + NarrowestClaim;
            }

            models.Add(model);
            used += column;
        }

        if (models.Count > 0)
        {
            yield return [.. models];
        }
    }

    private static string Style(Outcome outcome) => outcome switch
    {
        Outcome.Passed => "green",
        Outcome.Failed => "red",
        Outcome.Error => "red",
        Outcome.Inconclusive => "yellow",
        _ => "grey",
    };
}
