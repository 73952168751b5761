using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace CircuitSpecs.Models.Hub;

/// <summary>The hash that the hub names a file by: SHA-256 for files in LFS, the id of the git blob (SHA-1 over <c>blob &lt;size&gt;\0</c> and the bytes) for the others.</summary>
internal static class BlobHash
{
    private const int Piece = 1 << 20;

    /// <summary>The hash of a file, of the kind that <paramref name="like"/> is.</summary>
    /// <param name="file">The file.</param>
    /// <param name="like">A hash of 40 or 64 digits.</param>
    /// <param name="cancel">Ends the reading.</param>
    public static async Task<string> OfAsync(string file, string like, CancellationToken cancel)
    {
        await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.Asynchronous | FileOptions.SequentialScan);
        using var hash = IncrementalHash.CreateHash(like.Length == 64 ? HashAlgorithmName.SHA256 : HashAlgorithmName.SHA1);
        if (like.Length == 40)
        {
            hash.AppendData(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"blob {stream.Length}\0")));
        }

        byte[] buffer = ArrayPool<byte>.Shared.Rent(Piece);
        try
        {
            for (int count; (count = await stream.ReadAsync(buffer, cancel).ConfigureAwait(false)) > 0;)
            {
                hash.AppendData(buffer, 0, count);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
