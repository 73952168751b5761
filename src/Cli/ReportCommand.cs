using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using CircuitSpecs.Claims;
using CircuitSpecs.Reporting;
using Spectre.Console;

namespace CircuitSpecs.Cli;

/// <summary><c>circuits report</c>: a results log as a table.</summary>
internal static class ReportCommand
{
    private const int RedirectedWidth = 120;
    private const int NarrowestTable = 60;

    public static Command Create(CommandSurroundings surroundings)
    {
        Argument<string[]> files = new("results.jsonl") { Description = "One or more results logs, taken together.", Arity = ArgumentArity.OneOrMore };
        Option<bool> markdown = new("--markdown", "-m") { Description = "Markdown, as in the job summary, instead of a table." };
        Option<int?> width = new("--width", "-w")
        {
            Description = $"Characters a line, {NarrowestTable} or more; the terminal's width, or {RedirectedWidth} when redirected.",
            HelpName = "n",
            CustomParser = ReadWidth,
        };
        Command command = new("report", "Show a results log: what failed, claims × models, totals.") { files, markdown, width };
        command.SetAction(parsed => Run(surroundings, parsed.GetRequiredValue(files), parsed.GetValue(markdown), parsed.GetValue(width)));
        return command;
    }

    private static int Run(CommandSurroundings surroundings, string[] files, bool markdown, int? width)
    {
        List<ClaimResult> results = [];
        foreach (string file in files)
        {
            if (Read(surroundings, file) is not { } content)
            {
                return CircuitsCommand.Failure;
            }

            results.AddRange(content.Results);
            foreach (string warning in content.Warnings)
            {
                surroundings.Error.WriteLine($"circuits report: warning: {warning}");
            }
        }

        if (markdown)
        {
            surroundings.Output.Write(JobSummary.Markdown(results));
        }
        else if (surroundings.IsTerminal)
        {
            AnsiConsole.Profile.Width = width ?? AnsiConsole.Profile.Width;
            ClaimTable.Write(AnsiConsole.Console, results);
        }
        else
        {
            ClaimTable.Write(surroundings.Output, results, width ?? RedirectedWidth);
        }

        return CircuitsCommand.Success;
    }

    private static int? ReadWidth(ArgumentResult argument)
    {
        string text = argument.Tokens[^1].Value;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int width) && width >= NarrowestTable)
        {
            return width;
        }

        argument.AddError($"--width is '{text}'; expected a number of {NarrowestTable} or more.");
        return null;
    }

    private static ResultsLogContent? Read(CommandSurroundings surroundings, string file)
    {
        string full = surroundings.FullPath(file);
        if (!File.Exists(full))
        {
            surroundings.Error.WriteLine($"circuits report: there is no file '{file}'. Runs leave their logs in results/*.jsonl.");
            return null;
        }

        try
        {
            return ResultsLog.Read(full);
        }
        catch (ResultsLogException exception)
        {
            surroundings.Error.WriteLine($"circuits report: {exception.Message}");
            return null;
        }
    }
}
