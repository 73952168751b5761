using CircuitSpecs.Cli;

namespace CircuitSpecs.Tests;

/// <summary>One run of <c>circuits</c> in a folder of its own, and what it wrote.</summary>
internal sealed class CommandRun : IDisposable
{
    private readonly Dictionary<string, string> environment = [];

    public string Folder { get; } = Directory.CreateTempSubdirectory("circuitspecs-").FullName;

    /// <summary>The folder that the command runs in, relative to <see cref="Folder"/>.</summary>
    public string In { get; init; } = "";

    /// <summary>Ends the command, as Ctrl-C does.</summary>
    public CancellationToken Cancel { get; set; }

    public string Output { get; private set; } = "";

    public string Error { get; private set; } = "";

    public string this[string name] => Path.Combine(Folder, name);

    public CommandRun With(string variable, string value)
    {
        environment[variable] = value;
        return this;
    }

    public int Circuits(params string[] args)
    {
        using StringWriter output = new();
        using StringWriter error = new();
        int exitCode = CircuitsCommand.Run(args, new CommandSurroundings
        {
            Output = output,
            Error = error,
            WorkingDirectory = this[In],
            Environment = variable => environment.GetValueOrDefault(variable),
            IsTerminal = false,
            Cancel = Cancel,
        });
        Output = output.ToString().ReplaceLineEndings("\n");
        Error = error.ToString().ReplaceLineEndings("\n");
        return exitCode;
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
