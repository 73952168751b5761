namespace CircuitSpecs.Tests;

/// <summary>An empty folder that is deleted with everything in it at the end of a test.</summary>
public sealed class TemporaryFolder : IDisposable
{
    private const string Memory = "/dev/shm";

    /// <summary>Makes a folder where the system keeps temporary files.</summary>
    public TemporaryFolder()
        : this(Directory.CreateTempSubdirectory("circuitspecs-").FullName)
    {
    }

    private TemporaryFolder(string path) => Path = path;

    /// <summary>The folder's path.</summary>
    public string Path { get; }

    /// <summary>A folder in memory where the system has such a place, for tests that write ten thousand files: a disk makes them ten times as slow.</summary>
    public static TemporaryFolder InMemory() => Directory.Exists(Memory)
        ? new TemporaryFolder(Directory.CreateDirectory(System.IO.Path.Combine(Memory, $"circuitspecs-{Guid.NewGuid():N}")).FullName)
        : new TemporaryFolder();

    /// <summary>A path below the folder; its parent folders are made.</summary>
    public string Below(params string[] parts)
    {
        string path = System.IO.Path.Combine([Path, .. parts]);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        return path;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
