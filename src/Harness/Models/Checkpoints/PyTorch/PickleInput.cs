using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace CircuitSpecs.Models.Checkpoints.PyTorch;

/// <summary>The bytes of a pickle. Nothing is allocated for a length before the bytes are known to be there.</summary>
/// <param name="file">The file, for messages.</param>
/// <param name="what">What messages call the pickle.</param>
/// <param name="stream">Its bytes, and possibly others behind them; seekable.</param>
internal sealed class PickleInput(string file, string what, Stream stream)
{
    private const int LongestLine = 8192;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The next byte's place.</summary>
    public long Position => stream.Position;

    /// <summary>Bytes that are left.</summary>
    public long Remaining => stream.Length - stream.Position;

    /// <summary>The error of this pickle, with the place.</summary>
    public ModelLoadException Error(string problem, Exception? inner = null) =>
        new(file, string.Create(CultureInfo.InvariantCulture, $"{what}, byte {Position}: {problem}"), inner);

    public byte ReadByte()
    {
        int value = stream.ReadByte();
        return value >= 0 ? (byte)value : throw End();
    }

    public int ReadUInt16()
    {
        Span<byte> bytes = stackalloc byte[2];
        Fill(bytes);
        return BinaryPrimitives.ReadUInt16LittleEndian(bytes);
    }

    public int ReadInt32()
    {
        Span<byte> bytes = stackalloc byte[4];
        Fill(bytes);
        return BinaryPrimitives.ReadInt32LittleEndian(bytes);
    }

    public long ReadInt64()
    {
        Span<byte> bytes = stackalloc byte[8];
        Fill(bytes);
        return BinaryPrimitives.ReadInt64LittleEndian(bytes);
    }

    public double ReadBigEndianDouble()
    {
        Span<byte> bytes = stackalloc byte[8];
        Fill(bytes);
        return BinaryPrimitives.ReadDoubleBigEndian(bytes);
    }

    /// <summary>So many bytes, if they are there.</summary>
    public byte[] ReadBytes(long count)
    {
        RequireRemaining(count);
        byte[] bytes = new byte[count];
        Fill(bytes);
        return bytes;
    }

    /// <summary>A text of so many bytes in UTF-8.</summary>
    public string ReadText(long count)
    {
        byte[] bytes = ReadBytes(count);
        try
        {
            return Strict.GetString(bytes);
        }
        catch (DecoderFallbackException problem)
        {
            throw Error("a text is not UTF-8.", problem);
        }
    }

    /// <summary>A text up to the end of the line.</summary>
    public string ReadLine()
    {
        var line = new StringBuilder();
        while (true)
        {
            byte next = ReadByte();
            if (next == '\n')
            {
                return line.ToString();
            }

            if (next >= 0x80 || line.Length == LongestLine)
            {
                throw Error(next >= 0x80 ? $"a line of ASCII text holds byte 0x{next:X2}." : $"a line does not end within {LongestLine} bytes.");
            }

            line.Append((char)next);
        }
    }

    /// <summary>Makes sure that so many bytes are left.</summary>
    public void RequireRemaining(long count)
    {
        if (count < 0 || count > Remaining || count > Array.MaxLength)
        {
            throw Error(string.Create(CultureInfo.InvariantCulture, $"a length of {(ulong)count} bytes is claimed, {Remaining} are left."));
        }
    }

    private void Fill(Span<byte> bytes)
    {
        if (bytes.Length > Remaining)
        {
            throw End();
        }

        stream.ReadExactly(bytes);
    }

    private ModelLoadException End() => Error("the pickle ends in the middle, without a stop: it is truncated, or no pickle.");
}
