using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using TorchSharp.Threading;

namespace TorchSharp.Kernels;

/// <summary>
/// Products of matrices: blocks of A and B are packed in the order in which the inner loop reads them, so any layout
/// of the operands costs the same. A task computes its block of C alone, over all of k in order; blocks do not depend
/// on the number of threads, so neither do the bits of the result.
/// </summary>
internal static unsafe class Gemm
{
    private const int RowBlock = 192;
    private const int InnerBlock = 256;
    private const int ColumnGroup = 256;
    private const long TaskWork = 1 << 19;

    [ThreadStatic] private static PackBuffers? t_buffers;

    /// <summary>One operand: offsets of batches, and of its two matrix dimensions.</summary>
    internal readonly record struct Operand<T>(nint Data, AxisMap Batch, AxisMap Rows, AxisMap Columns);

    /// <summary>
    /// C[batch, m, n] = A[batch, m, k] B[batch, k, n], added to what C holds if <paramref name="accumulate"/>;
    /// C has unit steps along n.
    /// </summary>
    public static void Run<T>(Operand<T> a, Operand<T> b, T* c, AxisMap cBatch, long ldc, bool accumulate) where T : unmanaged, INumber<T>
    {
        if (Vector512.IsHardwareAccelerated) Run<T, Vector512<T>, Ops512<T>>(a, b, c, cBatch, ldc, accumulate, maxRows: 12);
        else if (Vector256.IsHardwareAccelerated) Run<T, Vector256<T>, Ops256<T>>(a, b, c, cBatch, ldc, accumulate, maxRows: 6);
        else Run<T, Vector128<T>, Ops128<T>>(a, b, c, cBatch, ldc, accumulate, maxRows: 6);
    }

    private static void Run<T, TVector, TOps>(Operand<T> a, Operand<T> b, T* c, AxisMap cBatch, long ldc, bool accumulate, int maxRows)
        where T : unmanaged, INumber<T> where TVector : unmanaged where TOps : struct, IVectorOps<TVector, T>
    {
        long batches = cBatch.Count, m = a.Rows.Count, n = b.Columns.Count, k = a.Columns.Count;
        if (batches == 0 || m == 0 || n == 0) return;
        if (k == 0)
        {
            if (accumulate) return;
            for (long i = 0; i < batches; i++)
                for (long r = 0; r < m; r++) new Span<T>(c + cBatch[i] + r * ldc, checked((int)n)).Clear();
            return;
        }

        long columnBlock = m >= 4 * RowBlock ? 4 * ColumnGroup : ColumnGroup;
        long rowBlocks = (m + RowBlock - 1) / RowBlock, columnBlocks = (n + columnBlock - 1) / columnBlock;
        long blocks = batches * rowBlocks * columnBlocks;
        long work = Math.Min(m, RowBlock) * Math.Min(n, columnBlock) * k;
        long perTask = Math.Max(1, TaskWork / work);
        int tasks = checked((int)((blocks + perTask - 1) / perTask));

        void Task(int task)
        {
            PackBuffers buffers = t_buffers ??= new PackBuffers();
            long end = Math.Min(blocks, (task + 1) * perTask);
            for (long block = task * perTask; block < end; block++)
            {
                long column = block % columnBlocks, row = block / columnBlocks % rowBlocks, batch = block / (columnBlocks * rowBlocks);
                Block<T, TVector, TOps>(
                    a, b, (T*)a.Data + a.Batch[batch], (T*)b.Data + b.Batch[batch], c + cBatch[batch], ldc,
                    row * RowBlock, Math.Min(m, (row + 1) * RowBlock), column * columnBlock, Math.Min(n, (column + 1) * columnBlock),
                    accumulate, maxRows, buffers);
            }
        }

        if (tasks == 1) Task(0);
        else ParallelFor.Run(tasks, Task);
    }

    private static void Block<T, TVector, TOps>(
        Operand<T> a, Operand<T> b, T* pa, T* pb, T* c, long ldc, long m0, long m1, long n0, long n1, bool accumulate, int maxRows, PackBuffers buffers)
        where T : unmanaged, INumber<T> where TVector : unmanaged where TOps : struct, IVectorOps<TVector, T>
    {
        int tileColumns = 2 * TOps.Width;
        var packedA = (T*)buffers.A;
        var packedB = (T*)buffers.B;
        var tile = (T*)buffers.Tile;
        long k = a.Columns.Count;
        for (long k0 = 0; k0 < k; k0 += InnerBlock)
        {
            int kc = (int)Math.Min(InnerBlock, k - k0);
            bool add = accumulate || k0 > 0;
            PackRows<T, TVector, TOps>(pa, a, m0, m1, k0, kc, packedA, maxRows);
            for (long g0 = n0; g0 < n1; g0 += ColumnGroup)
            {
                long g1 = Math.Min(n1, g0 + ColumnGroup);
                // A single tile of rows reads B once: in place where its columns follow one another.
                bool inPlace = m1 - m0 <= maxRows && b.Rows.HasStride && (g1 - g0) % tileColumns == 0 && b.Columns.IsUnit(g0, g1 - g0);
                if (!inPlace) PackColumns(pb, b, k0, kc, g0, g1, tileColumns, packedB);
                for (long j = g0; j < g1; j += tileColumns)
                {
                    T* panelB = inPlace ? pb + b.Rows[k0] + b.Columns[j] : packedB + (j - g0) * kc;
                    long stepB = inPlace ? b.Rows[1] - b.Rows[0] : tileColumns;
                    int columns = (int)Math.Min(tileColumns, g1 - j);
                    T* panelA = packedA;
                    for (long i = m0; i < m1;)
                    {
                        int rows = (int)Math.Min(maxRows, m1 - i), height = Math.Min(maxRows, MicroKernel<T, TVector, TOps>.RowsFor(rows));
                        T* target = c + i * ldc + j;
                        if (rows == height && columns == tileColumns)
                        {
                            MicroKernel<T, TVector, TOps>.Run(height, kc, panelA, panelB, stepB, target, ldc, add);
                        }
                        else
                        {
                            MicroKernel<T, TVector, TOps>.Run(height, kc, panelA, panelB, stepB, tile, tileColumns, false);
                            for (int r = 0; r < rows; r++)
                            {
                                T* from = tile + r * tileColumns, to = target + r * ldc;
                                if (add)
                                    for (int x = 0; x < columns; x++) to[x] += from[x];
                                else
                                    for (int x = 0; x < columns; x++) to[x] = from[x];
                            }
                        }

                        panelA += (long)height * kc;
                        i += rows;
                    }
                }
            }
        }
    }

    private static void PackRows<T, TVector, TOps>(T* source, Operand<T> a, long m0, long m1, long k0, int kc, T* to, int maxRows)
        where T : unmanaged where TVector : unmanaged where TOps : struct, IVectorOps<TVector, T>
    {
        bool unit = a.Columns.IsUnit(k0, kc);
        for (long i = m0; i < m1;)
        {
            int rows = (int)Math.Min(maxRows, m1 - i), height = Math.Min(maxRows, MicroKernel<T, TVector, TOps>.RowsFor(rows));
            for (int r = 0; r < rows; r++)
            {
                T* row = source + a.Rows[i + r];
                T* at = to + r;
                if (unit)
                {
                    row += a.Columns[k0];
                    for (int x = 0; x < kc; x++, at += height) *at = row[x];
                }
                else
                {
                    for (int x = 0; x < kc; x++, at += height) *at = row[a.Columns[k0 + x]];
                }
            }

            for (int r = rows; r < height; r++)
                for (int x = 0; x < kc; x++) to[x * height + r] = default;
            to += (long)height * kc;
            i += rows;
        }
    }

    private static void PackColumns<T>(T* source, Operand<T> b, long k0, int kc, long n0, long n1, int tileColumns, T* to) where T : unmanaged
    {
        int count = (int)(n1 - n0);
        int full = (count + tileColumns - 1) / tileColumns;
        if (b.Columns.IsUnit(n0, count))
        {
            long first = b.Columns[n0];
            for (int x = 0; x < kc; x++)
            {
                T* row = source + b.Rows[k0 + x] + first;
                for (int p = 0; p < full; p++)
                {
                    int columns = Math.Min(tileColumns, count - p * tileColumns);
                    var panel = new Span<T>(to + (long)p * tileColumns * kc + (long)x * tileColumns, tileColumns);
                    new ReadOnlySpan<T>(row + p * tileColumns, columns).CopyTo(panel);
                    panel[columns..].Clear();
                }
            }

            return;
        }

        bool unit = b.Rows.IsUnit(k0, kc);
        for (int p = 0; p < full; p++)
        {
            T* panel = to + (long)p * tileColumns * kc;
            int columns = Math.Min(tileColumns, count - p * tileColumns);
            if (columns == tileColumns && b.Columns.IsUnit(n0 + p * tileColumns, columns))
            {
                long first = b.Columns[n0 + p * tileColumns];
                for (int x = 0; x < kc; x++)
                    new ReadOnlySpan<T>(source + b.Rows[k0 + x] + first, columns).CopyTo(new Span<T>(panel + (long)x * tileColumns, columns));
                continue;
            }

            for (int j = 0; j < tileColumns; j++)
            {
                T* at = panel + j;
                if (j >= columns)
                {
                    for (int x = 0; x < kc; x++, at += tileColumns) *at = default;
                    continue;
                }

                T* column = source + b.Columns[n0 + p * tileColumns + j];
                if (unit)
                {
                    column += b.Rows[k0];
                    for (int x = 0; x < kc; x++, at += tileColumns) *at = column[x];
                }
                else
                {
                    for (int x = 0; x < kc; x++, at += tileColumns) *at = column[b.Rows[k0 + x]];
                }
            }
        }
    }

    private sealed class PackBuffers
    {
        // Room for the widest element, eight bytes; a row block holds whole tiles of padded rows.
        public readonly byte* A = (byte*)NativeMemory.AlignedAlloc((RowBlock + 12) * InnerBlock * 8, 64);
        public readonly byte* B = (byte*)NativeMemory.AlignedAlloc((ColumnGroup + 128) * InnerBlock * 8, 64);
        public readonly byte* Tile = (byte*)NativeMemory.AlignedAlloc(12 * 256 * 8, 64);

        ~PackBuffers()
        {
            NativeMemory.AlignedFree(A);
            NativeMemory.AlignedFree(B);
            NativeMemory.AlignedFree(Tile);
        }
    }
}
