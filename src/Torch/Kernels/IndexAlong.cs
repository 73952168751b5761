using System.Numerics;
using static TorchSharp.torch;

namespace TorchSharp.Kernels;

/// <summary>gather and scatter: an index replaces the coordinate of one dimension.</summary>
internal static unsafe class IndexAlong
{
    public static void Gather(string operation, Tensor x, int axis, Tensor index, Tensor y)
    {
        switch (x._dtype.Size())
        {
            case 1: Walk<byte>(operation, x, axis, index, y, y._strides, Move.Take); break;
            case 2: Walk<ushort>(operation, x, axis, index, y, y._strides, Move.Take); break;
            case 4: Walk<uint>(operation, x, axis, index, y, y._strides, Move.Take); break;
            case 8: Walk<ulong>(operation, x, axis, index, y, y._strides, Move.Take); break;
                default: Walk<UInt128>(operation, x, axis, index, y, y._strides, Move.Take); break;
        }
    }

    public static void Scatter(string operation, Tensor x, int axis, Tensor index, Tensor source, bool add)
    {
        for (int d = 0; d < index._sizes.Length; d++)
            if (d < source._sizes.Length && index._sizes[d] > source._sizes[d])
                throw new TorchException(operation, $"Expected index {Shapes.Text(index._sizes)} to be smaller than src {Shapes.Text(source._sizes)} in every dimension");
        if (!add)
        {
            switch (x._dtype.Size())
            {
                case 1: Walk<byte>(operation, x, axis, index, source, source._strides, Move.Put); break;
                case 2: Walk<ushort>(operation, x, axis, index, source, source._strides, Move.Put); break;
                case 4: Walk<uint>(operation, x, axis, index, source, source._strides, Move.Put); break;
                case 8: Walk<ulong>(operation, x, axis, index, source, source._strides, Move.Put); break;
                default: Walk<UInt128>(operation, x, axis, index, source, source._strides, Move.Put); break;
            }

            return;
        }

        switch (x._dtype)
        {
            case ScalarType.Float32: Walk<float>(operation, x, axis, index, source, source._strides, Move.Add); break;
            case ScalarType.Float64: Walk<double>(operation, x, axis, index, source, source._strides, Move.Add); break;
            case ScalarType.Int64: Walk<long>(operation, x, axis, index, source, source._strides, Move.Add); break;
            case ScalarType.Int32: Walk<int>(operation, x, axis, index, source, source._strides, Move.Add); break;
            case ScalarType.Int16: Walk<short>(operation, x, axis, index, source, source._strides, Move.Add); break;
            case ScalarType.Int8: Walk<sbyte>(operation, x, axis, index, source, source._strides, Move.Add); break;
            case ScalarType.Byte: Walk<byte>(operation, x, axis, index, source, source._strides, Move.Add); break;
            default: throw Dtypes.Unsupported(x._dtype);
        }
    }

    private enum Move
    {
        Take,
        Put,
        Add,
    }

    // One after another, so that the last of several writes to a place wins and sums have one order.
    private static void Walk<T>(string operation, Tensor x, int axis, Tensor index, Tensor other, long[] otherStrides, Move move)
        where T : unmanaged, INumberBase<T>
    {
        long[] sizes = index._sizes.Length == 0 ? [1] : index._sizes;
        long[] xs = x._strides.Length == 0 ? [1] : x._strides, os = otherStrides.Length == 0 ? [1] : otherStrides;
        long limit = x._sizes.Length == 0 ? 1 : x._sizes[axis];
        var px = (T*)x.Bytes;
        var po = (T*)other.Bytes;
        long* at = (long*)index.Bytes;
        long count = Shapes.Count(sizes);
        var position = new long[sizes.Length];
        for (long i = 0; i < count; i++)
        {
            long place = at[i];
            if (place < 0 || place >= limit)
                throw new TorchException(operation, $"index {place} is out of bounds for dimension {axis} with size {limit}");
            long ox = place * xs[axis], oo = 0;
            for (int d = 0; d < sizes.Length; d++)
            {
                if (d != axis) ox += position[d] * xs[d];
                oo += position[d] * os[d];
            }

            switch (move)
            {
                case Move.Take: po[oo] = px[ox]; break;
                case Move.Put: px[ox] = po[oo]; break;
                default: px[ox] += po[oo]; break;
            }

            for (int d = sizes.Length - 1; d >= 0 && ++position[d] == sizes[d]; d--) position[d] = 0;
        }

        GC.KeepAlive(x);
        GC.KeepAlive(index);
        GC.KeepAlive(other);
    }
}
