using System.Numerics;
using System.Numerics.Tensors;

namespace TorchSharp.Kernels.Operations;

internal readonly struct Negate : INumberUnary
{
    public static void Apply<T>(ReadOnlySpan<T> x, Span<T> y, T p, T q) where T : unmanaged, IBinaryNumber<T>, IMinMaxValue<T> =>
        TensorPrimitives.Negate(x, y);
}

/// <summary>The absolute value; that of the smallest integer wraps to itself.</summary>
internal readonly struct Absolute : INumberUnary
{
    public static void Apply<T>(ReadOnlySpan<T> x, Span<T> y, T p, T q) where T : unmanaged, IBinaryNumber<T>, IMinMaxValue<T>
    {
        if (typeof(T) == typeof(float) || typeof(T) == typeof(double))
        {
            TensorPrimitives.Abs(x, y);
            return;
        }


        for (int i = 0; i < y.Length; i++) y[i] = T.IsNegative(x[i]) ? unchecked(T.Zero - x[i]) : x[i];
    }
}

internal readonly struct Square : INumberUnary
{
    public static void Apply<T>(ReadOnlySpan<T> x, Span<T> y, T p, T q) where T : unmanaged, IBinaryNumber<T>, IMinMaxValue<T> =>
        TensorPrimitives.Multiply(x, x, y);
}

/// <summary>-1, 0 or 1; NaN gives 0, as in torch.</summary>
internal readonly struct Sign : INumberUnary
{
    public static void Apply<T>(ReadOnlySpan<T> x, Span<T> y, T p, T q) where T : unmanaged, IBinaryNumber<T>, IMinMaxValue<T>
    {
        for (int i = 0; i < y.Length; i++) y[i] = x[i] > T.Zero ? T.One : x[i] < T.Zero ? -T.One : T.Zero;
    }
}

internal readonly struct Relu : INumberUnary
{
    public static void Apply<T>(ReadOnlySpan<T> x, Span<T> y, T p, T q) where T : unmanaged, IBinaryNumber<T>, IMinMaxValue<T> =>
        TensorPrimitives.Max(x, T.Zero, y);
}

/// <summary>Between p and q; q wins where p is larger; NaN stays.</summary>
internal readonly struct Clamp : INumberUnary
{
    public static void Apply<T>(ReadOnlySpan<T> x, Span<T> y, T p, T q) where T : unmanaged, IBinaryNumber<T>, IMinMaxValue<T>
    {
        for (int i = 0; i < y.Length; i++) y[i] = T.IsNaN(x[i]) ? x[i] : T.Min(T.Max(x[i], p), q);
    }
}

internal readonly struct ClampMin : INumberUnary
{
    public static void Apply<T>(ReadOnlySpan<T> x, Span<T> y, T p, T q) where T : unmanaged, IBinaryNumber<T>, IMinMaxValue<T> =>
        TensorPrimitives.Max(x, p, y);
}

internal readonly struct ClampMax : INumberUnary
{
    public static void Apply<T>(ReadOnlySpan<T> x, Span<T> y, T p, T q) where T : unmanaged, IBinaryNumber<T>, IMinMaxValue<T> =>
        TensorPrimitives.Min(x, p, y);
}
