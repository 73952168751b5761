using System.Numerics;
using System.Numerics.Tensors;
using TorchSharp.Threading;

namespace TorchSharp.Kernels;

/// <summary>The derivatives of softmax and normalisation, row by row, for a backward pass that nobody will differentiate.</summary>
internal static unsafe class RowSlopes
{
    private const int RowsAtOnce = 64;

    /// <summary>z = y (g - Σ g y), or for log-probabilities y: g - e^y Σ g. Rows lie one after another.</summary>
    public static void Softmax<T>(T* gradient, T* y, T* z, long rows, long n, bool log) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int width = checked((int)n);
        Reduce.ForRows(rows, n, r =>
        {
            var g = new ReadOnlySpan<T>(gradient + r * n, width);
            var p = new ReadOnlySpan<T>(y + r * n, width);
            var to = new Span<T>(z + r * n, width);
            if (log)
            {
                TensorPrimitives.Exp(p, to);
                TensorPrimitives.Multiply(to, -T.CreateTruncating(Reduce.Sum(gradient + r * n, n)), to);
                TensorPrimitives.Add(to, g, to);
                return;
            }

            TensorPrimitives.Multiply(g, p, to);
            T total = T.CreateTruncating(Reduce.Sum(z + r * n, n));
            TensorPrimitives.Subtract(g, total, to);
            TensorPrimitives.Multiply(to, p, to);
        }, cost: 4);
    }

    /// <summary>
    /// The gradients of the input and, where they are asked for, of weight and bias: these are sums over the rows, taken in
    /// groups of fixed size and then over the groups in order, so that the bits do not depend on the number of threads.
    /// </summary>
    public static void LayerNorm<T>(T* gradient, T* x, T* weight, T* dx, T* dweight, T* dbias, long rows, long n, double eps)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int groups = checked((int)((rows + RowsAtOnce - 1) / RowsAtOnce));
        bool sums = dweight != null || dbias != null;
        using torch.Tensor partial = torch.Tensor.Allocate([sums ? groups : 0, 2, n], Dtypes.Of(typeof(T)), track: false);
        var all = (T*)partial.Bytes;
        ParallelFor.Run(groups, group =>
        {
            T* dw = sums ? all + group * 2L * n : null, db = sums ? dw + n : null;
            if (sums) new Span<T>(dw, checked((int)(2 * n))).Clear();
            long end = Math.Min(rows, (group + 1L) * RowsAtOnce);
            for (long r = group * (long)RowsAtOnce; r < end; r++)
                Row(gradient + r * n, x + r * n, weight, dx == null ? null : dx + r * n, dw, db, n, eps);
        });
        if (dweight != null) Total(all, dweight);
        if (dbias != null) Total(all + n, dbias);

        void Total(T* from, T* to)
        {
            var sum = new Span<T>(to, checked((int)n));
            sum.Clear();
            for (int group = 0; group < groups; group++) TensorPrimitives.Add(sum, new ReadOnlySpan<T>(from + group * 2L * n, (int)n), sum);
        }
    }

    private static void Row<T>(T* g, T* x, T* weight, T* dx, T* dw, T* db, long n, double eps) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T centre = T.CreateTruncating(Reduce.Sum(x, n) / n);
        T scale = T.CreateTruncating(1 / Math.Sqrt(Reduce.SquaredDistance(x, n, centre) / n + eps));
        int step = Vector<T>.Count;
        Vector<T> c = new(centre), s = new(scale), inner = Vector<T>.Zero, along = Vector<T>.Zero;
        T innerRest = T.Zero, alongRest = T.Zero;
        long i = 0;
        for (; i <= n - step; i += step)
        {
            Vector<T> gradient = Vector.Load(g + i), normal = (Vector.Load(x + i) - c) * s;
            if (dw != null)
            {
                (Vector.Load(dw + i) + gradient * normal).Store(dw + i);
                (Vector.Load(db + i) + gradient).Store(db + i);
            }

            if (weight != null) gradient *= Vector.Load(weight + i);
            inner += gradient;
            along += gradient * normal;
        }

        for (; i < n; i++)
        {
            T gradient = g[i], normal = (x[i] - centre) * scale;
            if (dw != null)
            {
                dw[i] += gradient * normal;
                db[i] += gradient;
            }

            if (weight != null) gradient *= weight[i];
            innerRest += gradient;
            alongRest += gradient * normal;
        }

        if (dx == null) return;
        T count = T.CreateTruncating(n), meanInner = (Vector.Sum(inner) + innerRest) / count, meanAlong = (Vector.Sum(along) + alongRest) / count;
        Vector<T> a = new(meanInner), b = new(meanAlong);
        for (i = 0; i <= n - step; i += step)
        {
            Vector<T> gradient = Vector.Load(g + i), normal = (Vector.Load(x + i) - c) * s;
            if (weight != null) gradient *= Vector.Load(weight + i);
            ((gradient - a - normal * b) * s).Store(dx + i);
        }

        for (; i < n; i++)
        {
            T gradient = weight != null ? g[i] * weight[i] : g[i], normal = (x[i] - centre) * scale;
            dx[i] = (gradient - meanInner - normal * meanAlong) * scale;
        }
    }
}
