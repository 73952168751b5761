namespace CircuitSpecs.Transformer;

/// <summary>
/// Results that several measurements of one model share: mean activations, clean read-outs, tables of head scores.
/// Bounded: what was not used for longest goes first. Dropped tensors are left to the collector, since somebody may
/// still be reading them.
/// </summary>
internal sealed class ModelMemo(long capacity)
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, LinkedListNode<Entry>> entries = new(StringComparer.Ordinal);
    private readonly LinkedList<Entry> byAge = new();
    private long held;

    /// <summary>Whether a result of this size would be kept.</summary>
    public bool Fits(long bytes) => bytes <= capacity / 2;

    /// <summary>Gives the kept result, or makes and keeps it.</summary>
    /// <param name="key">Says everything that the result depends on, apart from the model.</param>
    /// <param name="make">Makes it.</param>
    /// <param name="bytesOf">Its size.</param>
    public T GetOrAdd<T>(string key, Func<T> make, Func<T, long> bytesOf)
        where T : class
    {
        lock (gate)
        {
            if (entries.TryGetValue(key, out LinkedListNode<Entry>? node))
            {
                byAge.Remove(node);
                byAge.AddFirst(node);
                return (T)node.Value.Result;
            }
        }

        T result = make();
        long bytes = bytesOf(result);
        if (!Fits(bytes))
        {
            return result;
        }

        lock (gate)
        {
            if (!entries.ContainsKey(key))
            {
                entries[key] = byAge.AddFirst(new Entry(key, result, bytes));
                held += bytes;
            }

            while (held > capacity && byAge.Last is { } oldest)
            {
                byAge.RemoveLast();
                entries.Remove(oldest.Value.Key);
                held -= oldest.Value.Bytes;
            }
        }

        return result;
    }

    private sealed record Entry(string Key, object Result, long Bytes);
}
