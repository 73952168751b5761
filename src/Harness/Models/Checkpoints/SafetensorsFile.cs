using System.Buffers.Binary;
using System.Collections.Immutable;
using System.IO.MemoryMappedFiles;

namespace CircuitSpecs.Models.Checkpoints;

/// <summary>
/// A <c>.safetensors</c> file, memory-mapped: 8 bytes with the length of a JSON header, the header, the tensors' bytes
/// (<see href="https://huggingface.co/docs/safetensors"/>). Stricter than the reference library: no name twice, no field that the format does not have.
/// </summary>
public sealed class SafetensorsFile : ICheckpoint
{
    private const int LengthField = 8;

    // The reference library's limit. A header takes about 100 bytes a tensor.
    private const long LargestHeader = 100_000_000;

    private readonly MemoryMappedFile map;
    private readonly MemoryMappedViewAccessor view;

    private SafetensorsFile(string file, MemoryMappedFile map, MemoryMappedViewAccessor view, ImmutableSortedDictionary<string, StoredTensor> tensors)
    {
        File = file;
        this.map = map;
        this.view = view;
        Tensors = tensors;
    }

    /// <inheritdoc/>
    public string File { get; }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, StoredTensor> Tensors { get; }

    /// <summary>Opens a file and checks its header against its length; no tensor is read yet.</summary>
    /// <param name="file">The path.</param>
    /// <exception cref="ModelLoadException">It is not a valid safetensors file; the message says why.</exception>
    public static SafetensorsFile Open(string file)
    {
        FileStream stream = OpenStream(file);
        try
        {
            long length = stream.Length;
            byte[] header = ReadHeader(file, stream, length);
            long dataStart = LengthField + header.Length;
            ImmutableSortedDictionary<string, StoredTensor> tensors = SafetensorsHeader.Read(file, header, dataStart, length - dataStart);
            var map = MemoryMappedFile.CreateFromFile(stream, mapName: null, capacity: 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
            try
            {
                return new SafetensorsFile(file, map, map.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read), tensors);
            }
            catch
            {
                map.Dispose();
                throw;
            }
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void CopyBytes(StoredTensor tensor, long start, Span<byte> destination)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(destination.Length, tensor.ByteCount - start);
        if (destination.IsEmpty)
        {
            return;
        }

        using var bytes = new UnmanagedMemoryStream(view.SafeMemoryMappedViewHandle, tensor.Offset + start, destination.Length, FileAccess.Read);
        bytes.ReadExactly(destination);
    }

    /// <summary>Closes the mapping. Tensors that were read from it live on.</summary>
    public void Dispose()
    {
        view.Dispose();
        map.Dispose();
    }

    private static FileStream OpenStream(string file)
    {
        try
        {
            return new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new ModelLoadException(file, $"the file cannot be opened: {problem.Message}", problem);
        }
    }

    private static byte[] ReadHeader(string file, FileStream stream, long fileLength)
    {
        if (fileLength < LengthField)
        {
            throw new ModelLoadException(file, $"the file has {fileLength} bytes and is truncated: a safetensors file begins with the length of its header in {LengthField} bytes.");
        }

        Span<byte> lengthField = stackalloc byte[LengthField];
        stream.ReadExactly(lengthField);
        ulong headerLength = BinaryPrimitives.ReadUInt64LittleEndian(lengthField);
        long rest = fileLength - LengthField;
        if (headerLength == 0)
        {
            throw new ModelLoadException(file, "the header is empty, expected a JSON object.");
        }

        if (headerLength > (ulong)rest || headerLength > LargestHeader)
        {
            string limit = headerLength > (ulong)rest ? $"only {rest} bytes follow: the file is truncated or not a safetensors file" : $"more than {LargestHeader} are not read";
            throw new ModelLoadException(file, $"the header claims a length of {headerLength} bytes, {limit}.{Impostor(lengthField)}");
        }

        byte[] header = new byte[(int)headerLength];
        stream.ReadExactly(header);
        return header;
    }

    private static string Impostor(ReadOnlySpan<byte> first) => first switch
    {
        _ when first.StartsWith("version "u8) => " It seems to be a Git LFS pointer in place of the file: fetch the file itself with 'git lfs pull'.",
        _ when first.TrimStart((byte)'\n').StartsWith("<"u8) => " It seems to be a web page in place of the file: download it again.",
        _ when first.StartsWith("PK"u8) || first[0] == 0x80 => " It seems to be a PyTorch pickle.",
        _ when first.StartsWith("GGUF"u8) => " It seems to be a GGUF file.",
        _ => "",
    };
}
