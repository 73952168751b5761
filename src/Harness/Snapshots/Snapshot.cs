namespace CircuitSpecs.Snapshots;

/// <summary>Numbers worth keeping, with everything they depend on: what one <c>.verified.txt</c> file holds.</summary>
public sealed class Snapshot
{
    /// <summary>Puts a snapshot together.</summary>
    /// <param name="header">What the numbers depend on. What the content knows itself (tokens, head) need not be repeated.</param>
    /// <param name="content">The numbers.</param>
    /// <param name="tolerance">
    /// How far the numbers may move. Null leaves that to the verified file, or to the content's
    /// <see cref="SnapshotContent.DefaultTolerance"/> when there is none yet. A tolerance given here that differs from
    /// the verified file's is a difference to be accepted, and never loosens the comparison before it is.
    /// </param>
    /// <exception cref="ArgumentException">The header contradicts the content, for example with other tokens.</exception>
    public Snapshot(SnapshotHeader header, SnapshotContent content, SnapshotTolerance? tolerance = null)
    {
        ArgumentNullException.ThrowIfNull(header);
        ArgumentNullException.ThrowIfNull(content);
        Header = content.Complete(header);
        Content = content;
        Tolerance = tolerance;
    }

    /// <summary>What the numbers depend on; compared strictly.</summary>
    public SnapshotHeader Header { get; }

    /// <summary>The numbers; compared within the tolerance.</summary>
    public SnapshotContent Content { get; }

    /// <summary>The tolerance that was asked for; null where the verified file decides. Never null for a snapshot read from a file.</summary>
    public SnapshotTolerance? Tolerance { get; }
}
