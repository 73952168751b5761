using System.Text;

namespace CircuitSpecs.Snapshots;

/// <summary>Snapshots as files: UTF-8 with byte order mark, LF, no newline at the end, as Verify writes its text files.</summary>
public static class SnapshotFile
{
    private static readonly UTF8Encoding Encoding = new(encoderShouldEmitUTF8Identifier: true, throwOnInvalidBytes: true);

    /// <summary>The text of a snapshot, without byte order mark.</summary>
    /// <param name="snapshot">The snapshot; without a tolerance of its own it gets its content's default.</param>
    public static string Text(Snapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        SnapshotTolerance tolerance = snapshot.Tolerance ?? snapshot.Content.DefaultTolerance;
        return string.Join('\n', [.. HeaderLines.Write(snapshot.Content.Kind, snapshot.Header, tolerance), .. snapshot.Content.Lines(new SnapshotNumberFormat(tolerance))]);
    }

    /// <summary>Writes a snapshot; folders are made as needed.</summary>
    /// <param name="path">The file.</param>
    /// <param name="snapshot">The snapshot.</param>
    public static void Write(string path, Snapshot snapshot)
    {
        string text = Text(snapshot);
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        File.WriteAllText(path, text, Encoding);
    }

    /// <summary>Reads a snapshot.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="SnapshotFormatException">The file is not a snapshot; the message names file, line and what was expected there.</exception>
    public static Snapshot Read(string path)
    {
        string text;
        try
        {
            text = File.ReadAllText(path, Encoding);
        }
        catch (DecoderFallbackException exception)
        {
            throw new SnapshotFormatException(path, 1, $"the file is not UTF-8: {exception.Message}");
        }

        return Parse(path, text);
    }

    /// <summary>Reads a snapshot from text.</summary>
    /// <param name="name">The file's name, for messages.</param>
    /// <param name="text">The text, without byte order mark.</param>
    /// <exception cref="SnapshotFormatException">The text is not a snapshot.</exception>
    public static Snapshot Parse(string name, string text)
    {
        SnapshotLines lines = new(name, text);
        (string kind, SnapshotHeader header, SnapshotTolerance tolerance) = HeaderLines.Read(lines);
        return new Snapshot(header, SnapshotKinds.Read(kind, header, lines), tolerance);
    }
}
