using System.Numerics;
using System.Numerics.Tensors;

namespace TorchSharp.Kernels;

/// <summary>Softmax and normalisation of rows that lie one after another.</summary>
internal static unsafe class RowKernels
{
    public static void Softmax<T>(T* x, T* y, long rows, long n, bool log) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int width = checked((int)n);
        if (typeof(T) == typeof(float) && !log)
        {
            Reduce.ForRows(rows, n, r => Fused.Softmax((float*)x + r * n, (float*)y + r * n, width), cost: 4);
            return;
        }

        Reduce.ForRows(rows, n, r =>
        {
            var from = new ReadOnlySpan<T>(x + r * n, width);
            var to = new Span<T>(y + r * n, width);
            T top = TensorPrimitives.Max(from);

            // A row that is masked everywhere, or holds an infinity, has no distribution: NaN, as in torch.
            if (T.IsNegativeInfinity(top) || T.IsPositiveInfinity(top) || T.IsNaN(top))
            {
                to.Fill(T.NaN);
                return;
            }

            TensorPrimitives.Subtract(from, top, to);
            if (log)
            {
                T shift = T.CreateTruncating(Math.Log(SumOfExp(y + r * n, width)));
                TensorPrimitives.Subtract(to, shift, to);
            }
            else
            {
                TensorPrimitives.Exp(to, to);
                TensorPrimitives.Multiply(to, T.CreateTruncating(1 / Reduce.Sum(y + r * n, width)), to);
            }
        }, cost: 4);
    }

    public static void LayerNorm<T>(T* x, T* weight, T* bias, T* y, long rows, long n, double eps) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Reduce.ForRows(rows, n, r =>
        {
            T* from = x + r * n, to = y + r * n;
            double mean = Reduce.Sum(from, n) / n;
            T centre = T.CreateTruncating(mean);
            T scale = T.CreateTruncating(1 / Math.Sqrt(Reduce.SquaredDistance(from, n, centre) / n + eps));
            int step = Vector<T>.Count;
            var c = new Vector<T>(centre);
            var s = new Vector<T>(scale);
            long i = 0;
            for (; i <= n - step; i += step)
            {
                Vector<T> v = (Vector.Load(from + i) - c) * s;
                if (weight != null) v *= Vector.Load(weight + i);
                if (bias != null) v += Vector.Load(bias + i);
                v.Store(to + i);
            }

            for (; i < n; i++)
            {
                T v = (from[i] - centre) * scale;
                if (weight != null) v *= weight[i];
                if (bias != null) v += bias[i];
                to[i] = v;
            }
        }, cost: 2);
    }

    private static double SumOfExp<T>(T* x, int n) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        const int Size = 512;
        T* block = stackalloc T[Size];
        double total = 0;
        for (int i = 0; i < n; i += Size)
        {
            int count = Math.Min(Size, n - i);
            TensorPrimitives.Exp(new ReadOnlySpan<T>(x + i, count), new Span<T>(block, count));
            total += Reduce.Sum(block, count);
        }

        return total;
    }
}
