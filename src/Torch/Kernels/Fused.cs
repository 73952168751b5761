using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace TorchSharp.Kernels;

/// <summary>
/// Float32 kernels that do in one pass over memory what would be several: gelu, and the exponentials of a row with
/// their sum. Elements past the last whole vector go through the same arithmetic, so a value does not depend on its place.
/// </summary>
internal static unsafe class Fused
{
    private const int SumBlock = 1024;

    /// <summary>x Φ(x), or with <paramref name="tanh"/> the approximation by tanh.</summary>
    public static void Gelu(ReadOnlySpan<float> x, Span<float> y, bool tanh)
    {
        fixed (float* from = x)
        fixed (float* to = y)
        {
            if (Vector512.IsHardwareAccelerated) Gelu<Vector512<float>, Lanes512>(from, to, x.Length, tanh);
            else if (Vector256.IsHardwareAccelerated) Gelu<Vector256<float>, Lanes256>(from, to, x.Length, tanh);
            else Gelu<Vector128<float>, Lanes128>(from, to, x.Length, tanh);
        }
    }

    /// <summary>Writes e^(x - top) for none above top, and gives the sum.</summary>
    public static double ExpOfDifference(float* x, float top, float* y, int n) =>
        Vector512.IsHardwareAccelerated ? Exponentials<Vector512<float>, Lanes512>(x, top, y, n)
        : Vector256.IsHardwareAccelerated ? Exponentials<Vector256<float>, Lanes256>(x, top, y, n)
        : Exponentials<Vector128<float>, Lanes128>(x, top, y, n);

    /// <summary>The softmax of a row; NaN where it is masked everywhere or holds an infinity, as in torch.</summary>
    public static void Softmax(float* x, float* y, int n)
    {
        float top = TensorPrimitives.Max(new ReadOnlySpan<float>(x, n));
        var row = new Span<float>(y, n);
        if (!float.IsFinite(top))
        {
            row.Fill(float.NaN);
            return;
        }

        TensorPrimitives.Multiply(row, (float)(1 / ExpOfDifference(x, top, y, n)), row);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Gelu<TVector, TLanes>(float* x, float* y, int n, bool tanh) where TVector : unmanaged where TLanes : struct, ILanes<TVector>
    {
        int i = 0, width = TLanes.Width;
        if (tanh)
            for (; i <= n - width; i += width) TLanes.Store(GeluTanh<TVector, TLanes>(TLanes.Load(x + i)), y + i);
        else
            for (; i <= n - width; i += width) TLanes.Store(Gelu<TVector, TLanes>(TLanes.Load(x + i)), y + i);
        if (i == n) return;
        float* rest = stackalloc float[width];
        for (int j = 0; j < width; j++) rest[j] = i + j < n ? x[i + j] : 0;
        TVector last = TLanes.Load(rest);
        TLanes.Store(tanh ? GeluTanh<TVector, TLanes>(last) : Gelu<TVector, TLanes>(last), rest);
        for (int j = 0; i + j < n; j++) y[i + j] = rest[j];
    }

    // x (1 + tanh u) / 2 = x / (1 + e^(-2u)), u = √(2/π) (x + 0.044715 x³), with the exponential of what is negative only.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector GeluTanh<TVector, TLanes>(TVector x) where TVector : unmanaged where TLanes : struct, ILanes<TVector>
    {
        TVector one = TLanes.All(1), zero = TLanes.All(0);
        TVector u = TLanes.Multiply(TLanes.Multiply(x, TLanes.All(1.5957691f)), TLanes.MultiplyAdd(TLanes.Multiply(x, x), TLanes.All(0.044715f), one));
        TVector e = Exp<TVector, TLanes>(TLanes.Subtract(zero, TLanes.Magnitude(u)));
        return TLanes.Multiply(x, TLanes.Divide(TLanes.WhereLess(u, zero, e, one), TLanes.Add(one, e)));
    }

    // Half of erfc(|x|/√2) is e^(-x²/2) t P(t) with t = 1 / (1 + 0.4 |x|/√2); P is a fit for |x| up to 14, within 8e-9,
    // and beyond, the exponential is nothing.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Gelu<TVector, TLanes>(TVector x) where TVector : unmanaged where TLanes : struct, ILanes<TVector>
    {
        TVector one = TLanes.All(1), zero = TLanes.All(0);
        TVector t = TLanes.Divide(one, TLanes.MultiplyAdd(TLanes.Magnitude(x), TLanes.All(0.28284271f), one));
        TVector p = TLanes.All(-0.014797001f);
        p = TLanes.MultiplyAdd(p, t, TLanes.All(0.09900574f));
        p = TLanes.MultiplyAdd(p, t, TLanes.All(-0.24940382f));
        p = TLanes.MultiplyAdd(p, t, TLanes.All(0.2737153f));
        p = TLanes.MultiplyAdd(p, t, TLanes.All(-0.14218144f));
        p = TLanes.MultiplyAdd(p, t, TLanes.All(0.13603216f));
        p = TLanes.MultiplyAdd(p, t, TLanes.All(0.06484011f));
        p = TLanes.MultiplyAdd(p, t, TLanes.All(0.107459486f));
        p = TLanes.MultiplyAdd(p, t, TLanes.All(0.11247602f));
        p = TLanes.MultiplyAdd(p, t, TLanes.All(0.11285345f));
        TVector e = Exp<TVector, TLanes>(TLanes.Multiply(TLanes.Multiply(x, x), TLanes.All(-0.5f)));
        TVector tail = TLanes.Multiply(TLanes.Multiply(e, t), p);
        TVector phi = TLanes.WhereLess(x, zero, tail, TLanes.Subtract(one, tail));
        return TLanes.Multiply(x, phi);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double Exponentials<TVector, TLanes>(float* x, float top, float* y, int n) where TVector : unmanaged where TLanes : struct, ILanes<TVector>
    {
        double total = 0;
        int i = 0, width = TLanes.Width;
        TVector shift = TLanes.All(top);
        while (i <= n - width)
        {
            int end = Math.Min(n - width, i + SumBlock - width);
            TVector left = TLanes.All(0), right = TLanes.All(0);
            for (; i <= end - width; i += 2 * width)
            {
                TVector a = Exp<TVector, TLanes>(TLanes.Subtract(TLanes.Load(x + i), shift));
                TVector b = Exp<TVector, TLanes>(TLanes.Subtract(TLanes.Load(x + i + width), shift));
                TLanes.Store(a, y + i);
                TLanes.Store(b, y + i + width);
                left = TLanes.Add(left, a);
                right = TLanes.Add(right, b);
            }

            for (; i <= end; i += width)
            {
                TVector a = Exp<TVector, TLanes>(TLanes.Subtract(TLanes.Load(x + i), shift));
                TLanes.Store(a, y + i);
                left = TLanes.Add(left, a);
            }

            total += TLanes.Sum(TLanes.Add(left, right));
        }

        if (i == n) return total;
        float* rest = stackalloc float[width];
        for (int j = 0; j < width; j++) rest[j] = i + j < n ? x[i + j] : top;
        TLanes.Store(Exp<TVector, TLanes>(TLanes.Subtract(TLanes.Load(rest), shift)), rest);
        for (int j = 0; i + j < n; j++)
        {
            y[i + j] = rest[j];
            total += rest[j];
        }

        return total;
    }

    // e^x for x up to 88, within a unit of the last place; nothing below the smallest normal number. x = n ln 2 + r with
    // ln 2 in two parts, and Cephes's polynomial for e^r.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Exp<TVector, TLanes>(TVector x) where TVector : unmanaged where TLanes : struct, ILanes<TVector>
    {
        TVector whole = TLanes.Round(TLanes.Multiply(x, TLanes.All(1.44269504f)));
        TVector r = TLanes.MultiplyAdd(whole, TLanes.All(-0.693359375f), x);
        r = TLanes.MultiplyAdd(whole, TLanes.All(2.12194440e-4f), r);
        TVector p = TLanes.All(1.9875691500e-4f);
        p = TLanes.MultiplyAdd(p, r, TLanes.All(1.3981999507e-3f));
        p = TLanes.MultiplyAdd(p, r, TLanes.All(8.3334519073e-3f));
        p = TLanes.MultiplyAdd(p, r, TLanes.All(4.1665795894e-2f));
        p = TLanes.MultiplyAdd(p, r, TLanes.All(1.6666665459e-1f));
        p = TLanes.MultiplyAdd(p, r, TLanes.All(5.0000001201e-1f));
        p = TLanes.Add(TLanes.MultiplyAdd(p, TLanes.Multiply(r, r), r), TLanes.All(1));
        return TLanes.WhereLess(x, TLanes.All(-87.33654f), TLanes.All(0), TLanes.Multiply(p, TLanes.PowerOfTwo(whole)));
    }
}
