using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace TorchSharp.Kernels.Operations;

internal readonly struct Sqrt : IFloatUnary
{
    public static void Apply<T>(ReadOnlySpan<T> x, Span<T> y, T p, T q) where T : unmanaged, IBinaryFloatingPointIeee754<T>, IMinMaxValue<T> =>
        TensorPrimitives.Sqrt(x, y);
}

internal readonly struct Exp : IFloatUnary
{
    public static void Apply<T>(ReadOnlySpan<T> x, Span<T> y, T p, T q) where T : unmanaged, IBinaryFloatingPointIeee754<T>, IMinMaxValue<T> =>
        TensorPrimitives.Exp(x, y);
}

internal readonly struct Expm1 : IFloatUnary
{
    public static void Apply<T>(ReadOnlySpan<T> x, Span<T> y, T p, T q) where T : unmanaged, IBinaryFloatingPointIeee754<T>, IMinMaxValue<T> =>
        NearZero.Expm1(x, y);
}

internal readonly struct Exp2 : IFloatUnary
{
    // By a power: TensorPrimitives rounds x ln 2 first, which costs 2^100 the last two of its digits.
    public static void Apply<T>(ReadOnlySpan<T> x, Span<T> y, T p, T q) where T : unmanaged, IBinaryFloatingPointIeee754<T>, IMinMaxValue<T>
    {
        for (int i = 0; i < y.Length; i++) y[i] = T.Exp2(x[i]);
    }
}

internal readonly struct Log : IFloatUnary
{
    public static void Apply<T>(ReadOnlySpan<T> x, Span<T> y, T p, T q) where T : unmanaged, IBinaryFloatingPointIeee754<T>, IMinMaxValue<T> =>
        TensorPrimitives.Log(x, y);
}

internal readonly struct Log1p : IFloatUnary
{
    public static void Apply<T>(ReadOnlySpan<T> x, Span<T> y, T p, T q) where T : unmanaged, IBinaryFloatingPointIeee754<T>, IMinMaxValue<T> =>
        NearZero.Log1p(x, y);
}

internal readonly struct Log2 : IFloatUnary
{
    public static void Apply<T>(ReadOnlySpan<T> x, Span<T> y, T p, T q) where T : unmanaged, IBinaryFloatingPointIeee754<T>, IMinMaxValue<T> =>
        TensorPrimitives.Log2(x, y);
}

internal readonly struct Log10 : IFloatUnary
{
    public static void Apply<T>(ReadOnlySpan<T> x, Span<T> y, T p, T q) where T : unmanaged, IBinaryFloatingPointIeee754<T>, IMinMaxValue<T> =>
        TensorPrimitives.Log10(x, y);
}

internal readonly struct Sin : IFloatUnary
{
    public static void Apply<T>(ReadOnlySpan<T> x, Span<T> y, T p, T q) where T : unmanaged, IBinaryFloatingPointIeee754<T>, IMinMaxValue<T> =>
        TensorPrimitives.Sin(x, y);
}

internal readonly struct Cos : IFloatUnary
{
    public static void Apply<T>(ReadOnlySpan<T> x, Span<T> y, T p, T q) where T : unmanaged, IBinaryFloatingPointIeee754<T>, IMinMaxValue<T> =>
        TensorPrimitives.Cos(x, y);
}

internal readonly struct Tan : IFloatUnary
{
    public static void Apply<T>(ReadOnlySpan<T> x, Span<T> y, T p, T q) where T : unmanaged, IBinaryFloatingPointIeee754<T>, IMinMaxValue<T> =>
        TensorPrimitives.Tan(x, y);
}

internal readonly struct Asin : IFloatUnary
{
    public static void Apply<T>(ReadOnlySpan<T> x, Span<T> y, T p, T q) where T : unmanaged, IBinaryFloatingPointIeee754<T>, IMinMaxValue<T> =>
        TensorPrimitives.Asin(x, y);
}

internal readonly struct Acos : IFloatUnary
{
    public static void Apply<T>(ReadOnlySpan<T> x, Span<T> y, T p, T q) where T : unmanaged, IBinaryFloatingPointIeee754<T>, IMinMaxValue<T> =>
        TensorPrimitives.Acos(x, y);
}

internal readonly struct Atan : IFloatUnary
{
    public static void Apply<T>(ReadOnlySpan<T> x, Span<T> y, T p, T q) where T : unmanaged, IBinaryFloatingPointIeee754<T>, IMinMaxValue<T> =>
        TensorPrimitives.Atan(x, y);
}

internal readonly struct Sinh : IFloatUnary
{
    public static void Apply<T>(ReadOnlySpan<T> x, Span<T> y, T p, T q) where T : unmanaged, IBinaryFloatingPointIeee754<T>, IMinMaxValue<T> =>
        NearZero.Sinh(x, y);
}

internal readonly struct Cosh : IFloatUnary
{
    public static void Apply<T>(ReadOnlySpan<T> x, Span<T> y, T p, T q) where T : unmanaged, IBinaryFloatingPointIeee754<T>, IMinMaxValue<T> =>
        NearZero.Cosh(x, y);
}

internal readonly struct Tanh : IFloatUnary
{
    public static void Apply<T>(ReadOnlySpan<T> x, Span<T> y, T p, T q) where T : unmanaged, IBinaryFloatingPointIeee754<T>, IMinMaxValue<T> =>
        NearZero.Tanh(x, y);
}

internal readonly struct Floor : IFloatUnary
{
    public static void Apply<T>(ReadOnlySpan<T> x, Span<T> y, T p, T q) where T : unmanaged, IBinaryFloatingPointIeee754<T>, IMinMaxValue<T> =>
        TensorPrimitives.Floor(x, y);
}

internal readonly struct Ceil : IFloatUnary
{
    public static void Apply<T>(ReadOnlySpan<T> x, Span<T> y, T p, T q) where T : unmanaged, IBinaryFloatingPointIeee754<T>, IMinMaxValue<T> =>
        TensorPrimitives.Ceiling(x, y);
}

internal readonly struct Trunc : IFloatUnary
{
    public static void Apply<T>(ReadOnlySpan<T> x, Span<T> y, T p, T q) where T : unmanaged, IBinaryFloatingPointIeee754<T>, IMinMaxValue<T> =>
        TensorPrimitives.Truncate(x, y);
}

internal readonly struct Sigmoid : IFloatUnary
{
    public static void Apply<T>(ReadOnlySpan<T> x, Span<T> y, T p, T q) where T : unmanaged, IBinaryFloatingPointIeee754<T>, IMinMaxValue<T> =>
        TensorPrimitives.Sigmoid(x, y);
}

/// <summary>To the nearest whole number, halves to the even one.</summary>
internal readonly struct Round : IFloatUnary
{
    public static void Apply<T>(ReadOnlySpan<T> x, Span<T> y, T p, T q) where T : unmanaged, IBinaryFloatingPointIeee754<T>, IMinMaxValue<T> =>
        TensorPrimitives.Round(x, y);
}

/// <summary>To the nearest multiple of 1/p.</summary>
internal readonly struct RoundTo : IFloatUnary
{
    public static void Apply<T>(ReadOnlySpan<T> x, Span<T> y, T p, T q) where T : unmanaged, IBinaryFloatingPointIeee754<T>, IMinMaxValue<T>
    {
        T scale = p;
        for (int i = 0; i < y.Length; i++) y[i] = T.Round(x[i] * scale) / scale;
    }
}

internal readonly struct Reciprocal : IFloatUnary
{
    public static void Apply<T>(ReadOnlySpan<T> x, Span<T> y, T p, T q) where T : unmanaged, IBinaryFloatingPointIeee754<T>, IMinMaxValue<T> =>
        TensorPrimitives.Divide(T.One, x, y);
}

internal readonly struct Rsqrt : IFloatUnary
{
    public static void Apply<T>(ReadOnlySpan<T> x, Span<T> y, T p, T q) where T : unmanaged, IBinaryFloatingPointIeee754<T>, IMinMaxValue<T>
    {
        TensorPrimitives.Sqrt(x, y);
        TensorPrimitives.Divide(T.One, y, y);
    }
}

/// <summary>x to the power p.</summary>
internal readonly struct PowerOf : IFloatUnary
{
    public static void Apply<T>(ReadOnlySpan<T> x, Span<T> y, T p, T q) where T : unmanaged, IBinaryFloatingPointIeee754<T>, IMinMaxValue<T>
    {
        for (int i = 0; i < y.Length; i++) y[i] = T.Pow(x[i], p);
    }
}

internal readonly struct Silu : IFloatUnary
{
    public static void Apply<T>(ReadOnlySpan<T> x, Span<T> y, T p, T q) where T : unmanaged, IBinaryFloatingPointIeee754<T>, IMinMaxValue<T>
    {
        Span<T> s = stackalloc T[Block.Size];
        for (int i = 0; i < x.Length; i += Block.Size)
        {
            int n = Math.Min(Block.Size, x.Length - i);
            TensorPrimitives.Sigmoid(x.Slice(i, n), s[..n]);
            TensorPrimitives.Multiply(x.Slice(i, n), s[..n], y.Slice(i, n));
        }
    }
}

internal readonly struct LogSigmoid : IFloatUnary
{
    public static void Apply<T>(ReadOnlySpan<T> x, Span<T> y, T p, T q) where T : unmanaged, IBinaryFloatingPointIeee754<T>, IMinMaxValue<T>
    {
        Span<T> s = stackalloc T[Block.Size];
        for (int i = 0; i < x.Length; i += Block.Size)
        {
            int n = Math.Min(Block.Size, x.Length - i);
            ReadOnlySpan<T> part = x.Slice(i, n);
            Span<T> log = s[..n];
            TensorPrimitives.Abs(part, log);
            TensorPrimitives.Negate<T>(log, log);
            TensorPrimitives.Exp<T>(log, log);
            NearZero.Log1p<T>(log, log);
            TensorPrimitives.Min(part, T.Zero, y.Slice(i, n));
            TensorPrimitives.Subtract(y.Slice(i, n), log, y.Slice(i, n));
        }
    }
}

internal readonly struct Erf : IFloatUnary
{
    public static void Apply<T>(ReadOnlySpan<T> x, Span<T> y, T p, T q) where T : unmanaged, IBinaryFloatingPointIeee754<T>, IMinMaxValue<T> =>
        ErrorFunction.Erf(x, y);
}

internal readonly struct Erfc : IFloatUnary
{
    public static void Apply<T>(ReadOnlySpan<T> x, Span<T> y, T p, T q) where T : unmanaged, IBinaryFloatingPointIeee754<T>, IMinMaxValue<T> =>
        ErrorFunction.Erfc(x, y);
}

/// <summary>x Φ(x).</summary>
internal readonly struct Gelu : IFloatUnary
{
    public static void Apply<T>(ReadOnlySpan<T> x, Span<T> y, T p, T q) where T : unmanaged, IBinaryFloatingPointIeee754<T>, IMinMaxValue<T> =>
        ErrorFunction.Gelu(x, y);
}

/// <summary>The approximation of gelu by tanh, as GPT-2 has it.</summary>
internal readonly struct GeluTanh : IFloatUnary
{
    public static void Apply<T>(ReadOnlySpan<T> x, Span<T> y, T p, T q) where T : unmanaged, IBinaryFloatingPointIeee754<T>, IMinMaxValue<T>
    {
        if (typeof(T) == typeof(float))
        {
            Fused.Gelu(MemoryMarshal.Cast<T, float>(x), MemoryMarshal.Cast<T, float>(y), tanh: true);
            return;
        }

        // x (1 + tanh u) / 2 = x sigmoid(2u), u = √(2/π) (x + 0.044715 x³).
        T scale = T.CreateTruncating(2 * 0.7978845608028654), cubic = T.CreateTruncating(0.044715);
        Span<T> s = stackalloc T[Block.Size];
        for (int i = 0; i < x.Length; i += Block.Size)
        {
            int n = Math.Min(Block.Size, x.Length - i);
            ReadOnlySpan<T> part = x.Slice(i, n);
            Span<T> u = s[..n];
            TensorPrimitives.Multiply(part, part, u);
            TensorPrimitives.Multiply(u, cubic, u);
            TensorPrimitives.Add(u, T.One, u);
            TensorPrimitives.Multiply(u, part, u);
            TensorPrimitives.Multiply(u, scale, u);
            TensorPrimitives.Sigmoid<T>(u, u);
            TensorPrimitives.Multiply(part, u, y.Slice(i, n));
        }
    }
}

internal readonly struct SquareOf : IFloatUnary
{
    public static void Apply<T>(ReadOnlySpan<T> x, Span<T> y, T p, T q) where T : unmanaged, IBinaryFloatingPointIeee754<T>, IMinMaxValue<T> =>
        TensorPrimitives.Multiply(x, x, y);
}
