using System.Buffers.Binary;

namespace CircuitSpecs.Models.Checkpoints.PyTorch;

/// <summary>The end of a zip archive, which says where its directory is; with the records for archives beyond 4 GiB.</summary>
internal static class ZipEnd
{
    private const uint Signature = 0x06054b50;
    private const uint WideSignature = 0x06064b50;
    private const uint LocatorSignature = 0x07064b50;
    private const int EndLength = 22;
    private const int WideLength = 56;
    private const int LocatorLength = 20;
    private const int LongestComment = ushort.MaxValue;

    /// <summary>Finds the directory.</summary>
    /// <param name="source">The archive.</param>
    /// <returns>Its first byte, its length in bytes, the number of its entries.</returns>
    /// <exception cref="ModelLoadException">There is no end record, or it contradicts the file or itself.</exception>
    public static (long Start, long Length, long Count) Find(StoredFile source)
    {
        byte[] tail = new byte[(int)Math.Min(source.Length, EndLength + LongestComment)];
        source.Read(source.Length - tail.Length, tail);
        int position = PositionIn(tail);
        if (position < 0)
        {
            throw Error(source, "it has no end record: the file is truncated, or followed by something else.");
        }

        ReadOnlySpan<byte> end = tail.AsSpan(position);
        long endOffset = source.Length - tail.Length + position;
        if (UInt16(end, 4) is not (0 or ushort.MaxValue) || UInt16(end, 6) is not (0 or ushort.MaxValue) || UInt16(end, 8) != UInt16(end, 10))
        {
            throw Error(source, "it is one of several parts, or its end record is damaged.");
        }

        (long start, long length, long count) = (UInt32(end, 16), UInt32(end, 12), UInt16(end, 10));
        long limit = endOffset;
        if (ReadWide(source, endOffset) is (long Offset, long Start, long Length, long Count) wide)
        {
            // A number in the small record is either the same or too large for it.
            if ((start != wide.Start && start != uint.MaxValue) || (length != wide.Length && length != uint.MaxValue) || (count != wide.Count && count != ushort.MaxValue))
            {
                throw Error(source, "its two end records disagree about the directory.");
            }

            (limit, start, length, count) = (wide.Offset, wide.Start, wide.Length, wide.Count);
        }

        if (start < 0 || length < 0 || count < 0 || start > limit || length != limit - start)
        {
            throw Error(source, $"its directory is said to have {length} bytes from byte {start} on, but the end record follows at byte {limit}.");
        }

        return (start, length, count);
    }

    // The last signature whose comment reaches exactly to the end of the file.
    private static int PositionIn(ReadOnlySpan<byte> tail)
    {
        for (int position = tail.Length - EndLength; position >= 0; position--)
        {
            if (UInt32(tail, position) == Signature && UInt16(tail, position + 20) == tail.Length - position - EndLength)
            {
                return position;
            }
        }

        return -1;
    }

    private static (long Offset, long Start, long Length, long Count)? ReadWide(StoredFile source, long endOffset)
    {
        if (endOffset < LocatorLength)
        {
            return null;
        }

        Span<byte> locator = stackalloc byte[LocatorLength];
        source.Read(endOffset - LocatorLength, locator);
        if (UInt32(locator, 0) != LocatorSignature)
        {
            return null;
        }

        long offset = Int64(locator, 8);
        if (offset < 0 || offset > endOffset - LocatorLength - WideLength)
        {
            throw Error(source, $"its second end record is said to be at byte {offset}, where there is no room for it.");
        }

        Span<byte> wide = stackalloc byte[WideLength];
        source.Read(offset, wide);
        return UInt32(wide, 0) == WideSignature && Int64(wide, 24) == Int64(wide, 32)
            ? (offset, Int64(wide, 48), Int64(wide, 40), Int64(wide, 32))
            : throw Error(source, $"its second end record, at byte {offset}, is damaged.");
    }

    private static ModelLoadException Error(StoredFile source, string problem) => new(source.Path, $"the zip archive cannot be used: {problem}");

    private static ushort UInt16(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[offset..]);

    private static uint UInt32(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[offset..]);

    private static long Int64(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadInt64LittleEndian(bytes[offset..]);
}
