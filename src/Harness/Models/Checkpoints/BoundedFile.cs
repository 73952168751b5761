namespace CircuitSpecs.Models.Checkpoints;

/// <summary>Reads small files whole. What a name points to may be anything: a file of many gigabytes, a device without an end.</summary>
internal static class BoundedFile
{
    /// <summary>The most bytes of a tokenizer's file; the largest ones that are published have 35 million.</summary>
    public const int LargestTokenizer = 1 << 28;

    /// <summary>The bytes that a file had when it was opened.</summary>
    /// <param name="path">The file.</param>
    /// <param name="most">How many there may be.</param>
    /// <exception cref="InvalidDataException">There are more.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static byte[] ReadAll(string path, int most)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        if (!stream.CanSeek || stream.Length > most)
        {
            throw new InvalidDataException($"'{path}' {(stream.CanSeek ? $"has {stream.Length} bytes" : "is a device or a pipe")}; expected a file of at most {most} bytes.");
        }

        byte[] bytes = new byte[(int)stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    /// <summary>Bytes without the mark of UTF-8 that some editors put in front.</summary>
    public static ReadOnlyMemory<byte> WithoutMark(ReadOnlyMemory<byte> bytes) => bytes.Span.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]) ? bytes[3..] : bytes;
}
