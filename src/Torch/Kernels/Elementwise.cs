using TorchSharp.Threading;
using static TorchSharp.torch;

namespace TorchSharp.Kernels;

internal interface IUnaryKernel<TIn, TOut>
{
    void Run(ReadOnlySpan<TIn> x, Span<TOut> y);
}

internal interface IBinaryKernel<TIn, TOut>
{
    void Run(ReadOnlySpan<TIn> x, ReadOnlySpan<TIn> y, Span<TOut> z);
}

internal interface ITernaryKernel<T1, T, TOut>
{
    void Run(ReadOnlySpan<T1> x, ReadOnlySpan<T> y, ReadOnlySpan<T> z, Span<TOut> w);
}

/// <summary>
/// Walks operands of any strides in the order of memory and hands contiguous runs to a kernel: runs that are not
/// contiguous are gathered into a block on the stack first. Work is cut at fixed places, whatever the number of
/// threads.
/// </summary>
internal static unsafe class Elementwise
{
    private const int Block = 512;
    private const long Grain = 1 << 15;

    public static void Unary<TIn, TOut, TKernel>(Tensor x, Tensor y, TKernel kernel, int cost = 1)
        where TIn : unmanaged where TOut : unmanaged where TKernel : struct, IUnaryKernel<TIn, TOut>
    {
        var px = (TIn*)x.Bytes;
        var py = (TOut*)y.Bytes;
        if (SameContiguous(x, y))
        {
            long n = y.numel();
            ForRange(n, cost, (start, count) =>
                kernel.Run(new ReadOnlySpan<TIn>(px + start, count), new Span<TOut>(py + start, count)));
            GC.KeepAlive(x);
            GC.KeepAlive(y);
            return;
        }

        var plan = new StridedPlan(y, x);
        plan.ForRuns(Grain / cost, (offsets, n) =>
        {
            TIn* ix = px + offsets[1];
            TOut* iy = py + offsets[0];
            long sx = plan.Inner(1), sy = plan.Inner(0);
            if (sx == 1 && sy == 1)
            {
                kernel.Run(new ReadOnlySpan<TIn>(ix, n), new Span<TOut>(iy, n));
                return;
            }

            TIn* bx = stackalloc TIn[Block];
            TOut* by = stackalloc TOut[Block];
            for (int i = 0; i < n; i += Block)
            {
                int count = Math.Min(Block, n - i);
                TIn* fx = Gather(ix + i * sx, sx, bx, count, i == 0);
                TOut* fy = sy == 1 ? iy + i : by;
                kernel.Run(new ReadOnlySpan<TIn>(fx, count), new Span<TOut>(fy, count));
                if (sy != 1) Scatter(fy, iy + i * sy, sy, count);
            }
        });
        GC.KeepAlive(x);
        GC.KeepAlive(y);
    }

    public static void Binary<TIn, TOut, TKernel>(Tensor a, Tensor b, Tensor y, TKernel kernel, int cost = 1)
        where TIn : unmanaged where TOut : unmanaged where TKernel : struct, IBinaryKernel<TIn, TOut>
    {
        var pa = (TIn*)a.Bytes;
        var pb = (TIn*)b.Bytes;
        var py = (TOut*)y.Bytes;
        if (SameContiguous(a, y) && SameContiguous(b, y))
        {
            ForRange(y.numel(), cost, (start, count) => kernel.Run(
                new ReadOnlySpan<TIn>(pa + start, count), new ReadOnlySpan<TIn>(pb + start, count), new Span<TOut>(py + start, count)));
            GC.KeepAlive(a);
            GC.KeepAlive(b);
            GC.KeepAlive(y);
            return;
        }

        var plan = new StridedPlan(y, a, b);
        plan.ForRuns(Grain / cost, (offsets, n) =>
        {
            TIn* ia = pa + offsets[1], ib = pb + offsets[2];
            TOut* iy = py + offsets[0];
            long sa = plan.Inner(1), sb = plan.Inner(2), sy = plan.Inner(0);
            if (sa == 1 && sb == 1 && sy == 1)
            {
                kernel.Run(new ReadOnlySpan<TIn>(ia, n), new ReadOnlySpan<TIn>(ib, n), new Span<TOut>(iy, n));
                return;
            }

            TIn* ba = stackalloc TIn[Block];
            TIn* bb = stackalloc TIn[Block];
            TOut* by = stackalloc TOut[Block];
            for (int i = 0; i < n; i += Block)
            {
                int count = Math.Min(Block, n - i);
                TIn* fa = Gather(ia + i * sa, sa, ba, count, i == 0);
                TIn* fb = Gather(ib + i * sb, sb, bb, count, i == 0);
                TOut* fy = sy == 1 ? iy + i : by;
                kernel.Run(new ReadOnlySpan<TIn>(fa, count), new ReadOnlySpan<TIn>(fb, count), new Span<TOut>(fy, count));
                if (sy != 1) Scatter(fy, iy + i * sy, sy, count);
            }
        });
        GC.KeepAlive(a);
        GC.KeepAlive(b);
        GC.KeepAlive(y);
    }

    public static void Ternary<T1, T, TOut, TKernel>(Tensor a, Tensor b, Tensor c, Tensor y, TKernel kernel)
        where T1 : unmanaged where T : unmanaged where TOut : unmanaged where TKernel : struct, ITernaryKernel<T1, T, TOut>
    {
        var pa = (T1*)a.Bytes;
        var pb = (T*)b.Bytes;
        var pc = (T*)c.Bytes;
        var py = (TOut*)y.Bytes;
        var plan = new StridedPlan(y, a, b, c);
        plan.ForRuns(Grain, (offsets, n) =>
        {
            T1* ia = pa + offsets[1];
            T* ib = pb + offsets[2], ic = pc + offsets[3];
            TOut* iy = py + offsets[0];
            long sa = plan.Inner(1), sb = plan.Inner(2), sc = plan.Inner(3), sy = plan.Inner(0);
            T1* ba = stackalloc T1[Block];
            T* bb = stackalloc T[Block];
            T* bc = stackalloc T[Block];
            TOut* by = stackalloc TOut[Block];
            for (int i = 0; i < n; i += Block)
            {
                int count = Math.Min(Block, n - i);
                T1* fa = Gather(ia + i * sa, sa, ba, count, i == 0);
                T* fb = Gather(ib + i * sb, sb, bb, count, i == 0);
                T* fc = Gather(ic + i * sc, sc, bc, count, i == 0);
                TOut* fy = sy == 1 ? iy + i : by;
                kernel.Run(
                    new ReadOnlySpan<T1>(fa, count), new ReadOnlySpan<T>(fb, count), new ReadOnlySpan<T>(fc, count), new Span<TOut>(fy, count));
                if (sy != 1) Scatter(fy, iy + i * sy, sy, count);
            }
        });
        GC.KeepAlive(a);
        GC.KeepAlive(b);
        GC.KeepAlive(c);
        GC.KeepAlive(y);
    }

    /// <summary>Cuts 0 … n at multiples of a fixed grain and runs the pieces, on several threads if there are several.</summary>
    public static void ForRange(long n, int cost, Action<long, int> body)
    {
        long grain = Grain / cost;
        if (n <= grain)
        {
            if (n > 0) body(0, (int)n);
            return;
        }

        int pieces = checked((int)((n + grain - 1) / grain));
        ParallelFor.Run(pieces, piece =>
        {
            long start = piece * grain;
            body(start, (int)Math.Min(grain, n - start));
        });
    }

    private static bool SameContiguous(Tensor x, Tensor y) =>
        x._sizes.AsSpan().SequenceEqual(y._sizes) && x.is_contiguous() && y.is_contiguous();

    private static T* Gather<T>(T* source, long stride, T* block, int count, bool first) where T : unmanaged
    {
        if (stride == 1) return source;
        if (stride == 0)
        {
            // The block keeps its value from one piece of the run to the next.
            if (first) new Span<T>(block, count).Fill(*source);
            return block;
        }

        for (int i = 0; i < count; i++) block[i] = source[i * stride];
        return block;
    }

    private static void Scatter<T>(T* block, T* target, long stride, int count) where T : unmanaged
    {
        for (int i = 0; i < count; i++) target[i * stride] = block[i];
    }
}
