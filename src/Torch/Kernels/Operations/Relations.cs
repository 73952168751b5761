using System.Numerics;

namespace TorchSharp.Kernels.Operations;

internal readonly struct Equal : IRelation
{
    public static void Apply<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<byte> z) where T : unmanaged, IBinaryNumber<T>, IMinMaxValue<T>
    {
        for (int i = 0; i < z.Length; i++) z[i] = x[i] == y[i] ? (byte)1 : (byte)0;
    }
}

internal readonly struct NotEqual : IRelation
{
    public static void Apply<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<byte> z) where T : unmanaged, IBinaryNumber<T>, IMinMaxValue<T>
    {
        for (int i = 0; i < z.Length; i++) z[i] = x[i] != y[i] ? (byte)1 : (byte)0;
    }
}

internal readonly struct Less : IRelation
{
    public static void Apply<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<byte> z) where T : unmanaged, IBinaryNumber<T>, IMinMaxValue<T>
    {
        for (int i = 0; i < z.Length; i++) z[i] = x[i] < y[i] ? (byte)1 : (byte)0;
    }
}

internal readonly struct LessEqual : IRelation
{
    public static void Apply<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<byte> z) where T : unmanaged, IBinaryNumber<T>, IMinMaxValue<T>
    {
        for (int i = 0; i < z.Length; i++) z[i] = x[i] <= y[i] ? (byte)1 : (byte)0;
    }
}

internal readonly struct Greater : IRelation
{
    public static void Apply<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<byte> z) where T : unmanaged, IBinaryNumber<T>, IMinMaxValue<T>
    {
        for (int i = 0; i < z.Length; i++) z[i] = x[i] > y[i] ? (byte)1 : (byte)0;
    }
}

internal readonly struct GreaterEqual : IRelation
{
    public static void Apply<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<byte> z) where T : unmanaged, IBinaryNumber<T>, IMinMaxValue<T>
    {
        for (int i = 0; i < z.Length; i++) z[i] = x[i] >= y[i] ? (byte)1 : (byte)0;
    }
}

internal readonly struct LogicalAnd : IRelation
{
    public static void Apply<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<byte> z) where T : unmanaged, IBinaryNumber<T>, IMinMaxValue<T>
    {
        for (int i = 0; i < z.Length; i++) z[i] = x[i] != T.Zero && y[i] != T.Zero ? (byte)1 : (byte)0;
    }
}

internal readonly struct LogicalOr : IRelation
{
    public static void Apply<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<byte> z) where T : unmanaged, IBinaryNumber<T>, IMinMaxValue<T>
    {
        for (int i = 0; i < z.Length; i++) z[i] = x[i] != T.Zero || y[i] != T.Zero ? (byte)1 : (byte)0;
    }
}

internal readonly struct LogicalXor : IRelation
{
    public static void Apply<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<byte> z) where T : unmanaged, IBinaryNumber<T>, IMinMaxValue<T>
    {
        for (int i = 0; i < z.Length; i++) z[i] = (x[i] != T.Zero) != (y[i] != T.Zero) ? (byte)1 : (byte)0;
    }
}

internal readonly struct IsZero : IPredicate
{
    public static void Apply<T>(ReadOnlySpan<T> x, Span<byte> y) where T : unmanaged, IBinaryNumber<T>, IMinMaxValue<T>
    {
        for (int i = 0; i < y.Length; i++) y[i] = T.IsZero(x[i]) ? (byte)1 : (byte)0;
    }
}

internal readonly struct IsNonzero : IPredicate
{
    public static void Apply<T>(ReadOnlySpan<T> x, Span<byte> y) where T : unmanaged, IBinaryNumber<T>, IMinMaxValue<T>
    {
        for (int i = 0; i < y.Length; i++) y[i] = !T.IsZero(x[i]) ? (byte)1 : (byte)0;
    }
}

internal readonly struct IsNaN : IPredicate
{
    public static void Apply<T>(ReadOnlySpan<T> x, Span<byte> y) where T : unmanaged, IBinaryNumber<T>, IMinMaxValue<T>
    {
        for (int i = 0; i < y.Length; i++) y[i] = T.IsNaN(x[i]) ? (byte)1 : (byte)0;
    }
}

internal readonly struct IsInfinite : IPredicate
{
    public static void Apply<T>(ReadOnlySpan<T> x, Span<byte> y) where T : unmanaged, IBinaryNumber<T>, IMinMaxValue<T>
    {
        for (int i = 0; i < y.Length; i++) y[i] = T.IsInfinity(x[i]) ? (byte)1 : (byte)0;
    }
}

internal readonly struct IsFinite : IPredicate
{
    public static void Apply<T>(ReadOnlySpan<T> x, Span<byte> y) where T : unmanaged, IBinaryNumber<T>, IMinMaxValue<T>
    {
        for (int i = 0; i < y.Length; i++) y[i] = T.IsFinite(x[i]) ? (byte)1 : (byte)0;
    }
}

internal readonly struct IsPositiveInfinity : IPredicate
{
    public static void Apply<T>(ReadOnlySpan<T> x, Span<byte> y) where T : unmanaged, IBinaryNumber<T>, IMinMaxValue<T>
    {
        for (int i = 0; i < y.Length; i++) y[i] = T.IsPositiveInfinity(x[i]) ? (byte)1 : (byte)0;
    }
}

internal readonly struct IsNegativeInfinity : IPredicate
{
    public static void Apply<T>(ReadOnlySpan<T> x, Span<byte> y) where T : unmanaged, IBinaryNumber<T>, IMinMaxValue<T>
    {
        for (int i = 0; i < y.Length; i++) y[i] = T.IsNegativeInfinity(x[i]) ? (byte)1 : (byte)0;
    }
}

internal readonly struct IsSigned : IPredicate
{
    public static void Apply<T>(ReadOnlySpan<T> x, Span<byte> y) where T : unmanaged, IBinaryNumber<T>, IMinMaxValue<T>
    {
        for (int i = 0; i < y.Length; i++) y[i] = T.IsNegative(x[i]) ? (byte)1 : (byte)0;
    }
}
