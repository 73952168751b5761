using System.Collections.Immutable;

namespace CircuitSpecs.Models.Checkpoints.PyTorch;

/// <summary>A tensor whose elements need not lie in row-major order, or one after the other.</summary>
internal sealed record StridedTensor : StoredTensor
{
    private readonly StorageData storage;

    // Byte offset of the first element; dimensions from the outermost to the innermost, joined where they can be; bytes that lie in one piece.
    private readonly long first;
    private readonly ImmutableArray<(long Size, long Stride)> outer;
    private readonly long run;

    /// <summary>Makes a tensor.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="file">The file.</param>
    /// <param name="view">What it is.</param>
    /// <param name="storage">The bytes that it is a view of.</param>
    public StridedTensor(string name, string file, TensorView view, StorageData storage)
        : base(name, file, view.Type, view.Shape, storage.Offset + (view.Offset * view.Type.Size), view.ByteCount)
    {
        this.storage = storage;
        first = view.Offset * view.Type.Size;
        List<(long Size, long Stride)> joined = Join(view);
        run = view.Type.Size;
        if (joined.Count > 0 && joined[^1].Stride == run)
        {
            run *= joined[^1].Size;
            joined.RemoveAt(joined.Count - 1);
        }

        outer = [.. joined];
    }

    /// <summary>Copies bytes of the elements in row-major order.</summary>
    /// <param name="start">The first byte.</param>
    /// <param name="destination">Receives them.</param>
    public void CopyBytes(long start, Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(destination.Length, ByteCount - start);
        while (!destination.IsEmpty)
        {
            (long piece, long within) = Math.DivRem(start, run);
            Span<byte> part = destination[..(int)Math.Min(run - within, destination.Length)];
            storage.Read(PlaceOf(piece) + within, part);
            destination = destination[part.Length..];
            start += part.Length;
        }
    }

    private long PlaceOf(long piece)
    {
        long place = first;
        for (int dimension = outer.Length - 1; dimension >= 0; dimension--)
        {
            (piece, long index) = Math.DivRem(piece, outer[dimension].Size);
            place += index * outer[dimension].Stride;
        }

        return place;
    }

    // Leaves out dimensions of size 1, and joins two where the outer one goes on where the inner one ends. Strides in bytes.
    private static List<(long Size, long Stride)> Join(TensorView view)
    {
        var joined = new List<(long Size, long Stride)>();
        for (int dimension = 0; dimension < view.Shape.Length; dimension++)
        {
            (long size, long stride) = (view.Shape[dimension], view.Strides[dimension] * view.Type.Size);
            if (size == 1)
            {
                continue;
            }

            if (joined.Count > 0 && joined[^1].Stride == size * stride)
            {
                joined[^1] = (joined[^1].Size * size, stride);
            }
            else
            {
                joined.Add((size, stride));
            }
        }

        return joined;
    }
}
