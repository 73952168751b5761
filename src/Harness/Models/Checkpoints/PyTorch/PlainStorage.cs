using System.IO.Hashing;

namespace CircuitSpecs.Models.Checkpoints.PyTorch;

/// <summary>A storage that lies in the file as it is. Where the file has a checksum of it, the first read compares it.</summary>
internal sealed class PlainStorage : StorageData
{
    private readonly StoredFile source;
    private readonly Lazy<bool>? intact;

    /// <summary>Makes a storage without a checksum.</summary>
    /// <param name="source">The file.</param>
    /// <param name="offset">Where it begins.</param>
    public PlainStorage(StoredFile source, long offset)
    {
        this.source = source;
        Offset = offset;
    }

    /// <summary>Makes the storage of a record that is not compressed.</summary>
    /// <param name="source">The archive.</param>
    /// <param name="record">The record.</param>
    public PlainStorage(StoredFile source, ZipRecord record)
        : this(source, record.Offset) => intact = new Lazy<bool>(() => Compare(source, record));

    /// <inheritdoc/>
    public override long Offset { get; }

    /// <inheritdoc/>
    public override void Read(long start, Span<byte> destination)
    {
        if (intact is { Value: false })
        {
            throw new InvalidOperationException("A wrong checksum has to throw.");
        }

        source.Read(Offset + start, destination);
    }

    private static bool Compare(StoredFile source, ZipRecord record)
    {
        using Stream data = source.StreamOf(record.Offset, record.Length);
        var crc = new Crc32();
        crc.Append(data);
        RecordChecksum.Require(source.Path, record, crc.GetCurrentHashAsUInt32());
        return true;
    }
}
