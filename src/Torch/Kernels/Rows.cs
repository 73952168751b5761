using static TorchSharp.torch;

namespace TorchSharp.Kernels;

/// <summary>
/// A tensor seen as a matrix whose rows are what a reduction takes together: a view where the layout allows it, a
/// copy otherwise. Where the reduced dimensions lie outside the kept ones in memory, it is seen by columns instead.
/// </summary>
internal sealed class Rows : IDisposable
{
    private readonly long[] _sizes;
    private readonly bool[] _reduced;
    private readonly Tensor _data;

    public Rows(string operation, Tensor x, ReadOnlySpan<long> dims, ScalarType type)
    {
        x.ThrowIfInvalid();
        int rank = x._sizes.Length;
        _sizes = x._sizes;
        _reduced = new bool[Math.Max(rank, 1)];
        if (dims.Length == 0) Array.Fill(_reduced, true);
        else _reduced = Shapes.Axes(dims, rank, operation);

        var kept = new List<int>();
        var taken = new List<int>();
        for (int d = 0; d < rank; d++) (_reduced[d] ? taken : kept).Add(d);
        Count = 1;
        Length = 1;
        foreach (int d in kept) Count *= _sizes[d];
        foreach (int d in taken) Length *= _sizes[d];

        using Tensor inType = x.As(type);
        if (taken.Count > 0 && kept.Count > 0 && kept[0] > taken[^1] && inType.is_contiguous())
        {
            ByColumns = true;
            _data = inType.Untracked();
            return;
        }

        int[] order = [.. kept, .. taken];
        using Tensor permuted = inType.View(
            Array.ConvertAll(order, d => inType._sizes[d]), Array.ConvertAll(order, d => inType._strides[d]), inType._offset, track: false);
        _data = permuted.AsContiguous(type);
    }

    /// <summary>The number of results.</summary>
    public long Count { get; }

    /// <summary>The number of elements in each.</summary>
    public long Length { get; }

    /// <summary>True where element i of result r lies at i · Count + r, false where it lies at r · Length + i.</summary>
    public bool ByColumns { get; }

    public Tensor Data => _data;

    public long[] ResultSizes(bool keepdim)
    {
        var sizes = new List<long>();
        for (int d = 0; d < _sizes.Length; d++)
            if (!_reduced[d]) sizes.Add(_sizes[d]);
            else if (keepdim) sizes.Add(1);
        return sizes.ToArray();
    }

    public void RequireElements(string operation)
    {
        if (Length == 0) throw new TorchException(operation, $"cannot reduce over no elements (shape {Shapes.Text(_sizes)}): the operation has no identity");
    }

    public void Dispose() => _data.Dispose();
}
