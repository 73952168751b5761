using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace TorchSharp.Kernels;

/// <summary>Copies elements from one type to another as C casts do: floats are cut, integers wrap, bool is "not zero".</summary>
internal static class Convert
{
    /// <summary>Fills <paramref name="y"/> with the elements of <paramref name="x"/>, which must broadcast to it.</summary>
    public static void Copy(Tensor x, Tensor y)
    {
        if (x._dtype == y._dtype)
        {
            StridedCopy.Run(x, y);
            return;
        }

        if (x._dtype.IsComplex() || y._dtype.IsComplex())
        {
            ComplexParts.Copy(x, y);
            return;
        }

        switch (x._dtype)
        {
            case ScalarType.Float32: From<float>(x, y); break;
            case ScalarType.Float64: From<double>(x, y); break;
            case ScalarType.Int64: From<long>(x, y); break;
            case ScalarType.Int32: From<int>(x, y); break;
            case ScalarType.Int16: From<short>(x, y); break;
            case ScalarType.Int8: From<sbyte>(x, y); break;
            case ScalarType.Byte or ScalarType.Bool: From<byte>(x, y); break;
            case ScalarType.Float16:
                if (y._dtype == ScalarType.Float32)
                {
                    Elementwise.Unary<Half, float, HalfToSingle>(x, y, default);
                    break;
                }

                Through(x, y);
                break;
            case ScalarType.BFloat16:
                if (y._dtype == ScalarType.Float32)
                {
                    Elementwise.Unary<BFloat16, float, BrainToSingle>(x, y, default);
                    break;
                }

                Through(x, y);
                break;
            default: throw Dtypes.Unsupported(x._dtype);
        }
    }

    private static void From<TIn>(Tensor x, Tensor y) where TIn : unmanaged, INumberBase<TIn>
    {
        switch (y._dtype)
        {
            case ScalarType.Float32: Elementwise.Unary<TIn, float, Cast<TIn, float>>(x, y, default); break;
            case ScalarType.Float64: Elementwise.Unary<TIn, double, Cast<TIn, double>>(x, y, default); break;
            case ScalarType.Int64: Elementwise.Unary<TIn, long, Cast<TIn, long>>(x, y, default); break;
            case ScalarType.Int32: Elementwise.Unary<TIn, int, Cast<TIn, int>>(x, y, default); break;
            case ScalarType.Int16: Elementwise.Unary<TIn, short, Cast<TIn, short>>(x, y, default); break;
            case ScalarType.Int8: Elementwise.Unary<TIn, sbyte, Cast<TIn, sbyte>>(x, y, default); break;
            case ScalarType.Byte: Elementwise.Unary<TIn, byte, Cast<TIn, byte>>(x, y, default); break;
            case ScalarType.Bool: Elementwise.Unary<TIn, byte, Truth<TIn>>(x, y, default); break;
            case ScalarType.Float16 when typeof(TIn) == typeof(float):
                Elementwise.Unary<float, Half, SingleToHalf>(x, y, default);
                break;
            case ScalarType.BFloat16 when typeof(TIn) == typeof(float):
                Elementwise.Unary<float, BFloat16, SingleToBrain>(x, y, default);
                break;
            case ScalarType.Float16 or ScalarType.BFloat16: Through(x, y); break;
            default: throw Dtypes.Unsupported(y._dtype);
        }
    }

    private static void Through(Tensor x, Tensor y)
    {
        Tensor single = Tensor.Allocate(x._sizes, ScalarType.Float32, track: false);
        try
        {
            Copy(x, single);
            Copy(single, y);
        }
        finally
        {
            single.Dispose();
        }
    }

    private readonly struct Cast<TIn, TOut> : IUnaryKernel<TIn, TOut>
        where TIn : unmanaged, INumberBase<TIn> where TOut : unmanaged, INumberBase<TOut>
    {
        public void Run(ReadOnlySpan<TIn> x, Span<TOut> y)
        {
            bool fromFloat = typeof(TIn) == typeof(float) || typeof(TIn) == typeof(double);
            bool toFloat = typeof(TOut) == typeof(float) || typeof(TOut) == typeof(double);
            if (fromFloat && !toFloat)
            {
                for (int i = 0; i < y.Length; i++) y[i] = Numbers.FromDouble<TOut>(double.CreateTruncating(x[i]));
                return;
            }

            TensorPrimitives.ConvertTruncating(x, y);
        }
    }

    private readonly struct Truth<TIn> : IUnaryKernel<TIn, byte> where TIn : unmanaged, INumberBase<TIn>
    {
        public void Run(ReadOnlySpan<TIn> x, Span<byte> y)
        {
            for (int i = 0; i < y.Length; i++) y[i] = TIn.IsZero(x[i]) ? (byte)0 : (byte)1;
        }
    }

    private readonly struct HalfToSingle : IUnaryKernel<Half, float>
    {
        public void Run(ReadOnlySpan<Half> x, Span<float> y) => TensorPrimitives.ConvertToSingle(x, y);
    }

    private readonly struct SingleToHalf : IUnaryKernel<float, Half>
    {
        public void Run(ReadOnlySpan<float> x, Span<Half> y) => TensorPrimitives.ConvertToHalf(x, y);
    }

    private readonly struct BrainToSingle : IUnaryKernel<BFloat16, float>
    {
        public void Run(ReadOnlySpan<BFloat16> x, Span<float> y)
        {
            ReadOnlySpan<ushort> bits = MemoryMarshal.Cast<BFloat16, ushort>(x);
            Span<uint> wide = MemoryMarshal.Cast<float, uint>(y);
            for (int i = 0; i < bits.Length; i++) wide[i] = (uint)bits[i] << 16;
        }
    }

    private readonly struct SingleToBrain : IUnaryKernel<float, BFloat16>
    {
        public void Run(ReadOnlySpan<float> x, Span<BFloat16> y)
        {
            for (int i = 0; i < x.Length; i++) y[i] = (BFloat16)x[i];
        }
    }
}
