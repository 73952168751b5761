using CircuitSpecs.Snapshots;

namespace CircuitSpecs;

/// <summary>Where results logs go.</summary>
internal static class ResultsFolder
{
    /// <summary>The variable that names another folder.</summary>
    public const string Variable = "CIRCUITSPECS_RESULTS";

    /// <summary>The folder that <c>CIRCUITSPECS_RESULTS</c> names, else <c>results</c> beside <c>snapshots</c>.</summary>
    public static string Find() => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } folder
        ? folder
        : Path.Combine(Path.GetDirectoryName(SnapshotFolder.Find())!, "results");
}
