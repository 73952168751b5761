using System.Numerics;
using System.Numerics.Tensors;
using MathNet.Numerics;

namespace TorchSharp.Kernels.Operations;

/// <summary>A function of one number, computed in float64 element by element.</summary>
internal interface IScalarFunction
{
    static abstract double Of(double x);
}

/// <summary>A function of two numbers, computed in float64 element by element.</summary>
internal interface IScalarFunction2
{
    static abstract double Of(double x, double y);
}

internal readonly struct Mapped<TFunction> : IFloatUnary where TFunction : IScalarFunction
{
    public static void Apply<T>(ReadOnlySpan<T> x, Span<T> y, T p, T q) where T : unmanaged, IBinaryFloatingPointIeee754<T>, IMinMaxValue<T>
    {
        for (int i = 0; i < y.Length; i++) y[i] = T.CreateTruncating(TFunction.Of(double.CreateTruncating(x[i])));
    }
}

internal readonly struct Mapped2<TFunction> : IFloatBinary where TFunction : IScalarFunction2
{
    public static void Apply<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<T> z) where T : unmanaged, IBinaryFloatingPointIeee754<T>, IMinMaxValue<T>
    {
        for (int i = 0; i < z.Length; i++) z[i] = T.CreateTruncating(TFunction.Of(double.CreateTruncating(x[i]), double.CreateTruncating(y[i])));
    }
}

internal readonly struct Asinh : IFloatUnary
{
    public static void Apply<T>(ReadOnlySpan<T> x, Span<T> y, T p, T q) where T : unmanaged, IBinaryFloatingPointIeee754<T>, IMinMaxValue<T> =>
        TensorPrimitives.Asinh(x, y);
}

internal readonly struct Acosh : IFloatUnary
{
    public static void Apply<T>(ReadOnlySpan<T> x, Span<T> y, T p, T q) where T : unmanaged, IBinaryFloatingPointIeee754<T>, IMinMaxValue<T> =>
        TensorPrimitives.Acosh(x, y);
}

internal readonly struct Atanh : IFloatUnary
{
    public static void Apply<T>(ReadOnlySpan<T> x, Span<T> y, T p, T q) where T : unmanaged, IBinaryFloatingPointIeee754<T>, IMinMaxValue<T> =>
        TensorPrimitives.Atanh(x, y);
}

internal readonly struct Hypotenuse : IFloatBinary
{
    public static void Apply<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<T> z) where T : unmanaged, IBinaryFloatingPointIeee754<T>, IMinMaxValue<T> =>
        TensorPrimitives.Hypot(x, y, z);
}

internal readonly struct CopySign : IFloatBinary
{
    public static void Apply<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<T> z) where T : unmanaged, IBinaryFloatingPointIeee754<T>, IMinMaxValue<T> =>
        TensorPrimitives.CopySign(x, y, z);
}

/// <summary>The next representable number towards another, in the type itself.</summary>
internal readonly struct NextAfter : IFloatBinary
{
    public static void Apply<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<T> z) where T : unmanaged, IBinaryFloatingPointIeee754<T>, IMinMaxValue<T>
    {
        for (int i = 0; i < z.Length; i++)
            z[i] = T.IsNaN(x[i]) || T.IsNaN(y[i]) ? T.NaN : x[i] == y[i] ? y[i] : x[i] < y[i] ? T.BitIncrement(x[i]) : T.BitDecrement(x[i]);
    }
}

/// <summary>The larger of two numbers, or the one that is not NaN.</summary>
internal readonly struct MaximumNumber : INumberBinary
{
    public static void Apply<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<T> z) where T : unmanaged, IBinaryNumber<T>, IMinMaxValue<T> =>
        TensorPrimitives.MaxNumber(x, y, z);
}

internal readonly struct MinimumNumber : INumberBinary
{
    public static void Apply<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<T> z) where T : unmanaged, IBinaryNumber<T>, IMinMaxValue<T> =>
        TensorPrimitives.MinNumber(x, y, z);
}

internal readonly struct GreatestCommonDivisor : IIntegerBinary
{
    public static void Apply<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<T> z) where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        for (int i = 0; i < z.Length; i++) z[i] = Of(x[i], y[i]);
    }

    public static T Of<T>(T a, T b) where T : IBinaryInteger<T>
    {
        // By 1 and by -1 nothing remains; the processor would trap on the smallest number over -1.
        while (b != T.Zero) (a, b) = (b, T.IsNegative(b) && b == -T.One ? T.Zero : a % b);
        return T.IsNegative(a) ? unchecked(T.Zero - a) : a;
    }
}

internal readonly struct LeastCommonMultiple : IIntegerBinary
{
    public static void Apply<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<T> z) where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        for (int i = 0; i < z.Length; i++)
        {
            T divisor = GreatestCommonDivisor.Of(x[i], y[i]);
            if (divisor == T.Zero)
            {
                z[i] = T.Zero;
                continue;
            }

            // In C the product of narrow integers is an int, so its sign is taken away before it wraps.
            Int128 product = Int128.CreateTruncating(x[i] / divisor) * Int128.CreateTruncating(y[i]);
            if (System.Runtime.CompilerServices.Unsafe.SizeOf<T>() >= sizeof(int)) product = Int128.CreateTruncating(T.CreateTruncating(product));
            z[i] = T.CreateTruncating(product < 0 ? -product : product);
        }
    }
}

/// <summary>Shifts by less than the width of the type; by more, what is left is 0 (as PyTorch does since 2.0), or −1.</summary>
internal readonly struct ShiftLeft : IIntegerBinary
{
    public static void Apply<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<T> z) where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        int width = 8 * System.Runtime.CompilerServices.Unsafe.SizeOf<T>();
        for (int i = 0; i < z.Length; i++)
        {
            long by = long.CreateTruncating(y[i]);
            z[i] = by < 0 || by >= width ? T.Zero : x[i] << (int)by;
        }
    }
}

internal readonly struct ShiftRight : IIntegerBinary
{
    public static void Apply<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<T> z) where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        int width = 8 * System.Runtime.CompilerServices.Unsafe.SizeOf<T>();
        for (int i = 0; i < z.Length; i++)
        {
            long by = long.CreateTruncating(y[i]);
            z[i] = by < 0 || by >= width ? (T.IsNegative(x[i]) ? T.Zero - T.One : T.Zero) : x[i] >> (int)by;
        }
    }
}

internal readonly struct LogGamma : IScalarFunction
{
    public static double Of(double x)
    {
        if (double.IsInfinity(x)) return double.PositiveInfinity;
        if (!(x <= 0)) return SpecialFunctions.GammaLn(x);
        if (x == Math.Floor(x)) return double.PositiveInfinity;

        // Γ(x) Γ(1 − x) = π / sin πx
        return Math.Log(Math.PI / Math.Abs(double.SinPi(x))) - SpecialFunctions.GammaLn(1 - x);
    }
}

internal readonly struct Digamma : IScalarFunction
{
    public static double Of(double x)
    {
        if (x == 0) return -Math.CopySign(double.PositiveInfinity, x);
        if (x < 0 && x == Math.Floor(x)) return double.NaN;
        if (double.IsPositiveInfinity(x)) return x;
        return x < 0 ? Of(1 - x) - Math.PI / double.TanPi(x) : SpecialFunctions.DiGamma(x);
    }
}

internal readonly struct InverseErrorFunction : IScalarFunction
{
    public static double Of(double x)
    {
        if (Math.Abs(x) == 1) return Math.CopySign(double.PositiveInfinity, x);
        if (!(Math.Abs(x) < 1)) return double.NaN;

        // MathNet's rational approximation, and one step of Newton's with the residual of the complement near the ends.
        double y = SpecialFunctions.ErfInv(x);
        double miss = Math.Abs(x) < 0.5 ? SpecialFunctions.Erf(y) - x : Math.CopySign(1 - Math.Abs(x) - SpecialFunctions.Erfc(Math.Abs(y)), x);
        return y - miss * Math.Sqrt(Math.PI) / 2 * Math.Exp(y * y);
    }
}

internal readonly struct InverseNormal : IScalarFunction
{
    public static double Of(double x) => x switch
    {
        0 => double.NegativeInfinity,
        1 => double.PositiveInfinity,
        > 0 and < 1 => -Math.Sqrt(2) * (x < 0.25 ? SpecialFunctions.ErfcInv(2 * x) : InverseErrorFunction.Of(1 - 2 * x)),
        _ => double.NaN,
    };
}

internal readonly struct BesselI0 : IScalarFunction
{
    public static double Of(double x) => SpecialFunctions.BesselI0(x);
}

internal readonly struct BesselI1 : IScalarFunction
{
    public static double Of(double x) => SpecialFunctions.BesselI1(x);
}

internal readonly struct BesselI0Scaled : IScalarFunction
{
    public static double Of(double x) => Math.Abs(x) < 600 ? SpecialFunctions.BesselI0(x) * Math.Exp(-Math.Abs(x)) : SpecialFunctions.BesselIScaled(0, Math.Abs(x));
}

internal readonly struct BesselI1Scaled : IScalarFunction
{
    public static double Of(double x) => Math.Abs(x) < 600 ? SpecialFunctions.BesselI1(x) * Math.Exp(-Math.Abs(x)) : Math.CopySign(SpecialFunctions.BesselIScaled(1, Math.Abs(x)), x);
}

/// <summary>sin πx / πx, 1 at 0.</summary>
internal readonly struct Sinc : IScalarFunction
{
    public static double Of(double x) => x == 0 ? 1 : double.SinPi(x) / (Math.PI * x);
}

internal readonly struct SincSlope : IScalarFunction
{
    public static double Of(double x) => x == 0 ? 0 : (double.CosPi(x) - double.SinPi(x) / (Math.PI * x)) / x;
}

internal readonly struct ScaledComplement : IScalarFunction
{
    // erfc(x) e^(x²); the continued fraction's first terms where erfc itself is too small.
    public static double Of(double x) => x < 25
        ? SpecialFunctions.Erfc(x) * Math.Exp(x * x)
        : (1 - 1 / (2 * x * x) * (1 - 3 / (2 * x * x))) / (x * Math.Sqrt(Math.PI));
}

/// <summary>x log y, 0 where x is 0 and y a number.</summary>
internal readonly struct XLogY : IScalarFunction2
{
    public static double Of(double x, double y) => double.IsNaN(y) ? y : x == 0 ? 0 : x * Math.Log(y);
}

internal readonly struct XLog1PY : IScalarFunction2
{
    public static double Of(double x, double y) => double.IsNaN(y) ? y : x == 0 ? 0 : x * double.LogP1(y);
}

internal readonly struct LogAddExp : IScalarFunction2
{
    public static double Of(double x, double y) => x == y && double.IsInfinity(x) ? x : Math.Max(x, y) + double.LogP1(Math.Exp(-Math.Abs(x - y)));
}

internal readonly struct LogAddExp2 : IScalarFunction2
{
    public static double Of(double x, double y) => x == y && double.IsInfinity(x) ? x : Math.Max(x, y) + double.Log2P1(double.Exp2(-Math.Abs(x - y)));
}

internal readonly struct LowerGamma : IScalarFunction2
{
    public static double Of(double a, double x) =>
        !(a >= 0) || !(x >= 0) || (a == 0 && x == 0) ? double.NaN : a == 0 ? 1 : x == 0 ? 0 : double.IsInfinity(x) ? 1 : SpecialFunctions.GammaLowerRegularized(a, x);
}

internal readonly struct UpperGamma : IScalarFunction2
{
    public static double Of(double a, double x) =>
        !(a >= 0) || !(x >= 0) || (a == 0 && x == 0) ? double.NaN : a == 0 ? 0 : x == 0 ? 1 : double.IsInfinity(x) ? 0 : SpecialFunctions.GammaUpperRegularized(a, x);
}

/// <summary>Hurwitz' zeta function Σ 1/(k + q)^s, by Euler and Maclaurin's formula.</summary>
internal readonly struct HurwitzZeta : IScalarFunction2
{
    private static readonly double[] s_bernoulli =
        [1.0 / 12, -1.0 / 720, 1.0 / 30240, -1.0 / 1209600, 1.0 / 47900160, -691.0 / 1307674368000, 1.0 / 74724249600];

    public static double Of(double s, double q)
    {
        if (s == 1) return double.PositiveInfinity;
        if (!(s > 1)) return double.NaN;
        if (q <= 0)
        {
            if (q == Math.Floor(q)) return double.PositiveInfinity;
            if (s != Math.Floor(s)) return double.NaN;
        }

        double sum = 0;
        int count = 12 + (int)Math.Max(0, Math.Ceiling(-q));
        for (int k = 0; k < count; k++) sum += Math.Pow(q + k, -s);
        double end = q + count;
        sum += Math.Pow(end, 1 - s) / (s - 1) + Math.Pow(end, -s) / 2;
        double factor = s * Math.Pow(end, -s - 1);
        for (int j = 0; j < s_bernoulli.Length; j++)
        {
            sum += s_bernoulli[j] * factor;
            factor *= (s + 2 * j + 1) * (s + 2 * j + 2) / (end * end);
        }

        return sum;
    }
}
