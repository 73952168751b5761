namespace CircuitSpecs.Models.Checkpoints.PyTorch;

/// <summary>A record of a zip archive, known to lie within the file and beside all others.</summary>
/// <param name="Name">Its name in the archive, with forward slashes.</param>
/// <param name="IsDeflated">Whether it is compressed; stored as it is otherwise.</param>
/// <param name="Checksum">The CRC-32 of its bytes.</param>
/// <param name="Offset">The byte of the file where its data begin.</param>
/// <param name="StoredLength">The number of bytes that it takes in the file.</param>
/// <param name="Length">The number of its bytes.</param>
internal sealed record ZipRecord(string Name, bool IsDeflated, uint Checksum, long Offset, long StoredLength, long Length);
