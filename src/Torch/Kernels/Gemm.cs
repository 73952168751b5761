using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using TorchSharp.Storage;
using TorchSharp.Threading;

namespace TorchSharp.Kernels;

/// <summary>
/// Products of matrices. A and B are packed in the order in which the inner loop reads them, so any layout of the
/// operands costs the same. Every element of C is the sum over blocks of 256 of k, in order, of the sum within a block,
/// in order: its bits depend on its row of A and its column of B alone, not on the other rows and columns, on how the
/// operands lie, on what was packed before, or on the number of threads.
/// </summary>
internal static unsafe class Gemm
{
    private const int RowBlock = 192;
    private const int InnerBlock = 256;
    private const int ColumnGroup = 256;
    private const int TallestTile = 12;

    // Rows of A that are packed at a time.
    private const int RowChunk = 8 * RowBlock;
    private const long TaskWork = 1 << 19;
    private const long WholeWork = 1 << 18;
    private const long StreamBytes = 512 << 10;

    [ThreadStatic] private static PackBuffers? t_buffers;

    /// <summary>One operand: offsets of batches, and of its two matrix dimensions.</summary>
    internal readonly record struct Operand<T>(nint Data, AxisMap Batch, AxisMap Rows, AxisMap Columns);

    /// <summary>
    /// C[batch, m, n] = A[batch, m, k] B[batch, k, n], added to what C holds if <paramref name="accumulate"/>;
    /// C has unit steps along n. <paramref name="packed"/> is B as <see cref="Pack{T}"/> left it, where that was done.
    /// </summary>
    public static void Run<T>(Operand<T> a, Operand<T> b, T* c, AxisMap cBatch, long ldc, bool accumulate, PackedMatrix? packed = null)
        where T : unmanaged, INumber<T>
    {
        if (Vector512.IsHardwareAccelerated) Run<T, Vector512<T>, Ops512<T>>(a, b, c, cBatch, ldc, accumulate, packed, maxRows: 12);
        else if (Vector256.IsHardwareAccelerated) Run<T, Vector256<T>, Ops256<T>>(a, b, c, cBatch, ldc, accumulate, packed, maxRows: 6);
        else Run<T, Vector128<T>, Ops128<T>>(a, b, c, cBatch, ldc, accumulate, packed, maxRows: 6);
        GC.KeepAlive(packed);
    }

    /// <summary>Packs the single matrix of an operand for use in many products.</summary>
    public static PackedMatrix Pack<T>(Operand<T> b) where T : unmanaged
    {
        long k = b.Rows.Count, n = b.Columns.Count;
        int tileColumns = PackedMatrix.TileColumns<T>();
        var packed = PackedMatrix.For<T>(k, n);
        var to = (T*)packed.Data;
        long groups = (n + ColumnGroup - 1) / ColumnGroup;
        ParallelFor.Run(checked((int)groups), group =>
        {
            long n0 = (long)group * ColumnGroup, n1 = Math.Min(n, n0 + ColumnGroup);
            for (long k0 = 0; k0 < k; k0 += InnerBlock)
                PackColumns((T*)b.Data, b, k0, (int)Math.Min(InnerBlock, k - k0), n0, n1, tileColumns, to + n0 * k + k0 * tileColumns, k * tileColumns);
        });
        return packed;
    }

    private static void Run<T, TVector, TOps>(Operand<T> a, Operand<T> b, T* c, AxisMap cBatch, long ldc, bool accumulate, PackedMatrix? packed, int maxRows)
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

        if (batches == 1 && (packed is not null || m * n * k >= WholeWork))
        {
            a = a with { Data = (nint)((T*)a.Data + a.Batch[0]) };
            b = b with { Data = (nint)((T*)b.Data + b.Batch[0]) };
            for (long m0 = 0; m0 < m; m0 += RowChunk)
                Whole<T, TVector, TOps>(a, b, c + cBatch[0] + m0 * ldc, ldc, m0, Math.Min(m, m0 + RowChunk), accumulate, packed, maxRows);
            return;
        }

        long rowBlocks = (m + RowBlock - 1) / RowBlock, columnBlocks = (n + ColumnGroup - 1) / ColumnGroup;
        long blocks = batches * rowBlocks * columnBlocks;
        long work = Math.Min(m, RowBlock) * Math.Min(n, ColumnGroup) * k;
        long perTask = Math.Max(1, TaskWork / work);
        int tasks = checked((int)((blocks + perTask - 1) / perTask));

        void Task(int task)
        {
            PackBuffers buffers = t_buffers ??= new PackBuffers();
            long end = Math.Min(blocks, (task + 1) * perTask);
            for (long block = task * perTask; block < end; block++)
            {
                long column = block % columnBlocks, row = block / columnBlocks % rowBlocks, batch = block / (columnBlocks * rowBlocks);
                long m0 = row * RowBlock, m1 = Math.Min(m, m0 + RowBlock), n0 = column * ColumnGroup, n1 = Math.Min(n, n0 + ColumnGroup);
                var split = new RowSplit(m1 - m0, maxRows);
                var pa = (T*)a.Data + a.Batch[batch];
                var pb = (T*)b.Data + b.Batch[batch];
                for (long k0 = 0; k0 < k; k0 += InnerBlock)
                {
                    int kc = (int)Math.Min(InnerBlock, k - k0);
                    PackRows(pa, a, m0, split, 0, split.Count, k0, kc, (T*)buffers.A, kc);
                    Columns<T, TVector, TOps>(
                        b, pb, n0, n1, k0, kc, split, 0, split.Count, (T*)buffers.A, kc, 0, c + cBatch[batch] + m0 * ldc, ldc, accumulate || k0 > 0, maxRows, buffers);
                }
            }
        }

        if (tasks == 1) Task(0);
        else ParallelFor.Run(tasks, Task);
    }

    /// <summary>One large product: A is packed as a whole first, then the columns of C are divided among the tasks.</summary>
    private static void Whole<T, TVector, TOps>(
        Operand<T> a, Operand<T> b, T* c, long ldc, long m0, long m1, bool accumulate, PackedMatrix? packed, int maxRows)
        where T : unmanaged, INumber<T> where TVector : unmanaged where TOps : struct, IVectorOps<TVector, T>
    {
        long n = b.Columns.Count, k = a.Columns.Count, m = m1 - m0;
        var split = new RowSplit(m, maxRows);
        int tiles = split.Count, tileColumns = 2 * TOps.Width;
        var packedA = (T*)StoragePool.Rent((m + 2 * maxRows) * k * sizeof(T), out long capacityA);
        try
        {
            int tilesPerTask = (int)Math.Max(1, (1 << 16) / (maxRows * k));
            ForTasks((tiles + tilesPerTask - 1) / tilesPerTask, task =>
            {
                int first = task * tilesPerTask, last = Math.Min(tiles, first + tilesPerTask);
                PackRows((T*)a.Data, a, m0, split, first, last, 0, k, packedA + split.Start(first) * k, k);
            });

            // Enough tasks to share among threads, and none so small that its start is felt.
            int perRowBlock = RowBlock / maxRows;
            long most = packed is null ? ColumnGroup : 4 * ColumnGroup;
            long columns = Math.Clamp((n / 16 + tileColumns - 1) / tileColumns * tileColumns, tileColumns, most);
            long columnTasks = (n + columns - 1) / columns;
            int rowTiles = columnTasks >= 8 ? tiles : perRowBlock;
            long rowTasks = (tiles + rowTiles - 1) / rowTiles;
            bool stream = packed is not null && Math.Min(m, (long)rowTiles * maxRows) * k * sizeof(T) <= StreamBytes;
            ForTasks(checked((int)(rowTasks * columnTasks)), task =>
            {
                PackBuffers buffers = t_buffers ??= new PackBuffers();
                long n0 = task % columnTasks * columns, n1 = Math.Min(n, n0 + columns);
                int first = (int)(task / columnTasks) * rowTiles, last = Math.Min(tiles, first + rowTiles);
                if (packed is null)
                {
                    for (long k0 = 0; k0 < k; k0 += InnerBlock)
                    {
                        int kc = (int)Math.Min(InnerBlock, k - k0);
                        Columns<T, TVector, TOps>(b, (T*)b.Data, n0, n1, k0, kc, split, first, last, packedA, k, k0, c, ldc, accumulate || k0 > 0, maxRows, buffers);
                    }

                    return;
                }

                var packedB = (T*)packed.Data;
                if (stream)
                {
                    for (long j = n0; j < n1; j += tileColumns)
                        for (long k0 = 0; k0 < k; k0 += InnerBlock)
                        {
                            int kc = (int)Math.Min(InnerBlock, k - k0);
                            Tiles<T, TVector, TOps>(
                                split, first, last, packedA, k, k0, kc, packedB + j * k + k0 * tileColumns, tileColumns, c + j, ldc,
                                (int)Math.Min(tileColumns, n1 - j), accumulate || k0 > 0, maxRows, buffers);
                        }

                    return;
                }

                for (int part = first; part < last; part += perRowBlock)
                    for (long k0 = 0; k0 < k; k0 += InnerBlock)
                    {
                        int kc = (int)Math.Min(InnerBlock, k - k0);
                        for (long j = n0; j < n1; j += tileColumns)
                            Tiles<T, TVector, TOps>(
                                split, part, Math.Min(last, part + perRowBlock), packedA, k, k0, kc, packedB + j * k + k0 * tileColumns, tileColumns, c + j, ldc,
                                (int)Math.Min(tileColumns, n1 - j), accumulate || k0 > 0, maxRows, buffers);
                    }
            });
        }
        finally
        {
            StoragePool.Return((byte*)packedA, capacityA);
        }
    }

    private static void ForTasks(int tasks, Action<int> body)
    {
        if (tasks == 1) body(0);
        else ParallelFor.Run(tasks, body);
    }

    /// <summary>A few columns of C, block <paramref name="k0"/> of k; B is packed here, or read where it lies.</summary>
    private static void Columns<T, TVector, TOps>(
        Operand<T> b, T* pb, long n0, long n1, long k0, int kc, RowSplit split, int first, int last, T* packedA, long lengthA, long startA,
        T* c, long ldc, bool add, int maxRows, PackBuffers buffers)
        where T : unmanaged, INumber<T> where TVector : unmanaged where TOps : struct, IVectorOps<TVector, T>
    {
        int tileColumns = 2 * TOps.Width, perRowBlock = RowBlock / maxRows;
        var packedB = (T*)buffers.B;

        // A single tile of rows reads B once: in place where its columns follow one another.
        bool inPlace = last - first == 1 && b.Rows.HasStride && (n1 - n0) % tileColumns == 0 && b.Columns.IsUnit(n0, n1 - n0);
        if (!inPlace) PackColumns(pb, b, k0, kc, n0, n1, tileColumns, packedB, (long)kc * tileColumns);
        for (int part = first; part < last; part += perRowBlock)
            for (long j = n0; j < n1; j += tileColumns)
            {
                T* panelB = inPlace ? pb + b.Rows[k0] + b.Columns[j] : packedB + (j - n0) * kc;
                long stepB = inPlace ? b.Rows[1] - b.Rows[0] : tileColumns;
                Tiles<T, TVector, TOps>(
                    split, part, Math.Min(last, part + perRowBlock), packedA, lengthA, startA, kc, panelB, stepB, c + j, ldc,
                    (int)Math.Min(tileColumns, n1 - j), add, maxRows, buffers);
            }
    }

    /// <summary>Some tiles of rows times one panel of B.</summary>
    private static void Tiles<T, TVector, TOps>(
        RowSplit split, int first, int last, T* packedA, long lengthA, long startA, int kc, T* panelB, long stepB, T* c, long ldc, int columns,
        bool add, int maxRows, PackBuffers buffers)
        where T : unmanaged, INumber<T> where TVector : unmanaged where TOps : struct, IVectorOps<TVector, T>
    {
        int tileColumns = 2 * TOps.Width;
        for (int tile = first; tile < last; tile++)
        {
            long row = split.Start(tile);
            int rows = split.Rows(tile), height = RowSplit.Height(rows);
            T* panelA = packedA + row * lengthA + startA * height;
            T* target = c + row * ldc;
            T* next = tile == last - 1 ? panelB + kc * stepB : panelB;
            if (rows == height && columns == tileColumns)
            {
                MicroKernel<T, TVector, TOps>.Run(height, kc, panelA, panelB, stepB, target, ldc, add, next);
                continue;
            }

            var part = (T*)buffers.Tile;
            MicroKernel<T, TVector, TOps>.Run(height, kc, panelA, panelB, stepB, part, tileColumns, false, next);
            for (int r = 0; r < rows; r++)
            {
                T* from = part + r * tileColumns, to = target + r * ldc;
                if (add)
                    for (int x = 0; x < columns; x++) to[x] += from[x];
                else
                    for (int x = 0; x < columns; x++) to[x] = from[x];
            }
        }
    }

    /// <summary>Packs tiles of rows, each [k, height]; only the last tile can be padded, so a tile begins at its first row's place.</summary>
    private static void PackRows<T>(T* source, Operand<T> a, long m0, RowSplit split, int first, int last, long k0, long kc, T* to, long length) where T : unmanaged
    {
        bool unit = a.Columns.IsUnit(k0, kc);
        for (int tile = first; tile < last; tile++)
        {
            long i = m0 + split.Start(tile);
            int rows = split.Rows(tile), height = RowSplit.Height(rows);
            T* panel = to + (split.Start(tile) - split.Start(first)) * length;
            if (unit && a.Rows.HasStride)
            {
                Interleave.Run(source + a.Rows[i] + a.Columns[k0], a.Rows[1] - a.Rows[0], rows, kc, panel, height);
            }
            else if (a.Rows.IsUnit(i, rows))
            {
                T* line = source + a.Rows[i];
                for (long x = 0; x < kc; x++)
                {
                    T* from = line + a.Columns[k0 + x], at = panel + x * height;
                    for (int r = 0; r < rows; r++) at[r] = from[r];
                }
            }
            else
            {
                for (int r = 0; r < rows; r++)
                {
                    T* row = source + a.Rows[i + r];
                    for (long x = 0; x < kc; x++) panel[x * height + r] = row[a.Columns[k0 + x]];
                }
            }

            for (int r = rows; r < height; r++)
                for (long x = 0; x < kc; x++) panel[x * height + r] = default;
        }
    }

    /// <summary>Packs columns into panels [k, tile] that lie <paramref name="panelStep"/> apart, the last one padded with zeros.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void PackColumns<T>(T* source, Operand<T> b, long k0, int kc, long n0, long n1, int tileColumns, T* to, long panelStep) where T : unmanaged
    {
        int count = (int)(n1 - n0);
        int panels = (count + tileColumns - 1) / tileColumns;
        if (b.Columns.IsUnit(n0, count))
        {
            int whole = count / tileColumns, bytes = tileColumns * sizeof(T);
            for (int x = 0; x < kc; x++)
            {
                T* row = source + b.Rows[k0 + x] + b.Columns[n0], at = to + (long)x * tileColumns;
                for (int p = 0; p < whole; p++)
                {
                    var from = (byte*)(row + p * tileColumns);
                    var panel = (byte*)(at + p * panelStep);
                    for (int i = 0; i < bytes; i += 32) Vector256.Load(from + i).Store(panel + i);
                }

                if (whole < panels)
                {
                    var panel = new Span<T>(at + whole * panelStep, tileColumns);
                    new ReadOnlySpan<T>(row + whole * tileColumns, count - whole * tileColumns).CopyTo(panel);
                    panel[(count - whole * tileColumns)..].Clear();
                }
            }

            return;
        }

        bool unit = b.Rows.IsUnit(k0, kc) && b.Columns.HasStride;
        for (int p = 0; p < panels; p++)
        {
            T* panel = to + p * panelStep;
            long n = n0 + (long)p * tileColumns;
            int columns = Math.Min(tileColumns, count - p * tileColumns);
            if (unit)
            {
                Interleave.Run(source + b.Rows[k0] + b.Columns[n], b.Columns[1] - b.Columns[0], columns, kc, panel, tileColumns);
            }
            else if (b.Columns.IsUnit(n, columns))
            {
                for (int x = 0; x < kc; x++)
                    new ReadOnlySpan<T>(source + b.Rows[k0 + x] + b.Columns[n], columns).CopyTo(new Span<T>(panel + (long)x * tileColumns, columns));
            }
            else
            {
                for (int j = 0; j < columns; j++)
                {
                    T* column = source + b.Columns[n + j];
                    for (int x = 0; x < kc; x++) panel[(long)x * tileColumns + j] = column[b.Rows[k0 + x]];
                }
            }

            for (int j = columns; j < tileColumns; j++)
                for (int x = 0; x < kc; x++) panel[(long)x * tileColumns + j] = default;
        }
    }

    private sealed class PackBuffers
    {
        // Room for the widest element, eight bytes; a row block holds whole tiles, of which the last two may be padded.
        public readonly byte* A = (byte*)NativeMemory.AlignedAlloc((RowBlock + 2 * TallestTile) * InnerBlock * 8, 64);
        public readonly byte* B = (byte*)NativeMemory.AlignedAlloc((ColumnGroup + 128) * InnerBlock * 8, 64);
        public readonly byte* Tile = (byte*)NativeMemory.AlignedAlloc(TallestTile * 256 * 8, 64);

        ~PackBuffers()
        {
            NativeMemory.AlignedFree(A);
            NativeMemory.AlignedFree(B);
            NativeMemory.AlignedFree(Tile);
        }
    }
}
