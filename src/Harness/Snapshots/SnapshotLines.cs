namespace CircuitSpecs.Snapshots;

/// <summary>The lines of a snapshot file, read one after the other; knows where it is, for messages.</summary>
public sealed class SnapshotLines
{
    private readonly string file;
    private readonly string[] lines;
    private int next;

    /// <summary>Splits a file's text.</summary>
    /// <param name="file">The file's name, for messages.</param>
    /// <param name="text">Its text without byte order mark.</param>
    /// <exception cref="SnapshotFormatException">The text has carriage returns.</exception>
    public SnapshotLines(string file, string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        this.file = file;
        lines = text.Split('\n');
        if (lines is [.., ""])
        {
            lines = lines[..^1];
        }

        int carriageReturn = Array.FindIndex(lines, line => line.Contains('\r', StringComparison.Ordinal));
        if (carriageReturn >= 0)
        {
            next = carriageReturn + 1;
            throw Malformed("a carriage return stands here; snapshots end their lines with LF alone (.gitattributes: *.verified.txt text eol=lf)");
        }
    }

    /// <summary>Whether all lines have been read.</summary>
    public bool AtEnd => next >= lines.Length;

    /// <summary>The next line, left in place; null at the end.</summary>
    public string? Peek => AtEnd ? null : lines[next];

    /// <summary>Reads a line.</summary>
    /// <param name="expected">What ought to stand there, for the message.</param>
    /// <exception cref="SnapshotFormatException">The file ends here.</exception>
    public string Read(string expected)
    {
        if (!AtEnd)
        {
            return lines[next++];
        }

        next++;
        throw Malformed($"the file ends here; expected {expected}");
    }

    /// <summary>Reads a line that can only be this one.</summary>
    /// <param name="expected">The line.</param>
    /// <exception cref="SnapshotFormatException">Another line stands there.</exception>
    public void ReadExactly(string expected)
    {
        string line = Read($"'{expected}'");
        if (line != expected)
        {
            throw Malformed($"found '{line}', expected '{expected}'");
        }
    }

    /// <summary>The end of the file.</summary>
    /// <exception cref="SnapshotFormatException">More lines follow.</exception>
    public void ReadEnd()
    {
        if (!AtEnd)
        {
            string line = lines[next++];
            throw Malformed($"found '{line}', expected the end of the file");
        }
    }

    /// <summary>A number.</summary>
    /// <param name="text">Its text.</param>
    /// <param name="what">What it is, for the message.</param>
    /// <exception cref="SnapshotFormatException">The text is no number.</exception>
    public double Number(string text, string what) => SnapshotNumberFormat.TryRead(text, out double value)
        ? value
        : throw Malformed($"'{text}' is no number; expected {what} as in 0.125, -3, 1e-7, Infinity or NaN");

    /// <summary>An exception about the line that was read last.</summary>
    /// <param name="problem">What stands there and what was expected.</param>
    public SnapshotFormatException Malformed(string problem) => new(file, Math.Max(next, 1), problem);
}
