namespace CircuitSpecs.Snapshots;

/// <summary>Where a repository keeps its snapshots.</summary>
public static class SnapshotFolder
{
    private const string FolderName = "snapshots";

    /// <summary>The folder <c>snapshots</c> of the repository that a running test belongs to. It need not exist yet.</summary>
    /// <exception cref="DirectoryNotFoundException">No folder above the test's binaries is a repository.</exception>
    public static string Find() => FindFrom(AppContext.BaseDirectory);

    /// <summary>The folder <c>snapshots</c> beside the nearest solution, or else repository root, at or above a folder.</summary>
    /// <param name="start">Where to begin.</param>
    /// <exception cref="DirectoryNotFoundException">Neither a solution nor a repository is at or above it.</exception>
    public static string FindFrom(string start)
    {
        List<DirectoryInfo> upwards = [];
        for (DirectoryInfo? folder = new(Path.GetFullPath(start)); folder is not null; folder = folder.Parent)
        {
            upwards.Add(folder);
        }

        DirectoryInfo root = upwards.Find(folder => folder.Exists && (folder.EnumerateFiles("*.sln").Any() || folder.EnumerateFiles("*.slnx").Any()))
            ?? upwards.Find(folder => Path.Exists(Path.Combine(folder.FullName, ".git")))
            ?? throw new DirectoryNotFoundException($"No snapshot folder: neither '{start}' nor a folder above it holds a solution (*.sln, *.slnx) or a repository (.git). Name the folder when you make the {nameof(SnapshotVerifier)}.");
        return Path.Combine(root.FullName, FolderName);
    }
}
