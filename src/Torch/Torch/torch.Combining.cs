using TorchSharp.Autograd;
using TorchSharp.Kernels;

namespace TorchSharp;

public static partial class torch
{
    public static IEnumerable<Tensor> atleast_1d(params Tensor[] input) => Array.ConvertAll(input, t => t.atleast_1d());

    public static IEnumerable<Tensor> atleast_2d(params Tensor[] input) => Array.ConvertAll(input, t => t.atleast_2d());

    public static IEnumerable<Tensor> atleast_3d(params Tensor[] input) => Array.ConvertAll(input, t => t.atleast_3d());

    public static Tensor block_diag(params Tensor[] tensors)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor[] blocks = Array.ConvertAll(tensors, t => t.ndim <= 2
            ? t.atleast_2d()
            : throw new TorchException("block_diag", $"Input tensors must have 2 or fewer dimensions. Got shape {Shapes.Text(t._sizes)}"));
        if (blocks.Length == 0) return empty([1, 0]).MoveToOuterDisposeScope();
        ScalarType type = blocks.Select(b => b._dtype).Aggregate(Dtypes.Promote);
        long columns = blocks.Sum(b => b._sizes[1]), at = 0;
        var rows = new List<Tensor>();
        foreach (Tensor block in blocks)
        {
            long width = block._sizes[1], height = block._sizes[0];
            rows.Add(cat([zeros([height, at], type), block.to_type(type), zeros([height, columns - at - width], type)], 1));
            at += width;
        }

        return cat(rows, 0).MoveToOuterDisposeScope();
    }

    public static Tensor cartesian_prod(params Tensor[] tensors)
    {
        foreach (Tensor t in tensors)
            if (t.ndim != 1) throw new TorchException("cartesian_prod", $"Expect a 1D vector, but got shape {Shapes.Text(t._sizes)}");
        if (tensors.Length == 1) return tensors[0].alias();
        using DisposeScope scope = NewDisposeScope();
        return stack(meshgrid(tensors).Select(g => g.reshape(-1)), 1).MoveToOuterDisposeScope();
    }

    public static Tensor cartesian_prod(IList<Tensor> tensors) => cartesian_prod([.. tensors]);

    public static Tensor cartesian_prod(ReadOnlySpan<Tensor> tensors) => cartesian_prod(tensors.ToArray());

    /// <summary>All choices of r elements in order, one a row.</summary>
    public static Tensor combinations(Tensor input, int r = 2, bool with_replacement = false)
    {
        if (input.ndim != 1) throw new TorchException("combinations", $"Expect a 1D vector, but got shape {Shapes.Text(input._sizes)}");
        if (r < 0) throw new TorchException("combinations", $"Expect a non-negative number, but got {r}");
        if (r == 0) return empty([0], input._dtype);
        long n = input.numel();
        var places = new List<long>();
        var chosen = new long[r];
        Choose(0, 0);
        using DisposeScope scope = NewDisposeScope();
        return input.index_select(0, tensor(places.ToArray())).reshape(places.Count / r, r).MoveToOuterDisposeScope();

        void Choose(int depth, long from)
        {
            if (depth == r)
            {
                places.AddRange(chosen);
                return;
            }

            for (long i = from; i < n; i++)
            {
                chosen[depth] = i;
                Choose(depth + 1, with_replacement ? i : i + 1);
            }
        }
    }

    /// <summary>The p-norm of every difference of a row of x1 and a row of x2.</summary>
    public static Tensor cdist(Tensor x1, Tensor x2, double p = 2, compute_mode compute_mode = compute_mode.use_mm_for_euclid_dist_if_necessary)
    {
        const string operation = "cdist";
        if (!x1.dtype.IsFloat() || x1.dtype != x2.dtype) throw new TorchException(operation, $"only supports floating-point dtypes of one kind, X1 got: {x1._dtype}, X2 got: {x2._dtype}");
        if (x1.ndim < 2 || x2.ndim < 2) throw new TorchException(operation, $"only supports at least 2D tensors, got shapes {Shapes.Text(x1._sizes)} and {Shapes.Text(x2._sizes)}");
        if (x1._sizes[^1] != x2._sizes[^1]) throw new TorchException(operation, $"X1 and X2 must have the same number of columns. X1: {x1._sizes[^1]} X2: {x2._sizes[^1]}");
        if (p < 0) throw new TorchException(operation, $"only supports non-negative p values, got {p}");
        using DisposeScope scope = NewDisposeScope();
        long r1 = x1._sizes[^2], r2 = x2._sizes[^2];
        bool product = compute_mode == compute_mode.use_mm_for_euclid_dist || (compute_mode == compute_mode.use_mm_for_euclid_dist_if_necessary && (r1 > 25 || r2 > 25));
        if (p == 2 && product)
        {
            Tensor squares = x1.square().sum(-1).unsqueeze(-1).add(x2.square().sum(-1).unsqueeze(-2)).sub(x1.matmul(x2.mT).mul(2)).clamp_min(0);
            return Root(squares).MoveToOuterDisposeScope();
        }

        Tensor difference = x1.unsqueeze(-2).sub(x2.unsqueeze(-3));
        Tensor result = p switch
        {
            0 => difference.ne(0).to_type(x1._dtype).sum(-1),
            1 => difference.abs().sum(-1),
            2 => Root(difference.square().sum(-1)),
            double.PositiveInfinity => difference.abs().amax(-1),
            _ => difference.abs().pow(p).sum(-1).pow(1 / p),
        };
        return result.MoveToOuterDisposeScope();

        // The slope at 0 is taken to be 0, as torch does, not infinite.
        static Tensor Root(Tensor squares)
        {
            Tensor zero = squares.eq(0);
            return squares.masked_fill(zero, 1).sqrt().masked_fill(zero, 0);
        }
    }

    public static Tensor chain_matmul(params Tensor[] matrices) => linalg.multi_dot(matrices);

    public static Tensor column_stack(params Tensor[] tensors)
    {
        using DisposeScope scope = NewDisposeScope();
        return hstack(Array.ConvertAll(tensors, t => t.ndim <= 1 ? t.reshape(-1, 1) : t)).MoveToOuterDisposeScope();
    }

    public static Tensor column_stack(IList<Tensor> tensors) => column_stack([.. tensors]);

    public static Tensor column_stack(ReadOnlySpan<Tensor> tensors) => column_stack(tensors.ToArray());

    public static Tensor row_stack(params Tensor[] tensors) => vstack(tensors);

    public static Tensor row_stack(IList<Tensor> tensors) => vstack(tensors);

    public static Tensor row_stack(ReadOnlySpan<Tensor> tensors) => vstack(tensors);

    public static Tensor dstack(params Tensor[] tensors)
    {
        using DisposeScope scope = NewDisposeScope();
        return cat(Array.ConvertAll(tensors, t => t.atleast_3d()), 2).MoveToOuterDisposeScope();
    }

    public static Tensor dstack(IList<Tensor> tensors) => dstack([.. tensors]);

    public static Tensor dstack(IEnumerable<Tensor> tensors) => dstack([.. tensors]);

    public static Tensor dstack(ReadOnlySpan<Tensor> tensors) => dstack(tensors.ToArray());

    public static Tensor lu_solve(Tensor b, Tensor LU_data, Tensor LU_pivots) => linalg.lu_solve(LU_data, LU_pivots, b);

    public static (Tensor P, Tensor L, Tensor U) lu_unpack(Tensor LU_data, Tensor LU_pivots, bool unpack_data = true, bool unpack_pivots = true)
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor p, Tensor l, Tensor u) = linalg.Unpack(LU_data, LU_pivots);
        if (!unpack_pivots) p = empty(0, LU_data._dtype);
        if (!unpack_data) (l, u) = (empty(0, LU_data._dtype), empty(0, LU_data._dtype));
        return scope.MoveToOuter(p, l, u);
    }

    public static (Tensor A_LU, Tensor? pivots, Tensor? infos) lu(Tensor A, bool pivot = true, bool get_infos = false)
    {
        (Tensor factors, Tensor? pivots) = linalg.lu_factor(A, pivot);
        return (factors, pivots, get_infos ? zeros(A.shape[..^2], ScalarType.Int32) : null);
    }

    public static (Tensor res, Tensor logabsdet) slogdet(Tensor A) => linalg.slogdet(A);

    /// <summary>Where values go in a sorted sequence so that it stays sorted: before what is equal, or after it.</summary>
    public static Tensor searchsorted(Tensor sorted_sequence, Tensor values, bool out_int32 = false, bool right = false, Tensor? sorter = null)
    {
        const string operation = "searchsorted";
        long[] s = sorted_sequence.shape, v = values.shape;
        if (s.Length == 0) throw new TorchException(operation, "input sorted_sequence must be at least 1-dimensional");
        if (sorter is not null && !sorter.shape.AsSpan().SequenceEqual(s)) throw new TorchException(operation, $"boundary and sorter must have the same size, but got boundary tensor {Shapes.Text(s)} and got sorter tensor {Shapes.Text(sorter._sizes)}");
        if (s.Length > 1 && (v.Length != s.Length || !s.AsSpan(0, s.Length - 1).SequenceEqual(v.AsSpan(0, v.Length - 1))))
            throw new TorchException(operation, $"boundaries tensor should be 1 dimension or the first N-1 dimensions of boundaries tensor and input value tensor must match, but we got boundaries tensor {Shapes.Text(s)} and input value tensor {Shapes.Text(v)}");
        using IDisposable quiet = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Tensor sequence = sorter is null ? sorted_sequence : sorted_sequence.gather(-1, sorter);
        long n = s[^1], each = s.Length == 1 || v.Length == 0 ? values.numel() : v[^1];
        long[] places = sequence._dtype.IsFloat() || values._dtype.IsFloat()
            ? Search(sequence.to_type(ScalarType.Float64).data<double>().ToArray(), values.to_type(ScalarType.Float64).data<double>().ToArray(), n, each, right)
            : Search(sequence.to_type(ScalarType.Int64).data<long>().ToArray(), values.to_type(ScalarType.Int64).data<long>().ToArray(), n, each, right);
        return TensorFactory.Create<long>(places, v, out_int32 ? ScalarType.Int32 : null, null, false).MoveToOuterDisposeScope();
    }

    public static Tensor searchsorted(Tensor sorted_sequence, Scalar values, bool out_int32, bool right, Tensor sorter)
    {
        using Tensor number = Tensor.Number(values);
        return searchsorted(sorted_sequence, number, out_int32, right, sorter);
    }

    /// <summary>Counts in bins, and the edges of the bins.</summary>
    public static (Tensor hist, Tensor bin_edges) histogram(Tensor input, long bins, (double, double)? range = null, Tensor? weight = null, bool density = false)
    {
        const string operation = "histogram";
        if (bins <= 0) throw new TorchException(operation, $"bins must be > 0, got {bins}");
        if (!input.dtype.IsFloat()) throw new TorchException(operation, $"not implemented for {input._dtype}");
        using DisposeScope scope = NewDisposeScope();
        double[] values = input.detach().to_type(ScalarType.Float64).data<double>().ToArray();
        (double low, double high) = range ?? (values.Length == 0 ? (0, 1) : (values.Min(), values.Max()));
        if (low > high) throw new TorchException(operation, $"min should not exceed max, but got min {low} max {high}");
        if (!double.IsFinite(low) || !double.IsFinite(high)) throw new TorchException(operation, $"range of [{low}, {high}] is not finite");
        if (low == high) (low, high) = (low - 0.5, high + 0.5);
        double[] counts = Tensor.Histogram(values, weight?.detach().to_type(ScalarType.Float64).data<double>().ToArray(), low, high, (int)bins);
        Tensor edges = linspace(low, high, bins + 1, input._dtype);
        return scope.MoveToOuter(Density(tensor(counts, input._dtype), edges, density), edges);
    }

    public static (Tensor hist, Tensor bin_edges) histogram(Tensor input, Tensor bins, Tensor? weight = null, bool density = false)
    {
        using DisposeScope scope = NewDisposeScope();
        if (bins.ndim != 1 || bins.numel() < 1 || bins.dtype != input.dtype) throw new TorchException("histogram", $"bins tensor should be a sequence of edges of type {input._dtype}, got {bins._dtype} of shape {Shapes.Text(bins._sizes)}");
        Tensor flat = input.detach().reshape(-1);
        long n = bins.numel() - 1;
        Tensor place = searchsorted(bins, flat, right: true).sub(1);
        place = where(flat.eq(bins[n]), full([], n - 1, ScalarType.Int64), place);
        Tensor inside = place.ge(0).logical_and(place.lt(n)).logical_and(flat.isnan().logical_not());
        Tensor amounts = (weight is null ? ones_like(flat) : weight.detach().reshape(-1)).mul(inside);
        Tensor counts = zeros([n], input._dtype).scatter_add_(0, place.clamp(0, Math.Max(n - 1, 0)), amounts);
        return scope.MoveToOuter(Density(counts, bins, density), bins.clone());
    }

    private static Tensor Density(Tensor counts, Tensor edges, bool density) =>
        density ? counts.div(counts.sum()).div(edges.diff()) : counts;

    private static long[] Search<T>(T[] sequence, T[] values, long n, long each, bool right) where T : IComparable<T>
    {
        var places = new long[values.Length];
        for (long i = 0; i < values.Length; i++)
        {
            long start = sequence.Length == n ? 0 : i / each * n, low = 0, high = n;
            while (low < high)
            {
                long middle = (low + high) / 2;
                T at = sequence[start + middle];

                // NaN counts as the largest, as in sort.
                int c = IsNaN(at) ? (IsNaN(values[i]) ? 0 : 1) : IsNaN(values[i]) ? -1 : at.CompareTo(values[i]);
                if (right ? c <= 0 : c < 0) low = middle + 1;
                else high = middle;
            }

            places[i] = low;
        }

        return places;

        static bool IsNaN(T value) => value is double.NaN;
    }
}
