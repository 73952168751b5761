namespace CircuitSpecs.Snapshots;

/// <summary>
/// A measurement is not the one that was verified, or none was verified yet. The message begins in Verify's
/// machine-readable format, so that tools for Verify find the two files.
/// </summary>
public sealed class SnapshotMismatchException : Exception
{
    internal SnapshotMismatchException(SnapshotPair pair, bool isNew, string body, SnapshotComparison? comparison, Exception? innerException = null)
        : base(Compose(pair, isNew, body), innerException)
    {
        Pair = pair;
        IsNew = isNew;
        Comparison = comparison;
    }

    /// <summary>The two files; the received one has been written.</summary>
    public SnapshotPair Pair { get; }

    /// <summary>Whether there is no verified file yet.</summary>
    public bool IsNew { get; }

    /// <summary>What differs; null where there was nothing to compare with: no verified file, or one that cannot be read.</summary>
    public SnapshotComparison? Comparison { get; }

    private static string Compose(SnapshotPair pair, bool isNew, string body)
    {
        string section = isNew ? "New" : "NotEqual";
        string received = Path.GetFileName(pair.Received);
        string verified = Path.GetFileName(pair.Verified);
        string files = isNew ? $"Received: {received}" : $"Received: {received}\nVerified: {verified}\nCompare Result:";
        return $"Directory: {pair.Directory}\n{section}:\n  - Received: {received}\n    Verified: {verified}\n\nFileContent:\n\n{section}:\n\n{files}\n{body}\n\n"
            + "To accept: rename .received.txt to .verified.txt, or run 'circuits accept'.";
    }
}
