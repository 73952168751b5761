using System.Globalization;

namespace CircuitSpecs.Models.Checkpoints.PyTorch;

/// <summary>Compares the bytes of a record with its checksum.</summary>
internal static class RecordChecksum
{
    /// <summary>Makes sure that they agree.</summary>
    /// <param name="file">The archive.</param>
    /// <param name="record">The record.</param>
    /// <param name="found">The CRC-32 of its bytes.</param>
    /// <exception cref="ModelLoadException">They do not.</exception>
    public static void Require(string file, ZipRecord record, uint found)
    {
        if (found != record.Checksum)
        {
            string unrecorded = record.Checksum == 0 ? " (If it was saved with torch.serialization.set_crc32_options(False), save it again without.)" : "";
            throw new ModelLoadException(file, string.Create(
                CultureInfo.InvariantCulture,
                $"the record {Quoted.Of(record.Name)} is damaged: its checksum is {found:x8}, the archive says {record.Checksum:x8}.{unrecorded}"));
        }
    }
}
