namespace CircuitSpecs.Analysis;

/// <summary>The largest values of a stream, in a heap. Of equal values those with the smaller number stay, so that the order in which batches come does not matter.</summary>
internal sealed class TopValues<T>(int capacity)
{
    private readonly PriorityQueue<(T Item, double Value, long Number), (double Value, long Number)> heap = new(Comparer<(double Value, long Number)>.Create(
        (left, right) => left.Value != right.Value ? left.Value.CompareTo(right.Value) : right.Number.CompareTo(left.Number)));

    /// <summary>Whether a value could be among the largest.</summary>
    public bool Admits(double value) => heap.Count < capacity || value >= heap.Peek().Value;

    /// <summary>Adds a value.</summary>
    /// <param name="value">The value.</param>
    /// <param name="number">Where it stands in the stream.</param>
    /// <param name="item">What it belongs to.</param>
    public void Add(double value, long number, T item)
    {
        heap.Enqueue((item, value, number), (value, number));
        if (heap.Count > capacity)
        {
            heap.Dequeue();
        }
    }

    /// <summary>The items, the largest first.</summary>
    public IEnumerable<T> Descending() => heap.UnorderedItems.Select(pair => pair.Element).OrderByDescending(entry => entry.Value).ThenBy(entry => entry.Number).Select(entry => entry.Item);
}
