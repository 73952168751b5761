using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace CircuitSpecs.Models.Checkpoints;

/// <summary>The identity of weights: what is stored, not how it is packed.</summary>
public static class CheckpointHash
{
    private const int Piece = 1 << 20;

    /// <summary>
    /// SHA-256 over every tensor's name, type, shape and bytes as stored, in the order of the names: the same for one file and for many
    /// shards. Reads the whole checkpoint.
    /// </summary>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <returns>64 hexadecimal digits, lower case.</returns>
    public static string Of(ICheckpoint checkpoint)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(Piece);
        foreach (StoredTensor tensor in checkpoint.Tensors.Values.OrderBy(tensor => tensor.Name, StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{tensor.Name}\0{tensor.Encoding}\0{tensor.ShapeText}\0"));
            for (long start = 0; start < tensor.EncodedBytes; start += Piece)
            {
                Span<byte> bytes = buffer.AsSpan(0, (int)Math.Min(Piece, tensor.EncodedBytes - start));
                checkpoint.CopyEncoded(tensor, start, bytes);
                hash.AppendData(bytes);
            }
        }

        ArrayPool<byte>.Shared.Return(buffer);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
