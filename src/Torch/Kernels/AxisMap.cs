namespace TorchSharp.Kernels;

/// <summary>
/// Several dimensions taken as one: index to offset by a single stride where they merge, by a table where not.
/// </summary>
internal readonly struct AxisMap
{
    private readonly long _stride;
    private readonly long[]? _table;

    public AxisMap(long count, long stride)
    {
        Count = count;
        _stride = stride;
    }

    public AxisMap(ReadOnlySpan<long> sizes, ReadOnlySpan<long> strides)
    {
        Count = Shapes.Count(sizes);
        long expected = 0;
        bool merges = true, any = false;
        for (int d = sizes.Length - 1; d >= 0; d--)
        {
            if (sizes[d] == 1) continue;
            if (!any) _stride = strides[d];
            else merges &= strides[d] == expected;
            any = true;
            expected = strides[d] * sizes[d];
        }

        if (merges || Count == 0) return;
        _table = new long[Count];
        long done = 1;
        for (int d = sizes.Length - 1; d >= 0; d--)
        {
            for (long i = 1; i < sizes[d]; i++)
                for (long j = 0; j < done; j++) _table[i * done + j] = _table[j] + i * strides[d];
            done *= sizes[d];
        }
    }

    public long Count { get; }

    /// <summary>True when all steps from an index to the next are the same.</summary>
    public bool HasStride => _table is null;

    public long this[long i] => _table is null ? i * _stride : _table[i];

    /// <summary>True when the offsets of <paramref name="count"/> indices from <paramref name="start"/> follow one another.</summary>
    public bool IsUnit(long start, long count) =>
        _table is null ? _stride == 1 || count == 1 : HasUnitSteps(start, count);

    private bool HasUnitSteps(long start, long count)
    {
        for (long i = start + 1; i < start + count; i++)
            if (_table![i] != _table[i - 1] + 1) return false;
        return true;
    }
}
