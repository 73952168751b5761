using System.CommandLine;

namespace CircuitSpecs.Cli;

/// <summary>The command <c>circuits</c> with all its subcommands.</summary>
public static class CircuitsCommand
{
    /// <summary>Exit code of a command that did what it was asked for.</summary>
    public const int Success = 0;

    /// <summary>Exit code of a command that could not do all of it; standard error says why.</summary>
    public const int Failure = 1;

    /// <summary>Exit code of a command that Ctrl-C ended, as shells number it.</summary>
    public const int Interrupted = 130;

    /// <summary>Runs the command.</summary>
    /// <param name="args">The arguments as they stand behind <c>circuits</c>.</param>
    /// <param name="surroundings">What the command sees of its machine.</param>
    /// <returns>The exit code: <see cref="Success"/>, <see cref="Failure"/> or <see cref="Interrupted"/>.</returns>
    public static int Run(IReadOnlyList<string> args, CommandSurroundings surroundings)
    {
        ArgumentNullException.ThrowIfNull(surroundings);
        RootCommand root = new("Unit tests for what a transformer does inside: accept numeric snapshots, download and list models, prove a conversion, show prompts, read results.")
        {
            AcceptCommand.Create(surroundings),
            ModelsCommand.Create(surroundings),
            ParityCommand.Create(surroundings),
            PromptsCommand.Create(surroundings),
            PullCommand.Create(surroundings),
            ReportCommand.Create(surroundings),
        };
        InvocationConfiguration configuration = new() { Output = surroundings.Output, Error = surroundings.Error, EnableDefaultExceptionHandler = false };
        try
        {
            return root.Parse(args).Invoke(configuration);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Files that vanish, are locked or may not be read: the user's to mend, and no reason for a stack trace.
            surroundings.Error.WriteLine($"circuits: {exception.Message}");
            return Failure;
        }
    }
}
