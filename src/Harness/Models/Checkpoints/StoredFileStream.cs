namespace CircuitSpecs.Models.Checkpoints;

/// <summary>A part of a file as a stream that is read ahead by pieces; for one reader at a time.</summary>
/// <param name="file">The file, which stays open.</param>
/// <param name="offset">The first byte.</param>
/// <param name="length">The number of bytes, all of them in the file.</param>
internal sealed class StoredFileStream(StoredFile file, long offset, long length) : Stream
{
    private const int Piece = 1 << 16;

    private readonly byte[] ahead = new byte[(int)Math.Min(Piece, length)];
    private long aheadStart;
    private int aheadLength;
    private long position;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => true;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => length;

    /// <inheritdoc/>
    public override long Position
    {
        get => position;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            position = value;
        }
    }

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        int count = (int)Math.Min(buffer.Length, Math.Max(0, length - position));
        if (count == 0)
        {
            return 0;
        }

        if (count >= ahead.Length)
        {
            file.Read(offset + position, buffer[..count]);
        }
        else
        {
            if (position < aheadStart || position >= aheadStart + aheadLength)
            {
                aheadLength = 0;
                int filled = (int)Math.Min(ahead.Length, length - position);
                file.Read(offset + position, ahead.AsSpan(0, filled));
                (aheadStart, aheadLength) = (position, filled);
            }

            int skipped = (int)(position - aheadStart);
            count = Math.Min(count, aheadLength - skipped);
            ahead.AsSpan(skipped, count).CopyTo(buffer);
        }

        position += count;
        return count;
    }

    /// <inheritdoc/>
    public override int ReadByte()
    {
        byte value = 0;
        return Read(new Span<byte>(ref value)) == 1 ? value : -1;
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => Position = offset + origin switch
    {
        SeekOrigin.Begin => 0,
        SeekOrigin.Current => position,
        _ => length,
    };

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
