using System.Buffers.Binary;
using System.Collections.Immutable;

namespace CircuitSpecs.Models.Checkpoints;

/// <summary>
/// A <c>.safetensors</c> file, read where it lies: 8 bytes with the length of a JSON header, the header, the tensors' bytes
/// (<see href="https://huggingface.co/docs/safetensors"/>). Stricter than the reference library: no name twice, no field that the format does not have.
/// </summary>
public sealed class SafetensorsFile : ICheckpoint
{
    private const int LengthField = 8;

    // The reference library's limit. A header takes about 100 bytes a tensor.
    private const long LargestHeader = 100_000_000;

    private readonly StoredFile source;

    private SafetensorsFile(StoredFile source, ImmutableSortedDictionary<string, StoredTensor> tensors)
    {
        this.source = source;
        Tensors = tensors;
    }

    /// <inheritdoc/>
    public string File => source.Path;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, StoredTensor> Tensors { get; }

    /// <summary>Opens a file and checks its header against its length; no tensor is read yet.</summary>
    /// <param name="file">The path.</param>
    /// <exception cref="ModelLoadException">It is not a valid safetensors file; the message says why.</exception>
    public static SafetensorsFile Open(string file)
    {
        StoredFile source = StoredFile.Open(file);
        try
        {
            byte[] header = ReadHeader(source);
            long dataStart = LengthField + header.Length;
            return new SafetensorsFile(source, SafetensorsHeader.Read(file, header, dataStart, source.Length - dataStart));
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
        source.Read(tensor.Offset + start, destination);
    }

    /// <summary>Closes the mapping. Tensors that were read from it live on.</summary>
    public void Dispose() => source.Dispose();

    private static byte[] ReadHeader(StoredFile source)
    {
        if (source.Length < LengthField)
        {
            throw new ModelLoadException(source.Path, $"the file has {source.Length} bytes and is truncated: a safetensors file begins with the length of its header in {LengthField} bytes.");
        }

        Span<byte> lengthField = stackalloc byte[LengthField];
        source.Read(0, lengthField);
        ulong headerLength = BinaryPrimitives.ReadUInt64LittleEndian(lengthField);
        long rest = source.Length - LengthField;
        if (headerLength == 0)
        {
            throw new ModelLoadException(source.Path, "the header is empty, expected a JSON object.");
        }

        if (headerLength > (ulong)rest || headerLength > LargestHeader)
        {
            string limit = headerLength > (ulong)rest ? $"only {rest} bytes follow: the file is truncated or not a safetensors file" : $"more than {LargestHeader} are not read";
            throw new ModelLoadException(source.Path, $"the header claims a length of {headerLength} bytes, {limit}.{ForeignFile.Hint(source.Beginning(ForeignFile.BytesNeeded))}");
        }

        byte[] header = new byte[(int)headerLength];
        source.Read(LengthField, header);
        return header;
    }
}
