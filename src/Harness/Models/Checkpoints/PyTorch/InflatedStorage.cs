using System.IO.Compression;
using System.IO.Hashing;

namespace CircuitSpecs.Models.Checkpoints.PyTorch;

/// <summary>
/// A storage that lies compressed in an archive: inflated whole at the first read, and held. PyTorch never writes such archives, other
/// programs do.
/// </summary>
/// <param name="source">The archive.</param>
/// <param name="record">The record; its length is known to be in proportion to the file.</param>
internal sealed class InflatedStorage(StoredFile source, ZipRecord record) : StorageData
{
    private readonly Lazy<byte[]> bytes = new(() => Inflate(source, record));

    /// <inheritdoc/>
    public override long Offset => record.Offset;

    /// <inheritdoc/>
    public override void Read(long start, Span<byte> destination) => bytes.Value.AsSpan((int)start, destination.Length).CopyTo(destination);

    /// <summary>Inflates a record and compares its length and checksum.</summary>
    /// <param name="source">The archive.</param>
    /// <param name="record">A compressed record.</param>
    /// <exception cref="ModelLoadException">It is damaged.</exception>
    public static byte[] Inflate(StoredFile source, ZipRecord record)
    {
        if (record.Length > Array.MaxLength)
        {
            throw new ModelLoadException(source.Path, $"the compressed record {Quoted.Of(record.Name)} has {record.Length} bytes, expected at most {Array.MaxLength}: save it with torch.save, which does not compress.");
        }

        byte[] inflated = new byte[record.Length];
        try
        {
            using Stream stored = source.StreamOf(record.Offset, record.StoredLength);
            using var inflate = new DeflateStream(stored, CompressionMode.Decompress);
            int length = inflate.ReadAtLeast(inflated, inflated.Length, throwOnEndOfStream: false);
            if (length < inflated.Length || inflate.ReadByte() >= 0)
            {
                throw new ModelLoadException(source.Path, $"the record {Quoted.Of(record.Name)} inflates to {(length < inflated.Length ? $"{length}" : "more")} bytes, the archive says {record.Length}.");
            }
        }
        catch (InvalidDataException problem)
        {
            throw new ModelLoadException(source.Path, $"the record {Quoted.Of(record.Name)} cannot be inflated: {problem.Message}", problem);
        }

        RecordChecksum.Require(source.Path, record, Crc32.HashToUInt32(inflated));
        return inflated;
    }
}
