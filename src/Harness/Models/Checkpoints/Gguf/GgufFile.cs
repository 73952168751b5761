using System.Buffers;
using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace CircuitSpecs.Models.Checkpoints.Gguf;

/// <summary>
/// A <c>.gguf</c> file, read where it lies: the container as such, with the names and the order of rows that it has itself. Quantised tensors are read as float32,
/// computed block by block from what is asked for; <see cref="GgufCheckpoint"/> is the model in it.
/// </summary>
public sealed class GgufFile : ICheckpoint
{
    private const int BlocksAtOnce = 256;

    private readonly StoredFile source;
    private readonly GgufHeader header;

    private GgufFile(StoredFile source, GgufHeader header)
    {
        this.source = source;
        this.header = header;
    }

    /// <inheritdoc/>
    public string File => source.Path;

    /// <summary>The version of the format, 2 or 3.</summary>
    public int Version => (int)header.Version;

    /// <summary>The metadata.</summary>
    public GgufMetadata Metadata => header.Metadata;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, StoredTensor> Tensors => header.Tensors;

    /// <summary>Opens a file and checks its header against its length; no tensor is read yet.</summary>
    /// <param name="file">The path.</param>
    /// <exception cref="ModelLoadException">It is not a valid GGUF file, or a tensor is of a type that is not read; the message says why.</exception>
    public static GgufFile Open(string file)
    {
        StoredFile source = StoredFile.Open(file);
        try
        {
            return new GgufFile(source, GgufHeader.Read(source));
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void CopyBytes(StoredTensor tensor, long start, Span<byte> destination)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(destination.Length, tensor.ByteCount - start);
        var stored = (GgufTensor)tensor;
        if (stored.StoredAs.Dequantise is null)
        {
            source.Read(stored.Offset + start, destination);
        }
        else
        {
            Dequantise(stored, start, destination);
        }
    }

    /// <inheritdoc/>
    public void CopyEncoded(StoredTensor tensor, long start, Span<byte> destination)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(destination.Length, tensor.EncodedBytes - start);
        source.Read(tensor.Offset + start, destination);
    }

    /// <summary>Closes the mapping. Tensors that were read from it live on.</summary>
    public void Dispose() => source.Dispose();

    // Whole blocks go straight to the destination; one that the range cuts goes there by way of a buffer.
    private void Dequantise(GgufTensor tensor, long start, Span<byte> destination)
    {
        GgufTensorType type = tensor.StoredAs;
        int blockResult = type.BlockElements * sizeof(float);
        byte[] encoded = ArrayPool<byte>.Shared.Rent(BlocksAtOnce * type.BlockBytes);
        Span<float> values = stackalloc float[type.BlockElements];
        while (!destination.IsEmpty)
        {
            (long block, long skipped) = Math.DivRem(start, blockResult);
            int whole = skipped == 0 ? Math.Min(destination.Length / blockResult, BlocksAtOnce) : 0;
            Span<byte> blocks = encoded.AsSpan(0, Math.Max(whole, 1) * type.BlockBytes);
            source.Read(tensor.Offset + (block * type.BlockBytes), blocks);
            int done;
            if (whole > 0)
            {
                done = whole * blockResult;
                type.Dequantise!(blocks, MemoryMarshal.Cast<byte, float>(destination[..done]));
            }
            else
            {
                type.Dequantise!(blocks, values);
                done = (int)Math.Min(destination.Length, blockResult - skipped);
                MemoryMarshal.AsBytes(values).Slice((int)skipped, done).CopyTo(destination);
            }

            start += done;
            destination = destination[done..];
        }

        ArrayPool<byte>.Shared.Return(encoded);
    }
}
