using System.IO.MemoryMappedFiles;

namespace CircuitSpecs.Models.Checkpoints;

/// <summary>
/// A file that is read where it lies, by way of the system's page cache. Safe to read from several threads. Copies bypass the mapping: pages of a mapping that
/// were looked at count as memory of the process, and a model may be larger than what that is allowed.
/// </summary>
internal sealed class MappedFile : IDisposable
{
    private readonly FileStream? stream;
    private readonly MemoryMappedFile? map;
    private readonly MemoryMappedViewAccessor? view;

    private MappedFile(string path, long length, FileStream? stream, MemoryMappedFile? map, MemoryMappedViewAccessor? view)
    {
        Path = path;
        Length = length;
        this.stream = stream;
        this.map = map;
        this.view = view;
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>The number of its bytes when it was opened.</summary>
    public long Length { get; }

    /// <summary>Opens a file; an empty one too, which no system maps.</summary>
    /// <param name="path">The path.</param>
    /// <exception cref="ModelLoadException">It cannot be opened.</exception>
    public static MappedFile Open(string path)
    {
        FileStream? stream = null;
        MemoryMappedFile? map = null;
        try
        {
            stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            long length = stream.Length;
            if (length == 0)
            {
                stream.Dispose();
                return new MappedFile(path, length, null, null, null);
            }

            map = MemoryMappedFile.CreateFromFile(stream, mapName: null, capacity: 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
            return new MappedFile(path, length, stream, map, map.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read));
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            map?.Dispose();
            stream?.Dispose();
            throw new ModelLoadException(path, $"the file cannot be opened: {problem.Message}", problem);
        }
    }

    /// <summary>Copies bytes out of the file.</summary>
    /// <param name="offset">The first of them.</param>
    /// <param name="destination">Receives them.</param>
    /// <exception cref="ArgumentOutOfRangeException">They do not lie in the file.</exception>
    public void Read(long offset, Span<byte> destination)
    {
        RequireWithin(offset, destination.Length);
        for (int done = 0; done < destination.Length;)
        {
            int count = RandomAccess.Read(stream!.SafeFileHandle, destination[done..], offset + done);
            if (count == 0)
            {
                throw new ModelLoadException(Path, $"the file ends at byte {offset + done}, but had {Length} bytes when it was opened: it was cut while it was read.");
            }

            done += count;
        }
    }

    /// <summary>The first bytes of the file, fewer where it is shorter.</summary>
    /// <param name="count">How many at most.</param>
    public byte[] Beginning(int count)
    {
        byte[] first = new byte[(int)Math.Min(count, Length)];
        Read(0, first);
        return first;
    }

    /// <summary>A part of the file as a stream, which the file has to outlive.</summary>
    /// <param name="offset">The first byte.</param>
    /// <param name="length">The number of bytes.</param>
    /// <exception cref="ArgumentOutOfRangeException">They do not lie in the file.</exception>
    public Stream StreamOf(long offset, long length)
    {
        RequireWithin(offset, length);
        return length == 0 ? Stream.Null : new UnmanagedMemoryStream(view!.SafeMemoryMappedViewHandle, offset, length, FileAccess.Read);
    }

    /// <summary>Closes the mapping.</summary>
    public void Dispose()
    {
        view?.Dispose();
        map?.Dispose();
        stream?.Dispose();
    }

    private void RequireWithin(long offset, long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Length - offset);
    }
}
