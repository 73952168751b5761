using TorchSharp.Storage;

namespace TorchSharp.Kernels;

/// <summary>
/// What was packed from views of one storage, so that weights are packed once and not at every product. A view is packed
/// when it is seen in a product for the second time without a write in between; one that keeps being written (weights
/// in training) has to be seen more often. All packed forms of the process together have a limit.
/// </summary>
/// <remarks>A write through a span that was handed out before the view was packed is not noticed.</remarks>
internal sealed class PackedForms : IDisposable
{
    private const long SmallestElements = 1 << 14;
    private const int MostViews = 16;
    private const int MostPatience = 8;

    private static readonly long Limit = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4;
    private static long s_held;

    private readonly Lock _gate = new();
    private readonly List<Entry> _entries = [];

    /// <summary>The packed form of an operand that is a view of the storage, if it is worth having one.</summary>
    public static PackedMatrix? Of<T>(TensorStorage storage, long offset, Gemm.Operand<T> b) where T : unmanaged
    {
        long k = b.Rows.Count, n = b.Columns.Count;
        if (b.Batch.Count != 1 || k * n < SmallestElements || !b.Rows.HasStride || !b.Columns.HasStride) return null;
        var key = new Key(offset, k, n, b.Rows[1] - b.Rows[0], b.Columns[1] - b.Columns[0]);
        return storage.Packed.Find(key, storage.Stamp, b);
    }

    public void Dispose()
    {
        lock (_gate)
        {
            foreach (Entry entry in _entries) Drop(entry);
            _entries.Clear();
        }
    }

    private PackedMatrix? Find<T>(Key key, long stamp, Gemm.Operand<T> b) where T : unmanaged
    {
        lock (_gate)
        {
            Entry? entry = null;
            foreach (Entry candidate in _entries)
                if (candidate.Key == key) entry = candidate;
            if (entry is null)
            {
                if (_entries.Count == MostViews) return null;
                _entries.Add(entry = new Entry(key) { Stamp = stamp });
            }

            if (entry.Stamp != stamp)
            {
                entry.Stamp = stamp;
                entry.Seen = 0;
                entry.Patience = Math.Min(entry.Patience + 1, MostPatience);

                // Not back to the pool at once: another thread may be reading it still.
                entry.Packed = null;
                Interlocked.Add(ref s_held, -entry.Bytes);
                entry.Bytes = 0;
            }

            if (entry.Packed is not null || ++entry.Seen < entry.Patience) return entry.Packed;
            long bytes = PackedMatrix.BytesFor<T>(key.K, key.N);
            if (Interlocked.Add(ref s_held, bytes) > Limit)
            {
                Interlocked.Add(ref s_held, -bytes);
                return null;
            }

            entry.Bytes = bytes;
            return entry.Packed = Gemm.Pack(b);
        }
    }

    private static void Drop(Entry entry)
    {
        entry.Packed?.Dispose();
        entry.Packed = null;
        Interlocked.Add(ref s_held, -entry.Bytes);
        entry.Bytes = 0;
    }

    private readonly record struct Key(long Offset, long K, long N, long StepK, long StepN);

    private sealed class Entry(Key key)
    {
        public Key Key { get; } = key;

        public long Stamp { get; set; }

        public int Seen { get; set; }

        public int Patience { get; set; } = 2;

        public long Bytes { get; set; }

        public PackedMatrix? Packed { get; set; }
    }
}
