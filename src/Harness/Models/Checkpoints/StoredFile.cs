using Microsoft.Win32.SafeHandles;

namespace CircuitSpecs.Models.Checkpoints;

/// <summary>
/// A file that is read where it lies, by way of the system's page cache. Safe to read from several threads. It is not mapped: pages of a mapping that were looked
/// at count as memory of the process, and a model may be larger than what that is allowed; and a mapping of a file that is cut meanwhile ends the process.
/// </summary>
internal sealed class StoredFile : IDisposable
{
    private readonly SafeFileHandle handle;

    private StoredFile(string path, SafeFileHandle handle, long length)
    {
        Path = path;
        this.handle = handle;
        Length = length;
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>The number of its bytes when it was opened.</summary>
    public long Length { get; }

    /// <summary>Opens a file; an empty one too.</summary>
    /// <param name="path">The path.</param>
    /// <exception cref="ModelLoadException">It cannot be opened.</exception>
    public static StoredFile Open(string path)
    {
        SafeFileHandle? handle = null;
        try
        {
            handle = File.OpenHandle(path);
            return new StoredFile(path, handle, RandomAccess.GetLength(handle));
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            handle?.Dispose();
            throw new ModelLoadException(path, $"the file cannot be opened: {problem.Message}", problem);
        }
    }

    /// <summary>Copies bytes out of the file.</summary>
    /// <param name="offset">The first of them.</param>
    /// <param name="destination">Receives them.</param>
    /// <exception cref="ArgumentOutOfRangeException">They do not lie in the file.</exception>
    /// <exception cref="ModelLoadException">The file was cut since it was opened.</exception>
    public void Read(long offset, Span<byte> destination)
    {
        RequireWithin(offset, destination.Length);
        for (int done = 0; done < destination.Length;)
        {
            int count = RandomAccess.Read(handle, destination[done..], offset + done);
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
        return new StoredFileStream(this, offset, length);
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => handle.Dispose();

    private void RequireWithin(long offset, long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Length - offset);
    }
}
