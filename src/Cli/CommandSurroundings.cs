namespace CircuitSpecs.Cli;

/// <summary>What a command sees of the machine it runs on; tests give it one of their own.</summary>
public sealed record CommandSurroundings
{
    /// <summary>Where results go.</summary>
    public TextWriter Output { get; init; } = Console.Out;

    /// <summary>Where errors and warnings go.</summary>
    public TextWriter Error { get; init; } = Console.Error;

    /// <summary>The folder that relative paths count from.</summary>
    public string WorkingDirectory { get; init; } = Directory.GetCurrentDirectory();

    /// <summary>Reads an environment variable.</summary>
    public Func<string, string?> Environment { get; init; } = System.Environment.GetEnvironmentVariable;

    /// <summary>Whether <see cref="Output"/> is a terminal, where colours can be shown.</summary>
    public bool IsTerminal { get; init; } = !Console.IsOutputRedirected;

    /// <summary>Ends a command that takes long, as Ctrl-C does.</summary>
    public CancellationToken Cancel { get; init; }

    /// <summary>A path as a full path.</summary>
    /// <param name="path">Relative to the working directory, or absolute.</param>
    public string FullPath(string path) => Path.GetFullPath(path, WorkingDirectory);

    /// <summary>A path as the user would write it.</summary>
    /// <param name="path">A full path.</param>
    public string Shown(string path) => Path.GetRelativePath(WorkingDirectory, path);
}
