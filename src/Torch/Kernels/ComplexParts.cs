using System.Numerics;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace TorchSharp.Kernels;

/// <summary>Complex elements as pairs of real ones: what is done to them is done to the parts.</summary>
internal static class ComplexParts
{
    /// <summary>The real numbers in memory, with a last dimension of two: untracked, to be disposed.</summary>
    public static Tensor Pairs(Tensor x) => x.Reinterpret(
        [.. x._sizes, 2], [.. Array.ConvertAll(x._strides, s => 2 * s), 1], 2 * x._offset, x._dtype.Part(), track: false);

    /// <summary>The real (0) or imaginary (1) parts: untracked, to be disposed.</summary>
    public static Tensor Part(Tensor x, int which) =>
        x.Reinterpret(x._sizes, Array.ConvertAll(x._strides, s => 2 * s), 2 * x._offset + which, x._dtype.Part(), track: false);

    /// <summary>Copies where one of the two, or both in different precision, is complex; an imaginary part has no place in a real tensor and is left out.</summary>
    public static void Copy(Tensor x, Tensor y)
    {
        if (!x._dtype.IsComplex())
        {
            using Tensor real = Part(y, 0), imaginary = Part(y, 1);
            Convert.Copy(x, real);
            using Tensor zero = Tensor.Number(0);
            Convert.Copy(zero, imaginary);
        }
        else if (y._dtype.IsComplex())
        {
            using Tensor from = Pairs(x), to = Pairs(y);
            Convert.Copy(from, to);
        }
        else if (y._dtype == ScalarType.Bool)
        {
            using Tensor real = Part(x, 0), imaginary = Part(x, 1);
            using Tensor set = real.ne(0).DetachFromDisposeScope(), also = imaginary.ne(0).DetachFromDisposeScope();
            using Tensor any = set.logical_or(also).DetachFromDisposeScope();
            StridedCopy.Run(any, y);
        }
        else
        {
            using Tensor real = Part(x, 0);
            Convert.Copy(real, y);
        }
    }

    /// <summary>The negative; torch's other operations on numbers are not there.</summary>
    public static void Unary<TOp>(Tensor x, Tensor y)
    {
        if (typeof(TOp) != typeof(Operations.Negate)) throw Dtypes.Unsupported(x._dtype);
        using Tensor from = Pairs(x), to = Pairs(y);
        Dispatch.Unary<Operations.Negate>(from, to);
    }

    public static void Binary<TOp>(Tensor a, Tensor b, Tensor y)
    {
        Func<Complex, Complex, Complex> f =
            typeof(TOp) == typeof(Operations.Add) ? static (x, z) => x + z :
            typeof(TOp) == typeof(Operations.Subtract) ? static (x, z) => x - z :
            typeof(TOp) == typeof(Operations.Multiply) ? static (x, z) => x * z :
            typeof(TOp) == typeof(Operations.Divide) ? static (x, z) => x / z :
            throw Dtypes.Unsupported(y._dtype);
        if (y._dtype == ScalarType.ComplexFloat64) Elementwise.Binary<Complex, Complex, Wide>(a, b, y, new Wide(f), cost: 8);
        else Elementwise.Binary<(float, float), (float, float), Narrow>(a, b, y, new Narrow(f), cost: 8);
    }

    public static void Relation<TOp>(Tensor a, Tensor b, Tensor y)
    {
        bool equal = typeof(TOp) == typeof(Operations.Equal);
        if (!equal && typeof(TOp) != typeof(Operations.NotEqual)) throw Dtypes.Unsupported(a._dtype);
        if (a._dtype == ScalarType.ComplexFloat64) Elementwise.Binary<Complex, byte, Same<Complex>>(a, b, y, new Same<Complex>(equal));
        else Elementwise.Binary<(float, float), byte, Same<(float, float)>>(a, b, y, new Same<(float, float)>(equal));
    }

    private readonly struct Wide(Func<Complex, Complex, Complex> f) : IBinaryKernel<Complex, Complex>
    {
        public void Run(ReadOnlySpan<Complex> x, ReadOnlySpan<Complex> y, Span<Complex> z)
        {
            for (int i = 0; i < z.Length; i++) z[i] = f(x[i], y[i]);
        }
    }

    private readonly struct Narrow(Func<Complex, Complex, Complex> f) : IBinaryKernel<(float Real, float Imaginary), (float, float)>
    {
        public void Run(ReadOnlySpan<(float Real, float Imaginary)> x, ReadOnlySpan<(float Real, float Imaginary)> y, Span<(float, float)> z)
        {
            for (int i = 0; i < z.Length; i++)
            {
                Complex value = f(new Complex(x[i].Real, x[i].Imaginary), new Complex(y[i].Real, y[i].Imaginary));
                z[i] = ((float)value.Real, (float)value.Imaginary);
            }
        }
    }

    // By ==, under which NaN is unlike itself.
    private readonly struct Same<T>(bool equal) : IBinaryKernel<T, byte> where T : unmanaged
    {
        public void Run(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<byte> z)
        {
            for (int i = 0; i < z.Length; i++)
            {
                bool same = x[i] switch
                {
                    Complex c => c == (Complex)(object)y[i],
                    ValueTuple<float, float> p => p == (ValueTuple<float, float>)(object)y[i],
                    _ => false,
                };
                z[i] = same == equal ? (byte)1 : (byte)0;
            }
        }
    }
}
