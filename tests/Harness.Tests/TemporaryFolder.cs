namespace CircuitSpecs.Tests;

/// <summary>An empty folder that is deleted with everything in it at the end of a test.</summary>
public sealed class TemporaryFolder : IDisposable
{
    /// <summary>The folder's path.</summary>
    public string Path { get; } = Directory.CreateTempSubdirectory("circuitspecs-").FullName;

    /// <summary>A path below the folder; its parent folders are made.</summary>
    public string Below(params string[] parts)
    {
        string path = System.IO.Path.Combine([Path, .. parts]);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        return path;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
