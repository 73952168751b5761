using System.Collections.Concurrent;

namespace CircuitSpecs.Snapshots;

/// <summary>The kinds of snapshot that can be read back. A new kind is a class and one line here.</summary>
public static class SnapshotKinds
{
    private static readonly ConcurrentDictionary<string, Func<SnapshotHeader, SnapshotLines, SnapshotContent>> Readers = new(StringComparer.Ordinal)
    {
        [ScalarMetrics.KindName] = (_, lines) => ScalarMetrics.Read(lines),
        [HeadScores.KindName] = (_, lines) => HeadScores.Read(lines),
        [AttentionPattern.KindName] = AttentionPattern.Read,
    };

    /// <summary>Their names, sorted.</summary>
    public static IEnumerable<string> Names => Readers.Keys.Order(StringComparer.Ordinal);

    /// <summary>Adds a kind that is defined elsewhere.</summary>
    /// <param name="kind">Its <see cref="SnapshotContent.Kind"/>.</param>
    /// <param name="reader">Reads the body of a file, of which the header has been read already; must read to the end.</param>
    /// <exception cref="ArgumentException">The kind is known already.</exception>
    public static void Register(string kind, Func<SnapshotHeader, SnapshotLines, SnapshotContent> reader)
    {
        if (!Readers.TryAdd(kind, reader))
        {
            throw new ArgumentException($"There is a snapshot kind '{kind}' already.", nameof(kind));
        }
    }

    internal static SnapshotContent Read(string kind, SnapshotHeader header, SnapshotLines lines) => Readers.TryGetValue(kind, out var reader)
        ? reader(header, lines)
        : throw lines.Malformed($"the kind is '{kind}', which is none of {string.Join(", ", Names)}");
}
