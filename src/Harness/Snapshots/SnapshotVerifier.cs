namespace CircuitSpecs.Snapshots;

/// <summary>
/// Compares measurements with the verified files of a folder, by Verify's rules: no verified file fails the test and
/// leaves a received one; within tolerance, the verified file stays untouched and a received one disappears; otherwise
/// the received one is written and the test fails. Knows no test framework.
/// </summary>
public sealed class SnapshotVerifier
{
    /// <summary>Set to 1, this variable makes every measurement the verified one; refused on a build server.</summary>
    public const string AcceptVariable = "CIRCUITSPECS_ACCEPT";

    private readonly Func<string, string?> environment;

    /// <summary>Makes a verifier.</summary>
    /// <param name="directory">The folder; <see cref="SnapshotFolder.Find"/> gives the repository's.</param>
    /// <param name="ledger">Learns which files are used; null for a ledger of its own.</param>
    /// <param name="environment">Reads an environment variable; null for the real ones.</param>
    public SnapshotVerifier(string directory, SnapshotLedger? ledger = null, Func<string, string?>? environment = null)
    {
        Directory = Path.GetFullPath(directory);
        Ledger = ledger ?? new SnapshotLedger();
        this.environment = environment ?? Environment.GetEnvironmentVariable;
    }

    /// <summary>The folder, as a full path.</summary>
    public string Directory { get; }

    /// <summary>Which files were used.</summary>
    public SnapshotLedger Ledger { get; }

    /// <summary>A verifier for a subfolder, with the same ledger: one problem's snapshots together.</summary>
    /// <param name="name">The subfolder's name, for example <c>2.26 Previous-token head</c>; characters that a file name cannot hold become <c>-</c>.</param>
    public SnapshotVerifier In(string name) => new(Path.Combine(Directory, SnapshotName.Clean(name).TrimEnd('.', ' ')), Ledger, environment);

    /// <summary>The two files of a name.</summary>
    /// <param name="name">The name.</param>
    public SnapshotPair PairOf(SnapshotName name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return new SnapshotPair(Directory, name.Stem);
    }

    /// <summary>Says that a test was skipped which would have compared this snapshot (its model is not on this machine), so that the file is not dangling.</summary>
    /// <param name="name">The name.</param>
    public void Skip(SnapshotName name) => Ledger.WouldUse(PairOf(name).Verified);

    /// <summary>Compares a measurement with its verified file.</summary>
    /// <param name="name">The name.</param>
    /// <param name="received">The measurement, unrounded.</param>
    /// <exception cref="SnapshotMismatchException">It differs, or there is no verified file yet, or that file cannot be read; the received file has been written.</exception>
    public SnapshotOutcome Verify(SnapshotName name, Snapshot received)
    {
        ArgumentNullException.ThrowIfNull(received);
        SnapshotPair pair = PairOf(name);
        Ledger.Use(pair.Verified);
        if (!File.Exists(pair.Verified))
        {
            return AcceptOrFail(pair, received, isNew: true, SnapshotFile.Text(received), null);
        }

        Snapshot verified;
        try
        {
            verified = SnapshotFile.Read(pair.Verified);
        }
        catch (SnapshotFormatException exception)
        {
            return AcceptOrFail(pair, received, isNew: false, $"The verified file cannot be read. {exception.Message}", null, exception);
        }

        SnapshotComparison comparison = SnapshotComparer.Compare(verified, received);
        if (comparison.IsMatch)
        {
            File.Delete(pair.Received);
            return SnapshotOutcome.Matched;
        }

        // Without a wish of its own the received file keeps the tolerance that a reviewer has seen.
        Snapshot kept = new(received.Header, received.Content, received.Tolerance ?? KeptTolerance(verified, received));
        return AcceptOrFail(pair, kept, isNew: false, comparison.Describe(), comparison);
    }

    private static SnapshotTolerance? KeptTolerance(Snapshot verified, Snapshot received) =>
        verified.Content.Kind == received.Content.Kind ? verified.Tolerance : null;

    private SnapshotOutcome AcceptOrFail(SnapshotPair pair, Snapshot received, bool isNew, string body, SnapshotComparison? comparison, Exception? cause = null)
    {
        SnapshotFile.Write(pair.Received, received);
        int notNumbers = received.Content.Cells.Count(cell => double.IsNaN(cell.Value));
        string note = notNumbers > 0 ? $"\n{notNumbers} value(s) are NaN. NaN never passes, so accepting this would not help." : "";
        if (environment(AcceptVariable) == "1")
        {
            string? server = BuildServer.Detect(environment);
            if (server is null && notNumbers == 0)
            {
                pair.Accept();
                return SnapshotOutcome.Accepted;
            }

            note += server is null ? $"\n{AcceptVariable}=1 accepts no NaN." : $"\n{AcceptVariable}=1 is refused on a build server ({server}).";
        }

        throw new SnapshotMismatchException(pair, isNew, body + note, comparison, cause);
    }
}
