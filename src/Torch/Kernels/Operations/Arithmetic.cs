using System.Numerics;
using System.Numerics.Tensors;

namespace TorchSharp.Kernels.Operations;

internal readonly struct Add : INumberBinary
{
    public static void Apply<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<T> z) where T : unmanaged, IBinaryNumber<T>, IMinMaxValue<T> =>
        TensorPrimitives.Add(x, y, z);
}

internal readonly struct Subtract : INumberBinary
{
    public static void Apply<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<T> z) where T : unmanaged, IBinaryNumber<T>, IMinMaxValue<T> =>
        TensorPrimitives.Subtract(x, y, z);
}

internal readonly struct Multiply : INumberBinary
{
    public static void Apply<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<T> z) where T : unmanaged, IBinaryNumber<T>, IMinMaxValue<T> =>
        TensorPrimitives.Multiply(x, y, z);
}

internal readonly struct Divide : IFloatBinary
{
    public static void Apply<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<T> z) where T : unmanaged, IBinaryFloatingPointIeee754<T>, IMinMaxValue<T> =>
        TensorPrimitives.Divide(x, y, z);
}

/// <summary>Rounds the quotient towards zero; dividing an integer by zero throws.</summary>
internal readonly struct DivideTrunc : INumberBinary
{
    public static void Apply<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<T> z) where T : unmanaged, IBinaryNumber<T>, IMinMaxValue<T>
    {
        for (int i = 0; i < z.Length; i++) z[i] = Quotient(x[i], y[i]);
    }

    public static T Quotient<T>(T x, T y) where T : unmanaged, IBinaryNumber<T>
    {
        if (typeof(T) == typeof(float)) return T.CreateTruncating(MathF.Truncate(float.CreateTruncating(x) / float.CreateTruncating(y)));
        if (typeof(T) == typeof(double)) return T.CreateTruncating(Math.Truncate(double.CreateTruncating(x) / double.CreateTruncating(y)));
        if (y == T.Zero) throw new TorchException("div", "ZeroDivisionError: an integer was divided by zero");

        // The quotient of the smallest number and -1 wraps; the processor would trap.
        return y == -T.One && T.IsNegative(y) ? unchecked(T.Zero - x) : x / y;
    }
}

/// <summary>Rounds the quotient down, as Python does.</summary>
internal readonly struct DivideFloor : INumberBinary
{
    public static void Apply<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<T> z) where T : unmanaged, IBinaryNumber<T>, IMinMaxValue<T>
    {
        for (int i = 0; i < z.Length; i++)
        {
            T quotient;
            if (typeof(T) == typeof(float) || typeof(T) == typeof(double))
            {
                quotient = Floor(x[i], y[i]);
            }
            else
            {
                quotient = DivideTrunc.Quotient(x[i], y[i]);
                if (T.IsNegative(x[i]) != T.IsNegative(y[i]) && quotient * y[i] != x[i]) quotient -= T.One;
            }

            z[i] = quotient;
        }
    }

    /// <summary>Python's: the quotient that goes with the remainder, so that 1 // 0.1 is 9 although 1 / 0.1 rounds to 10.</summary>
    private static T Floor<T>(T x, T y) where T : unmanaged, IBinaryNumber<T>
    {
        if (y == T.Zero) return x / y;
        T rest = x % y, quotient = (x - rest) / y;
        if (rest != T.Zero && T.IsNegative(rest) != T.IsNegative(y)) quotient -= T.One;
        if (quotient == T.Zero) return T.IsNegative(x / y) ? -T.Zero : T.Zero;
        T below = Down(quotient);
        return quotient - below > T.One / (T.One + T.One) ? below + T.One : below;
    }

    private static T Down<T>(T x) where T : unmanaged, IBinaryNumber<T> => typeof(T) == typeof(float)
        ? T.CreateTruncating(MathF.Floor(float.CreateTruncating(x)))
        : T.CreateTruncating(Math.Floor(double.CreateTruncating(x)));
}

/// <summary>The remainder with the sign of the dividend, as in C.</summary>
internal readonly struct Fmod : INumberBinary
{
    public static void Apply<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<T> z) where T : unmanaged, IBinaryNumber<T>, IMinMaxValue<T>
    {
        for (int i = 0; i < z.Length; i++) z[i] = Remainder(x[i], y[i]);
    }

    public static T Remainder<T>(T x, T y) where T : unmanaged, IBinaryNumber<T>
    {
        if (typeof(T) == typeof(float) || typeof(T) == typeof(double)) return x % y;
        if (y == T.Zero) throw new TorchException("fmod", "ZeroDivisionError: an integer was divided by zero");
        return T.IsNegative(y) && y == -T.One ? T.Zero : x % y;
    }
}

/// <summary>The remainder with the sign of the divisor, as in Python.</summary>
internal readonly struct Modulo : INumberBinary
{
    public static void Apply<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<T> z) where T : unmanaged, IBinaryNumber<T>, IMinMaxValue<T>
    {
        for (int i = 0; i < z.Length; i++)
        {
            T r = Fmod.Remainder(x[i], y[i]);
            z[i] = r != T.Zero && T.IsNegative(r) != T.IsNegative(y[i]) ? r + y[i] : r;
        }
    }
}

internal readonly struct Power : IFloatBinary
{
    public static void Apply<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<T> z) where T : unmanaged, IBinaryFloatingPointIeee754<T>, IMinMaxValue<T>
    {
        for (int i = 0; i < z.Length; i++) z[i] = T.Pow(x[i], y[i]);
    }
}

internal readonly struct IntegerPower : IIntegerBinary
{
    public static void Apply<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<T> z) where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        for (int i = 0; i < z.Length; i++)
        {
            T b = x[i], e = y[i], r = T.One;
            if (T.IsNegative(e))
            {
                z[i] = b == T.One ? T.One : b == -T.One && T.IsNegative(b) ? (T.IsEvenInteger(e) ? T.One : -T.One) : T.Zero;
                continue;
            }

            for (; e != T.Zero; e >>= 1)
            {
                if (T.IsOddInteger(e)) r = unchecked(r * b);
                b = unchecked(b * b);
            }

            z[i] = r;
        }
    }
}

internal readonly struct Atan2 : IFloatBinary
{
    public static void Apply<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<T> z) where T : unmanaged, IBinaryFloatingPointIeee754<T>, IMinMaxValue<T> =>
        TensorPrimitives.Atan2(x, y, z);
}

/// <summary>The larger of two; NaN if either is.</summary>
internal readonly struct Maximum : INumberBinary
{
    public static void Apply<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<T> z) where T : unmanaged, IBinaryNumber<T>, IMinMaxValue<T> =>
        TensorPrimitives.Max(x, y, z);
}

internal readonly struct Minimum : INumberBinary
{
    public static void Apply<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<T> z) where T : unmanaged, IBinaryNumber<T>, IMinMaxValue<T> =>
        TensorPrimitives.Min(x, y, z);
}

internal readonly struct BitAnd : IIntegerBinary
{
    public static void Apply<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<T> z) where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T> =>
        TensorPrimitives.BitwiseAnd(x, y, z);
}

internal readonly struct BitOr : IIntegerBinary
{
    public static void Apply<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<T> z) where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T> =>
        TensorPrimitives.BitwiseOr(x, y, z);
}

internal readonly struct BitXor : IIntegerBinary
{
    public static void Apply<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<T> z) where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T> =>
        TensorPrimitives.Xor(x, y, z);
}
