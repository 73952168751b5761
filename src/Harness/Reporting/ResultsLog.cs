using System.Globalization;
using System.Text.Json;
using CircuitSpecs.Claims;

namespace CircuitSpecs.Reporting;

/// <summary>
/// The record of a run: <c>results/&lt;run&gt;.jsonl</c>, one JSON object a line for each claim × model. Every line is
/// written whole and flushed to the disk before <see cref="Append"/> returns, so a crash costs at most the line that was
/// being written. Safe for tests that run in parallel in one process; every process writes a file of its own, with a
/// name as <see cref="NewRunName"/> gives it.
/// </summary>
/// <remarks>
/// Field names are those of <see cref="ClaimResult"/> in camel case, enumerations are in lower case. NaN (nothing
/// measured) is <c>null</c>; infinities are the strings <c>"Infinity"</c> and <c>"-Infinity"</c>, since JSON has no
/// numbers for them. Where null already means that a number does not apply, NaN is the string <c>"NaN"</c>.
/// </remarks>
public sealed class ResultsLog : IDisposable
{
    private readonly Lock gate = new();
    private readonly FileStream stream;

    /// <summary>Opens a log, or makes it together with its folder. A torn last line, left by a crash, is cut off.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">The file cannot be opened for writing.</exception>
    public ResultsLog(string path)
    {
        FilePath = Path.GetFullPath(path);
        Directory.CreateDirectory(Path.GetDirectoryName(FilePath)!);
        stream = new FileStream(FilePath, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        CutTornLine();
    }

    /// <summary>The file, as a full path.</summary>
    public string FilePath { get; }

    /// <summary>A name for a run that no other run on this machine has and that sorts by time: <c>20260131-235959-4711</c>.</summary>
    public static string NewRunName() => string.Create(CultureInfo.InvariantCulture, $"{DateTime.UtcNow:yyyyMMdd-HHmmss}-{Environment.ProcessId}");

    /// <summary>Adds a result.</summary>
    /// <param name="result">The result.</param>
    public void Append(ClaimResult result)
    {
        byte[] line = [.. JsonSerializer.SerializeToUtf8Bytes(result, ResultJson.Options), (byte)'\n'];
        lock (gate)
        {
            stream.Write(line);
            stream.Flush(flushToDisk: true);
        }
    }

    /// <summary>Reads a log.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="ResultsLogException">A line other than a torn last one is not a result; the message names file and line.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static ResultsLogContent Read(string path)
    {
        byte[] bytes;
        using (FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite))
        {
            bytes = new byte[file.Length];
            file.ReadExactly(bytes);
        }

        return ResultsLogContent.Parse(path, bytes);
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => stream.Dispose();

    private void CutTornLine()
    {
        long end = stream.Length;
        while (end > 0)
        {
            stream.Position = end - 1;
            if (stream.ReadByte() == '\n')
            {
                break;
            }

            end--;
        }

        stream.SetLength(end);
        stream.Position = end;
    }
}
