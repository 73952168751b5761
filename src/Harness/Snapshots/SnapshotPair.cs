namespace CircuitSpecs.Snapshots;

/// <summary>A snapshot's two files: the verified one, which is kept, and the received one, which a failing test leaves beside it.</summary>
public sealed record SnapshotPair
{
    /// <summary>How the name of an accepted snapshot ends.</summary>
    public const string VerifiedSuffix = ".verified.txt";

    /// <summary>How the name of a snapshot that waits for acceptance ends.</summary>
    public const string ReceivedSuffix = ".received.txt";

    /// <summary>The pair of a folder and a name.</summary>
    /// <param name="directory">The folder.</param>
    /// <param name="stem">The file name without <c>.verified.txt</c>.</param>
    public SnapshotPair(string directory, string stem)
    {
        Directory = Path.GetFullPath(directory);
        Stem = stem;
    }

    /// <summary>The folder, as a full path.</summary>
    public string Directory { get; }

    /// <summary>The file name without <c>.verified.txt</c>.</summary>
    public string Stem { get; }

    /// <summary>The verified file.</summary>
    public string Verified => Path.Combine(Directory, Stem + VerifiedSuffix);

    /// <summary>The received file.</summary>
    public string Received => Path.Combine(Directory, Stem + ReceivedSuffix);

    /// <summary>Every pair under a folder whose received file is there, sorted by path.</summary>
    /// <param name="directory">The folder; <c>bin</c>, <c>obj</c>, <c>.git</c> and <c>node_modules</c> below it are left out.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public static IReadOnlyList<SnapshotPair> AllReceivedIn(string directory) =>
        [.. Files(new DirectoryInfo(directory), ReceivedSuffix).Select(file => new SnapshotPair(file.DirectoryName!, file.Name[..^ReceivedSuffix.Length])).OrderBy(pair => pair.Received, StringComparer.Ordinal)];

    /// <summary>Makes the received file the verified one: nothing but a rename, and just as good when done by hand.</summary>
    public void Accept() => File.Move(Received, Verified, overwrite: true);

    internal static IEnumerable<FileInfo> Files(DirectoryInfo directory, string suffix) =>
        directory.EnumerateFiles("*" + suffix).Where(file => file.Name.EndsWith(suffix, StringComparison.Ordinal))
            .Concat(directory.EnumerateDirectories().Where(folder => folder.Name is not ("bin" or "obj" or ".git" or "node_modules") && folder.LinkTarget is null).SelectMany(folder => Files(folder, suffix)));
}
