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
            case 1: Walk<byte, Take<byte>>(operation, x, axis, index, y); break;
            case 2: Walk<ushort, Take<ushort>>(operation, x, axis, index, y); break;
            case 4: Walk<uint, Take<uint>>(operation, x, axis, index, y); break;
            case 8: Walk<ulong, Take<ulong>>(operation, x, axis, index, y); break;
            default: Walk<UInt128, Take<UInt128>>(operation, x, axis, index, y); break;
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
                case 1: Walk<byte, Put<byte>>(operation, x, axis, index, source); break;
                case 2: Walk<ushort, Put<ushort>>(operation, x, axis, index, source); break;
                case 4: Walk<uint, Put<uint>>(operation, x, axis, index, source); break;
                case 8: Walk<ulong, Put<ulong>>(operation, x, axis, index, source); break;
                default: Walk<UInt128, Put<UInt128>>(operation, x, axis, index, source); break;
            }

            return;
        }

        switch (x._dtype)
        {
            case ScalarType.Float32: Walk<float, Add<float>>(operation, x, axis, index, source); break;
            case ScalarType.Float64: Walk<double, Add<double>>(operation, x, axis, index, source); break;
            case ScalarType.Int64: Walk<long, Add<long>>(operation, x, axis, index, source); break;
            case ScalarType.Int32: Walk<int, Add<int>>(operation, x, axis, index, source); break;
            case ScalarType.Int16: Walk<short, Add<short>>(operation, x, axis, index, source); break;
            case ScalarType.Int8: Walk<sbyte, Add<sbyte>>(operation, x, axis, index, source); break;
            case ScalarType.Byte: Walk<byte, Add<byte>>(operation, x, axis, index, source); break;
            case ScalarType.Bool: Walk<byte, Either>(operation, x, axis, index, source); break;
            case ScalarType.Float16: Walk<Half, Add<Half>>(operation, x, axis, index, source); break;
            case ScalarType.BFloat16: Walk<BFloat16, AddBrain>(operation, x, axis, index, source); break;
            default: throw Dtypes.Unsupported(x._dtype);
        }
    }

    // One after another, so that the last of several writes to a place wins and sums have one order.
    private static void Walk<T, TMove>(string operation, Tensor x, int axis, Tensor index, Tensor other)
        where T : unmanaged where TMove : struct, IMove<T>
    {
        long[] sizes = index._sizes.Length == 0 ? [1] : index._sizes;
        long[] xs = x._strides.Length == 0 ? [1] : x._strides, os = other._strides.Length == 0 ? [1] : other._strides;
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

            TMove.Run(ref px[ox], ref po[oo]);
            for (int d = sizes.Length - 1; d >= 0 && ++position[d] == sizes[d]; d--) position[d] = 0;
        }

        GC.KeepAlive(x);
        GC.KeepAlive(index);
        GC.KeepAlive(other);
    }

    private interface IMove<T>
    {
        static abstract void Run(ref T element, ref T other);
    }

    private readonly struct Take<T> : IMove<T>
    {
        public static void Run(ref T element, ref T other) => other = element;
    }

    private readonly struct Put<T> : IMove<T>
    {
        public static void Run(ref T element, ref T other) => element = other;
    }

    private readonly struct Add<T> : IMove<T> where T : INumberBase<T>
    {
        public static void Run(ref T element, ref T other) => element = unchecked(element + other);
    }

    /// <summary>The sum of two bools.</summary>
    private readonly struct Either : IMove<byte>
    {
        public static void Run(ref byte element, ref byte other) => element |= other;
    }

    /// <summary>The sum of two bfloat16, rounded each time as torch does.</summary>
    private readonly struct AddBrain : IMove<BFloat16>
    {
        public static void Run(ref BFloat16 element, ref BFloat16 other) => element += other;
    }
}
