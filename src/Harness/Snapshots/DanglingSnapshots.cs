using System.Collections.Immutable;

namespace CircuitSpecs.Snapshots;

/// <summary>Verified files that no test of a whole run asked for: left behind by a test that was renamed or removed.</summary>
/// <param name="Directory">The folder that was searched.</param>
/// <param name="Files">The files, as full paths, sorted.</param>
/// <param name="WrongCase">Of these, the ones that a test did ask for in other upper and lower case: file → what was asked for. Some file systems find them, others do not.</param>
public sealed record DanglingSnapshots(string Directory, ImmutableArray<string> Files, ImmutableSortedDictionary<string, string> WrongCase)
{
    /// <summary>Searches a folder and its subfolders.</summary>
    /// <param name="directory">The folder; one that does not exist holds no files.</param>
    /// <param name="ledger">What the run used.</param>
    public static DanglingSnapshots Find(string directory, SnapshotLedger ledger)
    {
        ArgumentNullException.ThrowIfNull(ledger);
        DirectoryInfo folder = new(Path.GetFullPath(directory));
        ImmutableArray<string> files = folder.Exists
            ? [.. SnapshotPair.Files(folder, SnapshotPair.VerifiedSuffix).Select(file => file.FullName).Where(file => !ledger.Claims(file)).Order(StringComparer.Ordinal)]
            : [];
        return new(
            folder.FullName,
            files,
            files.Select(file => KeyValuePair.Create(file, ledger.ClaimsInOtherCase(file))).Where(pair => pair.Value is not null).ToImmutableSortedDictionary(pair => pair.Key, pair => pair.Value!, StringComparer.Ordinal));
    }

    /// <summary>To be called when a run is over: fails on a build server, and only if the whole suite ran.</summary>
    /// <param name="directory">The folder.</param>
    /// <param name="ledger">What the run used.</param>
    /// <param name="wholeSuiteRan">False if a filter left tests out: then no file can be called dangling.</param>
    /// <param name="environment">Reads an environment variable; null for the real ones.</param>
    /// <returns>What was found, for a note on a person's machine; null if the run was filtered.</returns>
    /// <exception cref="DanglingSnapshotsException">There are such files, and this is a build server.</exception>
    public static DanglingSnapshots? Check(string directory, SnapshotLedger ledger, bool wholeSuiteRan, Func<string, string?>? environment = null)
    {
        if (!wholeSuiteRan)
        {
            return null;
        }

        DanglingSnapshots dangling = Find(directory, ledger);
        return dangling.Files.IsEmpty || BuildServer.Detect(environment) is null ? dangling : throw new DanglingSnapshotsException(dangling);
    }
}
