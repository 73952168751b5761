using TorchSharp.Threading;
using static TorchSharp.torch;

namespace TorchSharp.Kernels;

/// <summary>Copies between layouts of one element type; only the size of an element matters.</summary>
internal static unsafe class StridedCopy
{
    private const int Tile = 32;
    private const long Grain = 1 << 15;

    public static void Run(Tensor x, Tensor y)
    {
        switch (y._dtype.Size())
        {
            case 1: Run<byte>(x, y); break;
            case 2: Run<ushort>(x, y); break;
            case 4: Run<uint>(x, y); break;
            case 8: Run<ulong>(x, y); break;
            default: Run<UInt128>(x, y); break;
        }

        GC.KeepAlive(x);
        GC.KeepAlive(y);
    }

    private static void Run<T>(Tensor x, Tensor y) where T : unmanaged
    {
        var px = (T*)x.Bytes;
        var py = (T*)y.Bytes;
        var plan = new StridedPlan(y, x);
        if (plan.Rank >= 2 && plan.Inner(0) == 1 && plan.Inner(1) != 1)
        {
            // Where some other dimension is contiguous in the source, copy squares that stay in the first cache.
            for (int d = 1; d < plan.Rank; d++)
            {
                if (plan.Stride(1, d) != 1 || plan.Size(d) < 4 || plan.Size(0) < 4) continue;
                Transpose(px, py, plan, d);
                return;
            }
        }

        plan.ForRuns(Grain, (offsets, n) =>
        {
            T* source = px + offsets[1], target = py + offsets[0];
            long ss = plan.Inner(1), st = plan.Inner(0);
            if (ss == 1 && st == 1)
            {
                new ReadOnlySpan<T>(source, n).CopyTo(new Span<T>(target, n));
            }
            else if (ss == 0 && st == 1)
            {
                new Span<T>(target, n).Fill(*source);
            }
            else
            {
                for (long i = 0; i < n; i++) target[i * st] = source[i * ss];
            }
        });
    }

    private static void Transpose<T>(T* px, T* py, StridedPlan plan, int fast) where T : unmanaged
    {
        long columns = plan.Size(0), rows = plan.Size(fast);
        long sourceStep = plan.Stride(1, 0), targetStep = plan.Stride(0, fast);
        long planes = 1;
        for (int d = 1; d < plan.Rank; d++)
            if (d != fast) planes *= plan.Size(d);

        long bands = (rows + Tile - 1) / Tile;
        void Band(int piece)
        {
            long plane = piece / bands, band = piece % bands;
            T* source = px, target = py;
            for (int d = 1; d < plan.Rank; d++)
            {
                if (d == fast) continue;
                long at = plane % plan.Size(d);
                plane /= plan.Size(d);
                source += at * plan.Stride(1, d);
                target += at * plan.Stride(0, d);
            }

            long r0 = band * Tile, r1 = Math.Min(rows, r0 + Tile);
            for (long c0 = 0; c0 < columns; c0 += Tile)
            {
                long c1 = Math.Min(columns, c0 + Tile);
                for (long r = r0; r < r1; r++)
                {
                    T* s = source + r, t = target + r * targetStep;
                    for (long c = c0; c < c1; c++) t[c] = s[c * sourceStep];
                }
            }
        }

        int pieces = checked((int)(planes * bands));
        if (planes * rows * columns <= Grain)
            for (int i = 0; i < pieces; i++) Band(i);
        else ParallelFor.Run(pieces, Band);
    }
}
