using static TorchSharp.torch;

namespace TorchSharp.Kernels;

/// <summary>A product of two tensors whose dimensions are sorted into batch, free and summed ones.</summary>
internal static unsafe class Contraction
{
    /// <summary>
    /// C = A B with A given as [batch, rows, inner] and B as [batch, inner, columns], each by sizes and strides of any
    /// number of dimensions. C is [batch, m, n] at <paramref name="c"/>, whose type both operands have.
    /// </summary>
    public static void Run(Tensor a, Dims aBatch, Dims aRows, Dims aInner, Tensor b, Dims bBatch, Dims bInner, Dims bColumns, Tensor c, bool accumulate = false)
    {
        switch (c._dtype)
        {
            case ScalarType.Float32: Run<float>(a, aBatch, aRows, aInner, b, bBatch, bInner, bColumns, c, accumulate); break;
            case ScalarType.Float64: Run<double>(a, aBatch, aRows, aInner, b, bBatch, bInner, bColumns, c, accumulate); break;
            case ScalarType.Int64: Run<long>(a, aBatch, aRows, aInner, b, bBatch, bInner, bColumns, c, accumulate); break;
            case ScalarType.Int32: Run<int>(a, aBatch, aRows, aInner, b, bBatch, bInner, bColumns, c, accumulate); break;
            case ScalarType.Int16: Run<short>(a, aBatch, aRows, aInner, b, bBatch, bInner, bColumns, c, accumulate); break;
            case ScalarType.Int8: Run<sbyte>(a, aBatch, aRows, aInner, b, bBatch, bInner, bColumns, c, accumulate); break;
            case ScalarType.Byte: Run<byte>(a, aBatch, aRows, aInner, b, bBatch, bInner, bColumns, c, accumulate); break;
            default: throw new TorchException("matmul", $"not implemented for {c._dtype}");
        }

        GC.KeepAlive(a);
        GC.KeepAlive(b);
        GC.KeepAlive(c);
    }

    private static void Run<T>(Tensor a, Dims aBatch, Dims aRows, Dims aInner, Tensor b, Dims bBatch, Dims bInner, Dims bColumns, Tensor c, bool accumulate)
        where T : unmanaged, System.Numerics.INumber<T>
    {
        long n = Shapes.Count(bColumns.Sizes), m = Shapes.Count(aRows.Sizes);
        var right = new Gemm.Operand<T>((nint)b.Bytes, bBatch.Map(), bInner.Map(), bColumns.Map());
        Gemm.Run(
            new Gemm.Operand<T>((nint)a.Bytes, aBatch.Map(), aRows.Map(), aInner.Map()),
            right, (T*)c.Bytes, new AxisMap(Shapes.Count(aBatch.Sizes), m * n), n, accumulate, PackedForms.Of(b.Storage, b._offset, right));
    }

    /// <summary>Some dimensions of a tensor, outermost first.</summary>
    internal readonly record struct Dims(long[] Sizes, long[] Strides)
    {
        public static Dims Of(Tensor t, params ReadOnlySpan<int> axes)
        {
            var sizes = new long[axes.Length];
            var strides = new long[axes.Length];
            for (int i = 0; i < axes.Length; i++) (sizes[i], strides[i]) = (t._sizes[axes[i]], t._strides[axes[i]]);
            return new Dims(sizes, strides);
        }

        public AxisMap Map() => new(Sizes, Strides);
    }
}
