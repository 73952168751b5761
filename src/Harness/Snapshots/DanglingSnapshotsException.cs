namespace CircuitSpecs.Snapshots;

/// <summary>Verified files that no test asks for any more. The message begins in Verify's machine-readable format.</summary>
public sealed class DanglingSnapshotsException : Exception
{
    internal DanglingSnapshotsException(DanglingSnapshots dangling)
        : base(Compose(dangling)) => Dangling = dangling;

    /// <summary>The files.</summary>
    public DanglingSnapshots Dangling { get; }

    private static string Compose(DanglingSnapshots dangling)
    {
        string files = string.Concat(dangling.Files.Select(file => $"  - {Relative(file)}\n"));
        string cases = string.Concat(dangling.WrongCase.Select(pair => $"{Relative(pair.Key)} was asked for as {Relative(pair.Value)}: rename the file.\n"));
        return $"Directory: {dangling.Directory}\nDelete:\n{files}\n{dangling.Files.Length} verified snapshot(s) were used by no test of the whole suite. Delete them, or restore the tests that used them.\n{cases}".TrimEnd('\n');

        string Relative(string file) => Path.GetRelativePath(dangling.Directory, file);
    }
}
