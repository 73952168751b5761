using System.Numerics;
using System.Runtime.InteropServices;

namespace TorchSharp.Kernels.Operations;

/// <summary>
/// erf and what is built on it. In float32 two Chebyshev fits: erf(x)/x in x² up to 1, and erfc(x) e^(x²) / t in
/// t = 1 / (1 + x/2) beyond, both within 2e-8. In float64 the Maclaurin series and a continued fraction.
/// </summary>
internal static class ErrorFunction
{
    private static readonly float[] Small =
    [
        1.1283791670615424f, -0.37612638468025705f, 0.11283782495218742f, -0.026865430727577078f,
        0.0052210318093735f, -0.0008484080444901565f, 0.00011265959395245773f, -9.667045787864481e-06f,
    ];

    private static readonly float[] Tail =
    [
        0.28205842235129946f, 0.28300159201903075f, 0.2372115943634017f, 0.23333538239810608f, -0.12403055893676436f,
        0.47489558004778476f, -0.7410372190686232f, 0.4867898936142539f, -0.1496864420561014f, 0.01746174850644737f,
    ];

    private enum Form
    {
        Erf,
        Erfc,
        Gelu,
    }

    public static void Erf<T>(ReadOnlySpan<T> x, Span<T> y) where T : unmanaged, IBinaryFloatingPointIeee754<T> => Run(x, y, Form.Erf);

    public static void Erfc<T>(ReadOnlySpan<T> x, Span<T> y) where T : unmanaged, IBinaryFloatingPointIeee754<T> => Run(x, y, Form.Erfc);

    public static void Gelu<T>(ReadOnlySpan<T> x, Span<T> y) where T : unmanaged, IBinaryFloatingPointIeee754<T> => Run(x, y, Form.Gelu);

    public static double Erfc(double x)
    {
        if (double.IsNaN(x)) return x;
        if (x < 0) return 2 - Erfc(-x);
        if (x < 1) return 1 - Series(x);
        if (x > 27.3) return 0;

        double r = 0;
        for (int k = 200; k > 0; k--) r = k * 0.5 / (x + r);
        return Math.Exp(-x * x) / (Math.Sqrt(Math.PI) * (x + r));
    }

    public static double Erf(double x)
    {
        double a = Math.Abs(x);
        return a < 2 ? Series(x) : double.IsNaN(x) ? x : Math.Sign(x) * (1 - Erfc(a));
    }

    // 2/√π e^(-x²) Σ 2ⁿ x^(2n+1) / (2n+1)!!: all terms of one sign.
    private static double Series(double x)
    {
        double term = x, sum = x, square = 2 * x * x;
        for (int n = 1; n < 60; n++)
        {
            term *= square / (2 * n + 1);
            sum += term;
        }

        return 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum;
    }

    private static void Run<T>(ReadOnlySpan<T> x, Span<T> y, Form form) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (typeof(T) == typeof(float) && form == Form.Gelu)
        {
            Fused.Gelu(MemoryMarshal.Cast<T, float>(x), MemoryMarshal.Cast<T, float>(y), tanh: false);
            return;
        }

        if (typeof(T) == typeof(float))
        {
            Run(MemoryMarshal.Cast<T, float>(x), MemoryMarshal.Cast<T, float>(y), form);
            return;
        }

        for (int i = 0; i < y.Length; i++)
        {
            double v = double.CreateTruncating(x[i]);
            y[i] = T.CreateTruncating(form switch
            {
                Form.Erf => Erf(v),
                Form.Erfc => Erfc(v),
                _ => 0.5 * v * Erfc(-v * Math.Sqrt(0.5)),
            });
        }
    }

    private static void Run(ReadOnlySpan<float> x, Span<float> y, Form form)
    {
        int step = Vector<float>.Count, i = 0;
        for (; i <= x.Length - step; i += step) Evaluate(new Vector<float>(x[i..]), form).CopyTo(y[i..]);
        if (i == x.Length) return;

        // The rest goes through the same arithmetic, so that an element's value does not depend on its place.
        Span<float> rest = stackalloc float[Vector<float>.Count];
        rest.Clear();
        x[i..].CopyTo(rest);
        Evaluate(new Vector<float>(rest), form).CopyTo(rest);
        rest[..(x.Length - i)].CopyTo(y[i..]);
    }

    private static Vector<float> Evaluate(Vector<float> x, Form form)
    {
        Vector<float> a = Vector.Abs(x), square = x * x;
        Vector<float> near = x * Polynomial(square, Small);
        Vector<float> t = Vector<float>.One / Vector.MultiplyAddEstimate(a, new Vector<float>(0.5f), Vector<float>.One);
        Vector<float> tail = Vector.Exp(-square) * t * Polynomial(t, Tail);

        // Far out the rounding of the square weighs: erfc, unlike erf, shows it.
        if (form == Form.Erfc)
        {
            Vector<float> bounded = Vector.Min(a, new Vector<float>(16f));
            tail -= tail * Vector.FusedMultiplyAdd(bounded, bounded, -(bounded * bounded));
        }

        Vector<int> isNear = Vector.LessThan(a, Vector<float>.One), isNegative = Vector.LessThan(x, Vector<float>.Zero);

        if (form == Form.Erf)
        {
            Vector<float> far = Vector<float>.One - tail;
            return Vector.ConditionalSelect(isNear, near, Vector.ConditionalSelect(isNegative, -far, far));
        }

        return Vector.ConditionalSelect(
            isNear, Vector<float>.One - near, Vector.ConditionalSelect(isNegative, new Vector<float>(2f) - tail, tail));
    }

    private static Vector<float> Polynomial(Vector<float> x, float[] coefficients)
    {
        var sum = new Vector<float>(coefficients[^1]);
        for (int k = coefficients.Length - 2; k >= 0; k--)
            sum = Vector.MultiplyAddEstimate(sum, x, new Vector<float>(coefficients[k]));
        return sum;
    }
}
