using System.Numerics;
using TorchSharp.Kernels;

namespace TorchSharp;

public static partial class torch
{
    public unsafe partial class Tensor
    {
        /// <summary>The different elements (or slices along <paramref name="dim"/>) in ascending order, where each went, and how many there were.</summary>
        public (Tensor output, Tensor? inverse_indices, Tensor? counts) unique(bool sorted = true, bool return_inverse = false, bool return_counts = false, int? dim = null) =>
            Distinct("unique", sort: true, return_inverse, return_counts, dim);

        /// <summary>As <see cref="unique"/>, of neighbours that are equal.</summary>
        public (Tensor output, Tensor? inverse_indices, Tensor? counts) unique_consecutive(bool return_inverse = false, bool return_counts = false, int? dim = null) =>
            Distinct("unique_consecutive", sort: false, return_inverse, return_counts, dim);

        public Tensor bincount(Tensor? weights, long minlength = 0)
        {
            const string operation = "bincount";
            if (dtype is ScalarType.Bool || !_dtype.IsInteger() || ndim != 1) throw new TorchException(operation, $"only supports 1-d non-negative integral inputs, got {_dtype} of shape {Shapes.Text(_sizes)}");
            if (minlength < 0) throw new TorchException(operation, $"minlength should be >= 0, got {minlength}");
            if (weights is not null && !weights.shape.AsSpan().SequenceEqual(_sizes)) throw new TorchException(operation, $"weights should be 1-d and have the same length as input, got {Shapes.Text(weights._sizes)} and {Shapes.Text(_sizes)}");
            using Tensor places = AsContiguous(ScalarType.Int64);
            var at = new ReadOnlySpan<long>(places.Bytes, checked((int)places.numel()));
            long bins = minlength;
            foreach (long i in at)
            {
                if (i < 0) throw new TorchException(operation, $"only supports 1-d non-negative integral inputs, got the element {i}");
                bins = Math.Max(bins, i + 1);
            }

            if (weights is null)
            {
                Tensor counts = TensorFactory.Zeros([bins], ScalarType.Int64, null, false);
                long* to = (long*)counts.Bytes;
                foreach (long i in at) to[i]++;
                GC.KeepAlive(places);
                return counts;
            }

            using DisposeScope scope = NewDisposeScope();
            ScalarType type = weights._dtype == ScalarType.Float32 ? ScalarType.Float32 : ScalarType.Float64;
            return TensorFactory.Zeros([bins], type, null, false).scatter_add_(0, places.to_type(ScalarType.Int64), weights.detach().to_type(type)).MoveToOuterDisposeScope();
        }

        public Tensor bucketize(Tensor boundaries, bool outInt32 = false, bool right = false)
        {
            if (boundaries.ndim != 1) throw new TorchException("bucketize", $"boundaries tensor must be 1 dimension, but got dim({boundaries.ndim})");
            return torch.searchsorted(boundaries, this, outInt32, right);
        }

        /// <summary>How many elements lie in each of equally wide bins between two bounds, or between the extremes if both bounds are 0.</summary>
        public Tensor histc(long bins = 100, long min = 0, long max = 0)
        {
            if (bins <= 0) throw new TorchException("histc", $"bins must be > 0, got {bins}");
            if (!dtype.IsFloat()) throw new TorchException("histc", $"not implemented for {_dtype}");
            if (min > max) throw new TorchException("histc", $"max must be larger than min, got min {min} and max {max}");
            using DisposeScope scope = NewDisposeScope();
            double[] values = detach().to_type(ScalarType.Float64).data<double>().ToArray();
            (double low, double high) = (min, max);
            if (low == high && values.Length > 0) (low, high) = (values.Min(), values.Max());
            if (low == high) (low, high) = (low - 1, high + 1);
            if (!double.IsFinite(low) || !double.IsFinite(high)) throw new TorchException("histc", $"range of [{low}, {high}] is not finite");
            double[] counts = Histogram(values, null, low, high, (int)bins);
            return torch.tensor(counts, _dtype).MoveToOuterDisposeScope();
        }

        internal static double[] Histogram(double[] values, double[]? weights, double low, double high, int bins)
        {
            var counts = new double[bins];
            for (int i = 0; i < values.Length; i++)
            {
                if (!(values[i] >= low && values[i] <= high)) continue;
                int bin = Math.Min((int)((values[i] - low) / (high - low) * bins), bins - 1);
                counts[bin] += weights?[i] ?? 1;
            }

            return counts;
        }

        public Tensor masked_scatter(Tensor mask, Tensor value)
        {
            using DisposeScope scope = NewDisposeScope();
            long[] sizes = Shapes.Broadcast("masked_scatter", shape, mask.shape);
            return expand(sizes).Scattered(mask.expand(sizes), value).MoveToOuterDisposeScope();
        }

        public Tensor masked_scatter_(Tensor mask, Tensor value) => InPlace("masked_scatter_", x => x.Scattered(mask.expand(x._sizes), value), value);

        /// <summary>The most frequent value along a dimension, the smallest of several, and where it stands last.</summary>
        public (Tensor values, Tensor indices) mode(long dim = -1, bool keepdim = false)
        {
            int axis = Axis(dim, "mode");
            using DisposeScope scope = NewDisposeScope();
            if (_sizes.Length == 0) return scope.MoveToOuter(clone(), zeros([], ScalarType.Int64));
            long n = _sizes[axis];
            if (n == 0) throw new TorchException("mode", $"Expected reduction dim {axis} to have non-zero size, got shape {Shapes.Text(_sizes)}");
            Tensor order;
            double[] sorted;
            using (no_grad())
            {
                (Tensor values, order) = sort(axis);
                sorted = values.transpose(axis, -1).to_type(ScalarType.Float64).data<double>().ToArray();
            }

            long[] places = order.transpose(axis, -1).data<long>().ToArray();
            long rows = sorted.Length / n;
            var found = new long[rows];
            for (long r = 0; r < rows; r++)
            {
                long best = 0, run = 0;
                for (long i = 0; i < n; i++)
                {
                    run = i > 0 && sorted[r * n + i].Equals(sorted[r * n + i - 1]) ? run + 1 : 1;
                    if (run <= best) continue;
                    best = run;
                    found[r] = places[r * n + i];
                }
            }

            long[] sizes = [.. Without(order.transpose(axis, -1)._sizes, _sizes.Length - 1), 1];
            Tensor at = torch.tensor(found, sizes).transpose(axis, -1);
            Tensor picked = gather(axis, at);
            return keepdim ? scope.MoveToOuter(picked, at.contiguous()) : scope.MoveToOuter(picked.squeeze(axis), at.squeeze(axis).contiguous());
        }

        public IList<Tensor> nonzero_as_list()
        {
            using DisposeScope scope = NewDisposeScope();
            return torch.where(ne(0)).Select(t => t.MoveToOuterDisposeScope()).ToArray();
        }

        private Tensor Scattered(Tensor mask, Tensor value)
        {
            if (mask.dtype != ScalarType.Bool) throw new TorchException("masked_scatter", $"masked_scatter_ only supports boolean masks, but got mask with dtype {mask._dtype}");
            SameType("masked_scatter", value);
            using DisposeScope scope = NewDisposeScope();
            Tensor places = mask.reshape(-1).nonzero().squeeze(1);
            long count = places.numel();
            if (count > value.numel()) throw new TorchException("masked_scatter", $"Number of elements of source < number of ones in mask: {value.numel()} < {count}");
            return reshape(-1).index_copy(0, places, value.reshape(-1).narrow(0, 0, count)).reshape(_sizes).MoveToOuterDisposeScope();
        }

        private (Tensor Output, Tensor? Inverse, Tensor? Counts) Distinct(string operation, bool sort, bool withInverse, bool withCounts, int? dim)
        {
            using IDisposable quiet = no_grad();
            using DisposeScope scope = NewDisposeScope();
            int axis = dim is null ? 0 : Axis(dim.Value, operation);
            Tensor rows = dim is null ? reshape(-1, 1) : movedim([axis], [0]).reshape(_sizes[axis], -1);
            long n = rows._sizes[0], width = rows._sizes[1];
            using Tensor x = rows.AsContiguous(_dtype.Compute());
            Comparison<int> compare = x._dtype switch
            {
                ScalarType.Float32 => RowOrder<float>(x, width),
                ScalarType.Float64 => RowOrder<double>(x, width),
                ScalarType.Int64 => RowOrder<long>(x, width),
                ScalarType.Int32 => RowOrder<int>(x, width),
                ScalarType.Int16 => RowOrder<short>(x, width),
                ScalarType.Int8 => RowOrder<sbyte>(x, width),
                ScalarType.Byte or ScalarType.Bool => RowOrder<byte>(x, width),
                _ => throw Dtypes.Unsupported(_dtype),
            };
            int[] order = Enumerable.Range(0, checked((int)n)).ToArray();
            if (sort)
            {
                Array.Sort(order, (a, b) =>
                {
                    int c = compare(a, b);
                    return c != 0 ? c : a.CompareTo(b);
                });
            }

            var firsts = new List<long>();
            var counts = new List<long>();
            var inverse = new long[n];
            for (int i = 0; i < order.Length; i++)
            {
                // NaN is unlike itself, as in torch.
                if (i == 0 || compare(order[i - 1], order[i]) != 0 || HasNaN(x, order[i], width))
                {
                    firsts.Add(order[i]);
                    counts.Add(0);
                }

                counts[^1]++;
                inverse[order[i]] = firsts.Count - 1;
            }

            GC.KeepAlive(x);
            Tensor at = torch.tensor(firsts.ToArray());
            Tensor output = dim is null ? reshape(-1).index_select(0, at) : index_select(axis, at);
            Tensor? back = withInverse ? torch.tensor(inverse, dim is null ? _sizes : [n]).MoveToOuterDisposeScope() : null;
            Tensor? many = withCounts ? torch.tensor(counts.ToArray()).MoveToOuterDisposeScope() : null;
            return (output.MoveToOuterDisposeScope(), back, many);
        }

        private static Comparison<int> RowOrder<T>(Tensor x, long width) where T : unmanaged, INumber<T>
        {
            return (a, b) =>
            {
                T* p = (T*)x.Bytes + a * width, q = (T*)x.Bytes + b * width;
                for (long i = 0; i < width; i++)
                {
                    int c = Compare(p[i], q[i]);
                    if (c != 0) return c;
                }

                return 0;
            };
        }

        private static bool HasNaN(Tensor x, long row, long width)
        {
            if (!x._dtype.IsFloat()) return false;
            for (long i = 0; i < width; i++)
                if (x._dtype == ScalarType.Float32 ? float.IsNaN(((float*)x.Bytes)[row * width + i]) : double.IsNaN(((double*)x.Bytes)[row * width + i])) return true;
            return false;
        }
    }
}
