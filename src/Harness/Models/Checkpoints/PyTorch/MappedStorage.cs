using System.IO.Hashing;

namespace CircuitSpecs.Models.Checkpoints.PyTorch;

/// <summary>A storage that lies in the file as it is. Where the file has a checksum of it, the first read compares it.</summary>
internal sealed class MappedStorage : StorageData
{
    private readonly MappedFile mapped;
    private readonly Lazy<bool>? intact;

    /// <summary>Makes a storage without a checksum.</summary>
    /// <param name="mapped">The file.</param>
    /// <param name="offset">Where it begins.</param>
    public MappedStorage(MappedFile mapped, long offset)
    {
        this.mapped = mapped;
        Offset = offset;
    }

    /// <summary>Makes the storage of a record that is not compressed.</summary>
    /// <param name="mapped">The archive.</param>
    /// <param name="record">The record.</param>
    public MappedStorage(MappedFile mapped, ZipRecord record)
        : this(mapped, record.Offset) => intact = new Lazy<bool>(() => Compare(mapped, record));

    /// <inheritdoc/>
    public override long Offset { get; }

    /// <inheritdoc/>
    public override void Read(long start, Span<byte> destination)
    {
        if (intact is { Value: false })
        {
            throw new InvalidOperationException("A wrong checksum has to throw.");
        }

        mapped.Read(Offset + start, destination);
    }

    private static bool Compare(MappedFile mapped, ZipRecord record)
    {
        using Stream data = mapped.StreamOf(record.Offset, record.Length);
        var crc = new Crc32();
        crc.Append(data);
        RecordChecksum.Require(mapped.Path, record, crc.GetCurrentHashAsUInt32());
        return true;
    }
}
