using System.Runtime.CompilerServices;

namespace TorchSharp.Kernels;

/// <summary>
/// The inner loop of a matrix product: a tile of C of a few rows and two vectors of columns stays in registers while
/// packed rows of A and columns of B stream past. Compiled at once and fully: unoptimised, one call would last longer
/// than all the calls of a usual product.
/// </summary>
internal static unsafe class MicroKernel<T, TVector, TOps>
    where T : unmanaged where TVector : unmanaged where TOps : struct, IVectorOps<TVector, T>
{
    /// <summary>
    /// C (+)= A B for a tile; a holds [k, rows], b holds [k, 2 vectors] with rows bStep apart. What lies at
    /// <paramref name="next"/> is brought nearer for the next tile.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(int rows, long k, T* a, T* b, long bStep, T* c, long ldc, bool accumulate, T* next)
    {
        switch (rows)
        {
            case 1: Rows1(k, a, b, bStep, c, ldc, accumulate, next); break;
            case 2: Rows2(k, a, b, bStep, c, ldc, accumulate, next); break;
            case 4: Rows4(k, a, b, bStep, c, ldc, accumulate, next); break;
            case 6: Rows6(k, a, b, bStep, c, ldc, accumulate, next); break;
            case 8: Rows8(k, a, b, bStep, c, ldc, accumulate, next); break;
            case 10: Rows10(k, a, b, bStep, c, ldc, accumulate, next); break;
            default: Rows12(k, a, b, bStep, c, ldc, accumulate, next); break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Write(T* c, TVector left, TVector right, bool accumulate)
    {
        if (accumulate)
        {
            left = TOps.Sum(TOps.Load(c), left);
            right = TOps.Sum(TOps.Load(c + TOps.Width), right);
        }

        TOps.Store(left, c);
        TOps.Store(right, c + TOps.Width);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Rows1(long k, T* a, T* b, long bStep, T* c, long ldc, bool accumulate, T* next)
    {
        TVector l0 = TOps.Zero, r0 = TOps.Zero;
        for (; k > 0; k--)
        {
            TVector left = TOps.Load(b), right = TOps.Load(b + TOps.Width);
            TOps.Prefetch(next);
            TOps.Prefetch(next + TOps.Width);
            TVector x0 = TOps.Broadcast(a[0]);
            l0 = TOps.MultiplyAdd(x0, left, l0);
            r0 = TOps.MultiplyAdd(x0, right, r0);
            a += 1;
            b += bStep;
            next += 2 * TOps.Width;
        }

        Write(c, l0, r0, accumulate);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Rows2(long k, T* a, T* b, long bStep, T* c, long ldc, bool accumulate, T* next)
    {
        TVector l0 = TOps.Zero, r0 = TOps.Zero;
        TVector l1 = TOps.Zero, r1 = TOps.Zero;
        for (; k > 0; k--)
        {
            TVector left = TOps.Load(b), right = TOps.Load(b + TOps.Width);
            TOps.Prefetch(next);
            TOps.Prefetch(next + TOps.Width);
            TVector x0 = TOps.Broadcast(a[0]);
            l0 = TOps.MultiplyAdd(x0, left, l0);
            r0 = TOps.MultiplyAdd(x0, right, r0);
            TVector x1 = TOps.Broadcast(a[1]);
            l1 = TOps.MultiplyAdd(x1, left, l1);
            r1 = TOps.MultiplyAdd(x1, right, r1);
            a += 2;
            b += bStep;
            next += 2 * TOps.Width;
        }

        Write(c, l0, r0, accumulate);
        Write(c + ldc, l1, r1, accumulate);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Rows4(long k, T* a, T* b, long bStep, T* c, long ldc, bool accumulate, T* next)
    {
        TVector l0 = TOps.Zero, r0 = TOps.Zero;
        TVector l1 = TOps.Zero, r1 = TOps.Zero;
        TVector l2 = TOps.Zero, r2 = TOps.Zero;
        TVector l3 = TOps.Zero, r3 = TOps.Zero;
        for (; k > 0; k--)
        {
            TVector left = TOps.Load(b), right = TOps.Load(b + TOps.Width);
            TOps.Prefetch(next);
            TOps.Prefetch(next + TOps.Width);
            TVector x0 = TOps.Broadcast(a[0]);
            l0 = TOps.MultiplyAdd(x0, left, l0);
            r0 = TOps.MultiplyAdd(x0, right, r0);
            TVector x1 = TOps.Broadcast(a[1]);
            l1 = TOps.MultiplyAdd(x1, left, l1);
            r1 = TOps.MultiplyAdd(x1, right, r1);
            TVector x2 = TOps.Broadcast(a[2]);
            l2 = TOps.MultiplyAdd(x2, left, l2);
            r2 = TOps.MultiplyAdd(x2, right, r2);
            TVector x3 = TOps.Broadcast(a[3]);
            l3 = TOps.MultiplyAdd(x3, left, l3);
            r3 = TOps.MultiplyAdd(x3, right, r3);
            a += 4;
            b += bStep;
            next += 2 * TOps.Width;
        }

        Write(c, l0, r0, accumulate);
        Write(c + ldc, l1, r1, accumulate);
        Write(c + 2 * ldc, l2, r2, accumulate);
        Write(c + 3 * ldc, l3, r3, accumulate);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Rows6(long k, T* a, T* b, long bStep, T* c, long ldc, bool accumulate, T* next)
    {
        TVector l0 = TOps.Zero, r0 = TOps.Zero;
        TVector l1 = TOps.Zero, r1 = TOps.Zero;
        TVector l2 = TOps.Zero, r2 = TOps.Zero;
        TVector l3 = TOps.Zero, r3 = TOps.Zero;
        TVector l4 = TOps.Zero, r4 = TOps.Zero;
        TVector l5 = TOps.Zero, r5 = TOps.Zero;
        for (; k > 0; k--)
        {
            TVector left = TOps.Load(b), right = TOps.Load(b + TOps.Width);
            TOps.Prefetch(next);
            TOps.Prefetch(next + TOps.Width);
            TVector x0 = TOps.Broadcast(a[0]);
            l0 = TOps.MultiplyAdd(x0, left, l0);
            r0 = TOps.MultiplyAdd(x0, right, r0);
            TVector x1 = TOps.Broadcast(a[1]);
            l1 = TOps.MultiplyAdd(x1, left, l1);
            r1 = TOps.MultiplyAdd(x1, right, r1);
            TVector x2 = TOps.Broadcast(a[2]);
            l2 = TOps.MultiplyAdd(x2, left, l2);
            r2 = TOps.MultiplyAdd(x2, right, r2);
            TVector x3 = TOps.Broadcast(a[3]);
            l3 = TOps.MultiplyAdd(x3, left, l3);
            r3 = TOps.MultiplyAdd(x3, right, r3);
            TVector x4 = TOps.Broadcast(a[4]);
            l4 = TOps.MultiplyAdd(x4, left, l4);
            r4 = TOps.MultiplyAdd(x4, right, r4);
            TVector x5 = TOps.Broadcast(a[5]);
            l5 = TOps.MultiplyAdd(x5, left, l5);
            r5 = TOps.MultiplyAdd(x5, right, r5);
            a += 6;
            b += bStep;
            next += 2 * TOps.Width;
        }

        Write(c, l0, r0, accumulate);
        Write(c + ldc, l1, r1, accumulate);
        Write(c + 2 * ldc, l2, r2, accumulate);
        Write(c + 3 * ldc, l3, r3, accumulate);
        Write(c + 4 * ldc, l4, r4, accumulate);
        Write(c + 5 * ldc, l5, r5, accumulate);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Rows8(long k, T* a, T* b, long bStep, T* c, long ldc, bool accumulate, T* next)
    {
        TVector l0 = TOps.Zero, r0 = TOps.Zero;
        TVector l1 = TOps.Zero, r1 = TOps.Zero;
        TVector l2 = TOps.Zero, r2 = TOps.Zero;
        TVector l3 = TOps.Zero, r3 = TOps.Zero;
        TVector l4 = TOps.Zero, r4 = TOps.Zero;
        TVector l5 = TOps.Zero, r5 = TOps.Zero;
        TVector l6 = TOps.Zero, r6 = TOps.Zero;
        TVector l7 = TOps.Zero, r7 = TOps.Zero;
        for (; k > 0; k--)
        {
            TVector left = TOps.Load(b), right = TOps.Load(b + TOps.Width);
            TOps.Prefetch(next);
            TOps.Prefetch(next + TOps.Width);
            TVector x0 = TOps.Broadcast(a[0]);
            l0 = TOps.MultiplyAdd(x0, left, l0);
            r0 = TOps.MultiplyAdd(x0, right, r0);
            TVector x1 = TOps.Broadcast(a[1]);
            l1 = TOps.MultiplyAdd(x1, left, l1);
            r1 = TOps.MultiplyAdd(x1, right, r1);
            TVector x2 = TOps.Broadcast(a[2]);
            l2 = TOps.MultiplyAdd(x2, left, l2);
            r2 = TOps.MultiplyAdd(x2, right, r2);
            TVector x3 = TOps.Broadcast(a[3]);
            l3 = TOps.MultiplyAdd(x3, left, l3);
            r3 = TOps.MultiplyAdd(x3, right, r3);
            TVector x4 = TOps.Broadcast(a[4]);
            l4 = TOps.MultiplyAdd(x4, left, l4);
            r4 = TOps.MultiplyAdd(x4, right, r4);
            TVector x5 = TOps.Broadcast(a[5]);
            l5 = TOps.MultiplyAdd(x5, left, l5);
            r5 = TOps.MultiplyAdd(x5, right, r5);
            TVector x6 = TOps.Broadcast(a[6]);
            l6 = TOps.MultiplyAdd(x6, left, l6);
            r6 = TOps.MultiplyAdd(x6, right, r6);
            TVector x7 = TOps.Broadcast(a[7]);
            l7 = TOps.MultiplyAdd(x7, left, l7);
            r7 = TOps.MultiplyAdd(x7, right, r7);
            a += 8;
            b += bStep;
            next += 2 * TOps.Width;
        }

        Write(c, l0, r0, accumulate);
        Write(c + ldc, l1, r1, accumulate);
        Write(c + 2 * ldc, l2, r2, accumulate);
        Write(c + 3 * ldc, l3, r3, accumulate);
        Write(c + 4 * ldc, l4, r4, accumulate);
        Write(c + 5 * ldc, l5, r5, accumulate);
        Write(c + 6 * ldc, l6, r6, accumulate);
        Write(c + 7 * ldc, l7, r7, accumulate);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Rows10(long k, T* a, T* b, long bStep, T* c, long ldc, bool accumulate, T* next)
    {
        TVector l0 = TOps.Zero, r0 = TOps.Zero;
        TVector l1 = TOps.Zero, r1 = TOps.Zero;
        TVector l2 = TOps.Zero, r2 = TOps.Zero;
        TVector l3 = TOps.Zero, r3 = TOps.Zero;
        TVector l4 = TOps.Zero, r4 = TOps.Zero;
        TVector l5 = TOps.Zero, r5 = TOps.Zero;
        TVector l6 = TOps.Zero, r6 = TOps.Zero;
        TVector l7 = TOps.Zero, r7 = TOps.Zero;
        TVector l8 = TOps.Zero, r8 = TOps.Zero;
        TVector l9 = TOps.Zero, r9 = TOps.Zero;
        for (; k > 0; k--)
        {
            TVector left = TOps.Load(b), right = TOps.Load(b + TOps.Width);
            TOps.Prefetch(next);
            TOps.Prefetch(next + TOps.Width);
            TVector x0 = TOps.Broadcast(a[0]);
            l0 = TOps.MultiplyAdd(x0, left, l0);
            r0 = TOps.MultiplyAdd(x0, right, r0);
            TVector x1 = TOps.Broadcast(a[1]);
            l1 = TOps.MultiplyAdd(x1, left, l1);
            r1 = TOps.MultiplyAdd(x1, right, r1);
            TVector x2 = TOps.Broadcast(a[2]);
            l2 = TOps.MultiplyAdd(x2, left, l2);
            r2 = TOps.MultiplyAdd(x2, right, r2);
            TVector x3 = TOps.Broadcast(a[3]);
            l3 = TOps.MultiplyAdd(x3, left, l3);
            r3 = TOps.MultiplyAdd(x3, right, r3);
            TVector x4 = TOps.Broadcast(a[4]);
            l4 = TOps.MultiplyAdd(x4, left, l4);
            r4 = TOps.MultiplyAdd(x4, right, r4);
            TVector x5 = TOps.Broadcast(a[5]);
            l5 = TOps.MultiplyAdd(x5, left, l5);
            r5 = TOps.MultiplyAdd(x5, right, r5);
            TVector x6 = TOps.Broadcast(a[6]);
            l6 = TOps.MultiplyAdd(x6, left, l6);
            r6 = TOps.MultiplyAdd(x6, right, r6);
            TVector x7 = TOps.Broadcast(a[7]);
            l7 = TOps.MultiplyAdd(x7, left, l7);
            r7 = TOps.MultiplyAdd(x7, right, r7);
            TVector x8 = TOps.Broadcast(a[8]);
            l8 = TOps.MultiplyAdd(x8, left, l8);
            r8 = TOps.MultiplyAdd(x8, right, r8);
            TVector x9 = TOps.Broadcast(a[9]);
            l9 = TOps.MultiplyAdd(x9, left, l9);
            r9 = TOps.MultiplyAdd(x9, right, r9);
            a += 10;
            b += bStep;
            next += 2 * TOps.Width;
        }

        Write(c, l0, r0, accumulate);
        Write(c + ldc, l1, r1, accumulate);
        Write(c + 2 * ldc, l2, r2, accumulate);
        Write(c + 3 * ldc, l3, r3, accumulate);
        Write(c + 4 * ldc, l4, r4, accumulate);
        Write(c + 5 * ldc, l5, r5, accumulate);
        Write(c + 6 * ldc, l6, r6, accumulate);
        Write(c + 7 * ldc, l7, r7, accumulate);
        Write(c + 8 * ldc, l8, r8, accumulate);
        Write(c + 9 * ldc, l9, r9, accumulate);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Rows12(long k, T* a, T* b, long bStep, T* c, long ldc, bool accumulate, T* next)
    {
        TVector l0 = TOps.Zero, r0 = TOps.Zero;
        TVector l1 = TOps.Zero, r1 = TOps.Zero;
        TVector l2 = TOps.Zero, r2 = TOps.Zero;
        TVector l3 = TOps.Zero, r3 = TOps.Zero;
        TVector l4 = TOps.Zero, r4 = TOps.Zero;
        TVector l5 = TOps.Zero, r5 = TOps.Zero;
        TVector l6 = TOps.Zero, r6 = TOps.Zero;
        TVector l7 = TOps.Zero, r7 = TOps.Zero;
        TVector l8 = TOps.Zero, r8 = TOps.Zero;
        TVector l9 = TOps.Zero, r9 = TOps.Zero;
        TVector l10 = TOps.Zero, r10 = TOps.Zero;
        TVector l11 = TOps.Zero, r11 = TOps.Zero;
        for (; k > 0; k--)
        {
            TVector left = TOps.Load(b), right = TOps.Load(b + TOps.Width);
            TOps.Prefetch(next);
            TOps.Prefetch(next + TOps.Width);
            TVector x0 = TOps.Broadcast(a[0]);
            l0 = TOps.MultiplyAdd(x0, left, l0);
            r0 = TOps.MultiplyAdd(x0, right, r0);
            TVector x1 = TOps.Broadcast(a[1]);
            l1 = TOps.MultiplyAdd(x1, left, l1);
            r1 = TOps.MultiplyAdd(x1, right, r1);
            TVector x2 = TOps.Broadcast(a[2]);
            l2 = TOps.MultiplyAdd(x2, left, l2);
            r2 = TOps.MultiplyAdd(x2, right, r2);
            TVector x3 = TOps.Broadcast(a[3]);
            l3 = TOps.MultiplyAdd(x3, left, l3);
            r3 = TOps.MultiplyAdd(x3, right, r3);
            TVector x4 = TOps.Broadcast(a[4]);
            l4 = TOps.MultiplyAdd(x4, left, l4);
            r4 = TOps.MultiplyAdd(x4, right, r4);
            TVector x5 = TOps.Broadcast(a[5]);
            l5 = TOps.MultiplyAdd(x5, left, l5);
            r5 = TOps.MultiplyAdd(x5, right, r5);
            TVector x6 = TOps.Broadcast(a[6]);
            l6 = TOps.MultiplyAdd(x6, left, l6);
            r6 = TOps.MultiplyAdd(x6, right, r6);
            TVector x7 = TOps.Broadcast(a[7]);
            l7 = TOps.MultiplyAdd(x7, left, l7);
            r7 = TOps.MultiplyAdd(x7, right, r7);
            TVector x8 = TOps.Broadcast(a[8]);
            l8 = TOps.MultiplyAdd(x8, left, l8);
            r8 = TOps.MultiplyAdd(x8, right, r8);
            TVector x9 = TOps.Broadcast(a[9]);
            l9 = TOps.MultiplyAdd(x9, left, l9);
            r9 = TOps.MultiplyAdd(x9, right, r9);
            TVector x10 = TOps.Broadcast(a[10]);
            l10 = TOps.MultiplyAdd(x10, left, l10);
            r10 = TOps.MultiplyAdd(x10, right, r10);
            TVector x11 = TOps.Broadcast(a[11]);
            l11 = TOps.MultiplyAdd(x11, left, l11);
            r11 = TOps.MultiplyAdd(x11, right, r11);
            a += 12;
            b += bStep;
            next += 2 * TOps.Width;
        }

        Write(c, l0, r0, accumulate);
        Write(c + ldc, l1, r1, accumulate);
        Write(c + 2 * ldc, l2, r2, accumulate);
        Write(c + 3 * ldc, l3, r3, accumulate);
        Write(c + 4 * ldc, l4, r4, accumulate);
        Write(c + 5 * ldc, l5, r5, accumulate);
        Write(c + 6 * ldc, l6, r6, accumulate);
        Write(c + 7 * ldc, l7, r7, accumulate);
        Write(c + 8 * ldc, l8, r8, accumulate);
        Write(c + 9 * ldc, l9, r9, accumulate);
        Write(c + 10 * ldc, l10, r10, accumulate);
        Write(c + 11 * ldc, l11, r11, accumulate);
    }
}
