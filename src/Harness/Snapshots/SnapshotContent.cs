using System.Collections.Immutable;

namespace CircuitSpecs.Snapshots;

/// <summary>
/// The numbers of a snapshot. A further kind is one class that derives from this one, with a reader registered in
/// <see cref="SnapshotKinds"/>.
/// </summary>
public abstract class SnapshotContent
{
    /// <summary>The kind as the file names it, for example <c>attention-pattern</c>.</summary>
    public abstract string Kind { get; }

    /// <summary>The shape in words, for example <c>[layer 12, head 12]</c>; compared before any value.</summary>
    public abstract string Shape { get; }

    /// <summary>Every number in the order of the file.</summary>
    public abstract IReadOnlyList<SnapshotCell> Cells { get; }

    /// <summary>The tolerance of a first snapshot whose test asks for none.</summary>
    public virtual SnapshotTolerance DefaultTolerance { get; } = new(absolute: 1e-4);

    /// <summary>Whether equal shapes mean equal keys, as in tables that are numbered from 0; what else labels their cells stands in the header.</summary>
    protected virtual bool ShapeDeterminesKeys => false;

    /// <summary>Adds to a header what the content itself knows (the prompt's tokens, the head).</summary>
    /// <param name="header">The header as the test wrote it.</param>
    /// <exception cref="ArgumentException">The header contradicts the content.</exception>
    public virtual SnapshotHeader Complete(SnapshotHeader header) => header;

    /// <summary>The body of the file, line by line.</summary>
    /// <param name="numbers">How the numbers are to be written.</param>
    public abstract IEnumerable<string> Lines(SnapshotNumberFormat numbers);

    /// <summary>How the shape and the keys of other content differ from this one's, a sentence each; empty if values can be compared one to one.</summary>
    /// <param name="received">The new measurement.</param>
    public ImmutableArray<string> StructureDifferencesTo(SnapshotContent received)
    {
        ArgumentNullException.ThrowIfNull(received);
        if (Kind != received.Kind)
        {
            return [$"kind: verified {Kind}, received {received.Kind}"];
        }

        ImmutableArray<string>.Builder differences = ImmutableArray.CreateBuilder<string>();
        if (Shape != received.Shape)
        {
            differences.Add($"shape: verified {Shape}, received {received.Shape}");
        }

        if (ShapeDeterminesKeys)
        {
            return differences.ToImmutable();
        }

        HashSet<string> expected = [.. Cells.Select(cell => cell.Label)];
        HashSet<string> got = [.. received.Cells.Select(cell => cell.Label)];
        Report("missing", expected.Except(got));
        Report("not in the verified file", got.Except(expected));
        return differences.ToImmutable();

        void Report(string what, IEnumerable<string> labels)
        {
            const int Shown = 10;
            string[] all = [.. labels];
            if (all.Length > 0)
            {
                string more = all.Length > Shown ? $" and {all.Length - Shown} more" : "";
                differences.Add($"{what}: {string.Join("; ", all.Take(Shown))}{more}");
            }
        }
    }
}
