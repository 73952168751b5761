using System.Buffers.Binary;
using System.Text;

namespace CircuitSpecs.Models.Checkpoints.PyTorch;

/// <summary>
/// The table of contents of a zip archive (PKWARE's APPNOTE.TXT), with the places of the records' data in the file, which
/// <see cref="System.IO.Compression.ZipArchive"/> does not tell and memory mapping needs. Both copies of every header have to agree, and no record may
/// lie upon another one, leave the file, or grow out of proportion when it is inflated.
/// </summary>
internal sealed class ZipDirectory
{
    /// <summary>How many times larger than its file an archive may become. PyTorch does not compress at all.</summary>
    public const int LargestGrowth = 64;

    /// <summary>What any archive may become, however small its file.</summary>
    public const long AlwaysAllowed = 1 << 20;

    private const int EntryLength = 46;
    private const int LocalLength = 30;
    private const uint LocalSignature = 0x04034b50;
    private const uint EntrySignature = 0x02014b50;

    // A directory takes about 100 bytes a tensor.
    private const long LargestDirectory = 100_000_000;

    private readonly StoredFile source;

    private ZipDirectory(StoredFile source) => this.source = source;

    /// <summary>Reads and checks the directory of an archive.</summary>
    /// <param name="source">The archive.</param>
    /// <returns>The records by their names.</returns>
    /// <exception cref="ModelLoadException">The archive is damaged, or has something that archives of weights do not have.</exception>
    public static IReadOnlyDictionary<string, ZipRecord> Read(StoredFile source) => new ZipDirectory(source).Read();

    private Dictionary<string, ZipRecord> Read()
    {
        (long start, long length, long count) = ZipEnd.Find(source);
        if (length > LargestDirectory)
        {
            throw Error($"its directory has {length} bytes, expected at most {LargestDirectory}.");
        }

        byte[] directory = new byte[length];
        source.Read(start, directory);
        var records = new Dictionary<string, ZipRecord>(StringComparer.Ordinal);
        int position = 0;
        while (position < directory.Length)
        {
            ZipRecord record = ReadEntry(directory, ref position, start);
            if (!records.TryAdd(record.Name, record))
            {
                throw Error($"the entry {Quoted.Of(record.Name)} occurs twice.");
            }
        }

        if (records.Count != count)
        {
            throw Error($"its end record claims {count} entries, the directory holds {records.Count}.");
        }

        RequireApart(records.Values);
        RequireProportion(records.Values);
        return records;
    }

    private ZipRecord ReadEntry(byte[] directory, ref int position, long directoryStart)
    {
        if (directory.Length - position < EntryLength || UInt32(directory, position) != EntrySignature)
        {
            throw Error("its directory is damaged: an entry is cut off, or begins with a wrong signature.");
        }

        ReadOnlySpan<byte> entry = directory.AsSpan(position);
        ushort flags = UInt16(entry, 8);
        ushort method = UInt16(entry, 10);
        int nameLength = UInt16(entry, 28);
        int extraLength = UInt16(entry, 30);
        int whole = EntryLength + nameLength + extraLength + UInt16(entry, 32);
        if (entry.Length < whole)
        {
            throw Error("its directory is damaged: an entry is cut off.");
        }

        ReadOnlySpan<byte> nameBytes = entry.Slice(EntryLength, nameLength);
        string name = NameOf(nameBytes);
        if ((flags & 1) != 0)
        {
            throw Error($"the entry {Quoted.Of(name)} is encrypted.");
        }

        if (method is not (0 or 8))
        {
            throw Error($"the entry {Quoted.Of(name)} is compressed with method {method}, expected 0 (stored) or 8 (deflated).");
        }

        if (UInt16(entry, 34) != 0)
        {
            throw Error($"the entry {Quoted.Of(name)} lies in another part of an archive in several parts.");
        }

        // In the order of the field that holds those which do not fit 32 bits.
        Span<long> wide = [UInt32(entry, 24), UInt32(entry, 20), UInt32(entry, 42)];
        ReadWide(name, entry.Slice(EntryLength + nameLength, extraLength), wide);
        (long length, long storedLength, long local) = (wide[0], wide[1], wide[2]);
        if (method == 0 && length != storedLength)
        {
            throw Error($"the entry {Quoted.Of(name)} is stored as it is, but claims {length} bytes that take {storedLength}.");
        }

        long data = CheckLocal(name, entry, nameBytes, local, storedLength, length, directoryStart);
        position += whole;
        return new ZipRecord(name, method == 8, UInt32(entry, 16), data, storedLength, length);
    }

    // The header in front of the data repeats the entry. Where its bit 3 is set, the sizes may be left to a descriptor behind the data.
    private long CheckLocal(string name, ReadOnlySpan<byte> entry, ReadOnlySpan<byte> nameBytes, long offset, long storedLength, long length, long directoryStart)
    {
        if (offset < 0 || offset > directoryStart - LocalLength)
        {
            throw Error($"the entry {Quoted.Of(name)} claims to begin at byte {offset}, which lies outside the {directoryStart} bytes in front of the directory.");
        }

        Span<byte> local = stackalloc byte[LocalLength];
        source.Read(offset, local);
        int nameLength = UInt16(local, 26);
        int extraLength = UInt16(local, 28);
        long data = offset + LocalLength + nameLength + extraLength;
        if (UInt32(local, 0) != LocalSignature || nameLength != nameBytes.Length)
        {
            throw Error($"no header of the entry {Quoted.Of(name)} is at byte {offset}, where the directory says.");
        }

        if (storedLength < 0 || length < 0 || storedLength > directoryStart - data)
        {
            throw Error($"the entry {Quoted.Of(name)} claims {storedLength} bytes from byte {data} on, but the directory follows at {directoryStart}: the size is larger than the file.");
        }

        byte[] names = new byte[nameLength + extraLength];
        source.Read(offset + LocalLength, names);
        Span<long> wide = [UInt32(local, 22), UInt32(local, 18)];
        ReadWide(name, names.AsSpan(nameLength), wide);
        bool described = (UInt16(local, 6) & 8) != 0;
        uint checksum = UInt32(local, 14);
        bool agrees = names.AsSpan(0, nameLength).SequenceEqual(nameBytes)
            && UInt16(local, 6) == UInt16(entry, 8)
            && UInt16(local, 8) == UInt16(entry, 10)
            && (checksum == UInt32(entry, 16) || (described && checksum == 0))
            && (wide[0] == length || (described && wide[0] is 0 or uint.MaxValue))
            && (wide[1] == storedLength || (described && wide[1] is 0 or uint.MaxValue));
        return agrees ? data : throw Error($"the header of the entry {Quoted.Of(name)} and the directory disagree about its name, size, compression or checksum.");
    }

    // The extra field 1 holds, one after the other, those numbers that are too large for their own fields.
    private void ReadWide(string name, ReadOnlySpan<byte> extra, Span<long> numbers)
    {
        while (extra.Length >= 4)
        {
            int kind = UInt16(extra, 0);
            int length = UInt16(extra, 2);
            if (length > extra.Length - 4)
            {
                throw Error($"the entry {Quoted.Of(name)} has a damaged extra field.");
            }

            ReadOnlySpan<byte> field = extra.Slice(4, length);
            extra = extra[(4 + length)..];
            if (kind != 1)
            {
                continue;
            }

            foreach (ref long number in numbers)
            {
                if (number == uint.MaxValue && field.Length >= 8)
                {
                    number = BinaryPrimitives.ReadInt64LittleEndian(field);
                    field = field[8..];
                }
            }

            return;
        }
    }

    // No name is ever used as a path. A folder's ends with a slash. One that would leave a folder is a sign of bad intentions all the same.
    private string NameOf(ReadOnlySpan<byte> utf8)
    {
        string name = Encoding.UTF8.GetString(utf8);
        string[] parts = name.TrimEnd('/').Split('/');
        if (name.Contains('\uFFFD', StringComparison.Ordinal) || name.IndexOfAny(['\\', ':']) >= 0 || name.Any(char.IsControl) || parts.Any(part => part is "" or "." or ".."))
        {
            throw Error($"the entry {Quoted.Of(name)} has a name that is absolute, leaves the archive (path traversal) or is no path.");
        }

        return name;
    }

    private void RequireApart(IEnumerable<ZipRecord> records)
    {
        ZipRecord? before = null;
        foreach (ZipRecord record in records.OrderBy(record => record.Offset).ThenBy(record => record.StoredLength))
        {
            if (before is not null && before.Offset + before.StoredLength > record.Offset - LocalLength)
            {
                throw Error($"the entries {Quoted.Of(before.Name)} and {Quoted.Of(record.Name)} overlap.");
            }

            before = record;
        }
    }

    private void RequireProportion(IEnumerable<ZipRecord> records)
    {
        UInt128 allowed = (UInt128)Math.Max(AlwaysAllowed, source.Length * LargestGrowth);
        UInt128 sum = 0;
        foreach (ZipRecord record in records)
        {
            sum += (UInt128)record.Length;
            if (sum > allowed)
            {
                throw Error($"with the entry {Quoted.Of(record.Name)} of {record.Length} bytes, compressed to {record.StoredLength}, it would grow to more than {LargestGrowth} times its size: it is not inflated (decompression bomb).");
            }
        }
    }

    private ModelLoadException Error(string problem) => new(source.Path, $"the zip archive cannot be used: {problem}");

    private static ushort UInt16(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[offset..]);

    private static uint UInt32(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[offset..]);
}
