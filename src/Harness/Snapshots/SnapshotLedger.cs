using System.Collections.Concurrent;

namespace CircuitSpecs.Snapshots;

/// <summary>Which verified files a run used, or would have used had their model been on this machine. Safe for tests that run in parallel.</summary>
public sealed class SnapshotLedger
{
    private readonly ConcurrentDictionary<string, bool> claimed = new(StringComparer.Ordinal);

    /// <summary>The verified files that a test compared with, sorted.</summary>
    public IReadOnlyList<string> Used => Paths(used: true);

    /// <summary>The verified files of tests that were skipped, sorted.</summary>
    public IReadOnlyList<string> Skipped => Paths(used: false);

    /// <summary>A test compares with this file.</summary>
    /// <param name="verified">The verified file, whether it exists or not.</param>
    public void Use(string verified) => claimed[Path.GetFullPath(verified)] = true;

    /// <summary>A test that was skipped would have compared with this file: it is not dangling.</summary>
    /// <param name="verified">The verified file, whether it exists or not.</param>
    public void WouldUse(string verified) => claimed.TryAdd(Path.GetFullPath(verified), false);

    internal bool Claims(string verified) => claimed.ContainsKey(verified);

    /// <summary>A claimed path that differs from this one in upper and lower case alone.</summary>
    internal string? ClaimsInOtherCase(string verified) => claimed.Keys.FirstOrDefault(path => string.Equals(path, verified, StringComparison.OrdinalIgnoreCase));

    private string[] Paths(bool used) => [.. claimed.Where(claim => claim.Value == used).Select(claim => claim.Key).Order(StringComparer.Ordinal)];
}
