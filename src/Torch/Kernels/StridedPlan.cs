using TorchSharp.Threading;
using static TorchSharp.torch;

namespace TorchSharp.Kernels;

/// <summary>
/// The common iteration space of an output (operand 0) and its broadcast inputs: dimensions ordered so that memory is
/// walked forwards, neighbours merged where all operands allow it.
/// </summary>
internal sealed unsafe class StridedPlan
{
    private readonly long[] _sizes;
    private readonly long[][] _strides;

    public StridedPlan(params Tensor[] operands)
    {
        long[] shape = operands[0]._sizes;
        var strides = new long[operands.Length][];
        for (int i = 0; i < operands.Length; i++)
            strides[i] = Shapes.Expand("broadcast", operands[i]._sizes, operands[i]._strides, shape);

        int[] order = MemoryOrder(shape, strides);
        var sizes = new List<long>();
        var merged = new List<long>[operands.Length];
        for (int i = 0; i < operands.Length; i++) merged[i] = [];

        // From the fastest dimension outwards.
        foreach (int d in order)
        {
            if (shape[d] == 1) continue;
            bool joins = sizes.Count > 0;
            for (int i = 0; joins && i < operands.Length; i++) joins = merged[i][^1] * sizes[^1] == strides[i][d];
            if (joins)
            {
                sizes[^1] *= shape[d];
                continue;
            }

            sizes.Add(shape[d]);
            for (int i = 0; i < operands.Length; i++) merged[i].Add(strides[i][d]);
        }

        if (sizes.Count == 0)
        {
            sizes.Add(Shapes.Count(shape));
            for (int i = 0; i < operands.Length; i++) merged[i].Add(1);
        }

        _sizes = sizes.ToArray();
        _strides = Array.ConvertAll(merged, m => m.ToArray());
    }

    public long Inner(int operand) => _strides[operand][0];

    public int Rank => _sizes.Length;

    public long Size(int dim) => _sizes[dim];

    public long Stride(int operand, int dim) => _strides[operand][dim];

    public delegate void RunBody(long* offsets, int count);

    /// <summary>Calls <paramref name="body"/> for each run along the fastest dimension with the operands' offsets.</summary>
    public void ForRuns(long grain, RunBody body)
    {
        long total = Shapes.Count(_sizes);
        if (total == 0) return;
        if (total <= grain)
        {
            Walk(0, total, body);
            return;
        }

        // Whole runs where they are short, so that a piece never begins in the middle of one.
        long piece = _sizes[0] <= grain ? Math.Max(grain / _sizes[0], 1) * _sizes[0] : grain;
        int pieces = checked((int)((total + piece - 1) / piece));
        ParallelFor.Run(pieces, i => Walk(i * piece, Math.Min(piece, total - i * piece), body));
    }

    /// <summary>Dimensions from fastest to slowest: by the strides of the first operand in which two of them differ.</summary>
    public static int[] MemoryOrder(ReadOnlySpan<long> shape, long[][] strides)
    {
        var order = new int[shape.Length];
        for (int i = 0; i < order.Length; i++) order[i] = shape.Length - 1 - i;
        for (int i = 1; i < order.Length; i++)
        {
            int at = i;
            for (int j = i - 1; j >= 0; j--)
            {
                int compared = Compare(shape, strides, order[j], order[at]);
                if (compared > 0)
                {
                    (order[j], order[at]) = (order[at], order[j]);
                    at = j;
                }
                else if (compared < 0)
                {
                    break;
                }
            }
        }

        return order;
    }

    private static int Compare(ReadOnlySpan<long> shape, long[][] strides, int a, int b)
    {
        foreach (long[] s in strides)
        {
            if (s[a] == 0 || s[b] == 0) continue;
            if (s[a] != s[b]) return s[a] < s[b] ? -1 : 1;
            if (shape[a] > shape[b]) return 1;
        }

        return 0;
    }

    private void Walk(long start, long count, RunBody body)
    {
        int operands = _strides.Length, rank = _sizes.Length;
        long* index = stackalloc long[rank];
        long* offsets = stackalloc long[operands];
        long rest = start;
        for (int d = 0; d < rank; d++)
        {
            index[d] = rest % _sizes[d];
            rest /= _sizes[d];
        }

        for (int i = 0; i < operands; i++)
        {
            offsets[i] = 0;
            for (int d = 0; d < rank; d++) offsets[i] += index[d] * _strides[i][d];
        }

        while (true)
        {
            int run = (int)Math.Min(Math.Min(_sizes[0] - index[0], count), 1 << 30);
            body(offsets, run);
            count -= run;
            if (count == 0) return;
            index[0] += run;
            for (int i = 0; i < operands; i++) offsets[i] += run * _strides[i][0];
            for (int d = 0; d < rank - 1 && index[d] == _sizes[d]; d++)
            {
                index[d] = 0;
                index[d + 1]++;
                for (int i = 0; i < operands; i++) offsets[i] += _strides[i][d + 1] - _sizes[d] * _strides[i][d];
            }
        }
    }
}
