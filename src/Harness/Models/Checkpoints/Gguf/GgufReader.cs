using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Unicode;

namespace CircuitSpecs.Models.Checkpoints.Gguf;

/// <summary>Reads the fields of a GGUF header one after another. Nothing is read, and nothing allocated, before the file proves long enough for it.</summary>
internal sealed class GgufReader(StoredFile file)
{
    private readonly byte[] window = new byte[(int)Math.Min(1 << 16, file.Length)];
    private long windowStart;
    private int windowLength;

    /// <summary>What is being read, as messages name it.</summary>
    public string Subject { get; set; } = "the header";

    /// <summary>The byte that is read next.</summary>
    public long Position { get; private set; }

    /// <summary>The number of bytes from there to the end of the file.</summary>
    public long Remaining => file.Length - Position;

    /// <summary>The error of a field that is not as it has to be.</summary>
    public ModelLoadException Error(string complaint) => new(file.Path, $"{Subject}: {complaint}");

    /// <summary>A number.</summary>
    public T Read<T>()
        where T : unmanaged => MemoryMarshal.Read<T>(Take(Marshal.SizeOf<T>()));

    /// <summary>A byte that has to be 0 or 1.</summary>
    public bool ReadBool() => Take(1)[0] switch
    {
        0 => false,
        1 => true,
        var other => throw Error($"expected a boolean, 0 or 1, found {other}."),
    };

    /// <summary>Many numbers.</summary>
    public T[] ReadMany<T>(int count)
        where T : unmanaged
    {
        var values = new T[count];
        Span<byte> bytes = MemoryMarshal.AsBytes(values.AsSpan());
        file.Read(Position, bytes);
        Position += bytes.Length;
        return values;
    }

    /// <summary>How many things follow, each of which takes at least <paramref name="smallest"/> bytes.</summary>
    public int ReadCount(string things, int smallest)
    {
        ulong count = BinaryPrimitives.ReadUInt64LittleEndian(Take(sizeof(ulong)));
        return count <= (ulong)(Remaining / smallest) && count <= (ulong)Array.MaxLength
            ? (int)count
            : throw Error($"it claims {count} {things} of {smallest} bytes or more, and {Remaining} bytes follow: the file is truncated or damaged.");
    }

    /// <summary>A text: its length in bytes, and UTF-8.</summary>
    public string ReadText(int longest = int.MaxValue)
    {
        int length = ReadCount("bytes of text", 1);
        if (length > longest)
        {
            throw Error($"a text of {length} bytes, expected {longest} at most.");
        }

        ReadOnlySpan<byte> utf8 = Take(length);
        return Utf8.IsValid(utf8) ? Encoding.UTF8.GetString(utf8) : throw Error($"a text of {length} bytes is not UTF-8: {Convert.ToHexString(utf8[..Math.Min(length, 16)])}.");
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > Remaining)
        {
            throw Error($"the file ends at byte {file.Length}, {count} more were expected at byte {Position}: it is truncated.");
        }

        long start = Position;
        Position += count;
        if (count > window.Length)
        {
            byte[] bytes = new byte[count];
            file.Read(start, bytes);
            return bytes;
        }

        if (start < windowStart || start + count > windowStart + windowLength)
        {
            windowStart = start;
            windowLength = (int)Math.Min(window.Length, file.Length - start);
            file.Read(start, window.AsSpan(0, windowLength));
        }

        return window.AsSpan((int)(start - windowStart), count);
    }
}
