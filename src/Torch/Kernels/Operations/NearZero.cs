using System.Numerics;
using System.Runtime.CompilerServices;

namespace TorchSharp.Kernels.Operations;

/// <summary>
/// Functions that go through zero and that TensorPrimitives takes as differences of numbers near one: tanh(0) would be
/// 6e-8 and log1p(1e-9) zero. Here they keep their digits: within 4 roundings of float32 and of float64.
/// </summary>
internal static class NearZero
{
    private enum Form
    {
        Cosh,
        Expm1,
        Log1p,
        Sinh,
        Tanh,
    }

    /// <summary>Not one that goes through zero, but the sister of sinh: TensorPrimitives loses digits of both where they are large.</summary>
    public static void Cosh<T>(ReadOnlySpan<T> x, Span<T> y) where T : unmanaged => Run(x, y, Form.Cosh);

    public static void Expm1<T>(ReadOnlySpan<T> x, Span<T> y) where T : unmanaged => Run(x, y, Form.Expm1);

    public static void Log1p<T>(ReadOnlySpan<T> x, Span<T> y) where T : unmanaged => Run(x, y, Form.Log1p);

    public static void Sinh<T>(ReadOnlySpan<T> x, Span<T> y) where T : unmanaged => Run(x, y, Form.Sinh);

    public static void Tanh<T>(ReadOnlySpan<T> x, Span<T> y) where T : unmanaged => Run(x, y, Form.Tanh);

    private static void Run<T>(ReadOnlySpan<T> x, Span<T> y, Form form) where T : unmanaged
    {
        int step = Vector<T>.Count, i = 0;
        for (; i <= x.Length - step; i += step) Evaluate(new Vector<T>(x[i..]), form).CopyTo(y[i..]);
        if (i == x.Length) return;

        // The rest goes through the same arithmetic, so that an element's value does not depend on its place.
        Span<T> rest = stackalloc T[Vector<T>.Count];
        rest.Clear();
        x[i..].CopyTo(rest);
        Evaluate(new Vector<T>(rest), form).CopyTo(rest);
        rest[..(x.Length - i)].CopyTo(y[i..]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<T> Evaluate<T>(Vector<T> x, Form form) where T : unmanaged
    {
        Vector<T> one = Vector<T>.One;
        if (form == Form.Expm1) return Expm1(x);
        if (form == Form.Log1p)
        {
            // What rounding 1 + x has lost comes back as the factor x / (u - 1).
            Vector<T> u = one + x, log = Log(u);
            Vector<T> corrected = Vector.ConditionalSelect(Vector.Equals(u, one), x, log * (x / (u - one)));
            return Vector.ConditionalSelect(Vector.GreaterThan(x, one), log, corrected);
        }

        Vector<T> a = Vector.Abs(x), size;
        if (form == Form.Cosh)
        {
            Vector<T> half = one / (one + one), root = Exp(a * half);
            return root * half * root + half / (root * root);
        }

        if (form == Form.Tanh)
        {
            Vector<T> e = Expm1(-(a + a));
            size = -e / (e + one + one);
        }
        else
        {
            // The root of e^x reaches as far as the result does.
            Vector<T> half = one / (one + one), e = Expm1(a), root = Exp(a * half);
            size = Vector.ConditionalSelect(
                Vector.LessThan(a, one), (e + e / (e + one)) * half, root * half * root - half / (root * root));
        }

        return Vector.ConditionalSelect(IsNegative(x), -size, size);
    }

    /// <summary>The series where e^x is near one, the difference elsewhere.</summary>
    private static Vector<T> Expm1<T>(Vector<T> x) where T : unmanaged
    {
        Vector<T> one = Vector<T>.One, sum = one;
        for (int n = typeof(T) == typeof(float) ? 9 : 15; n > 1; n--) sum = one + sum * x / Constant<T>(n);
        return Vector.ConditionalSelect(Vector.LessThan(Vector.Abs(x), Constant<T>(0.4)), x * sum, Exp(x) - one);
    }

    private static Vector<T> IsNegative<T>(Vector<T> x) where T : unmanaged =>
        typeof(T) == typeof(float)
            ? Vector.LessThan(x.As<T, int>(), Vector<int>.Zero).As<int, T>()
            : Vector.LessThan(x.As<T, long>(), Vector<long>.Zero).As<long, T>();

    private static Vector<T> Constant<T>(double value) where T : unmanaged =>
        typeof(T) == typeof(float) ? new Vector<float>((float)value).As<float, T>() : new Vector<double>(value).As<double, T>();

    private static Vector<T> Exp<T>(Vector<T> x) where T : unmanaged =>
        typeof(T) == typeof(float) ? Vector.Exp(x.As<T, float>()).As<float, T>() : Vector.Exp(x.As<T, double>()).As<double, T>();

    private static Vector<T> Log<T>(Vector<T> x) where T : unmanaged =>
        typeof(T) == typeof(float) ? Vector.Log(x.As<T, float>()).As<float, T>() : Vector.Log(x.As<T, double>()).As<double, T>();
}
