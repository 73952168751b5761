using TorchSharp.Autograd;
using TorchSharp.Kernels;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor sum(ScalarType? type = null) => Sum([], false, type);

        public Tensor sum(long dim, bool keepdim = false, ScalarType? type = null) => Sum([dim], keepdim, type);

        public Tensor sum(long dim0, long dim1, bool keepdim = false, ScalarType? type = null) => Sum([dim0, dim1], keepdim, type);

        public Tensor sum(long dim0, long dim1, long dim2, bool keepdim = false, ScalarType? type = null) => Sum([dim0, dim1, dim2], keepdim, type);

        public Tensor sum(long[] dim, bool keepdim = false, ScalarType? type = null) => Sum(dim, keepdim, type);

        public Tensor sum(ReadOnlySpan<long> dim, bool keepdim = false, ScalarType? type = null) => Sum(dim, keepdim, type);

        public Tensor nansum()
        {
            using Tensor cleaned = nan_to_num(0, double.PositiveInfinity, double.NegativeInfinity).DetachFromDisposeScope();
            return cleaned.sum();
        }

        public Tensor mean() => Mean([], false, null);

        public Tensor mean(long[] dimensions, bool keepdim = false, ScalarType? type = null) => Mean(dimensions, keepdim, type);

        public Tensor var(bool unbiased = true) => Var([], unbiased, false, null);

        public Tensor var(long dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => Var([dim], unbiased, keepdim, type);

        public Tensor var(long[] dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => Var(dimensions, unbiased, keepdim, type);

        public Tensor var(ReadOnlySpan<long> dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => Var(dimensions, unbiased, keepdim, type);

        public Tensor var((long, long) dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => Var([dim.Item1, dim.Item2], unbiased, keepdim, type);

        public Tensor var((long, long, long) dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => Var([dim.Item1, dim.Item2, dim.Item3], unbiased, keepdim, type);

        public Tensor std(bool unbiased = true) => Std([], unbiased, false, null);

        public Tensor std(long dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => Std([dim], unbiased, keepdim, type);

        public Tensor std(long[] dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => Std(dimensions, unbiased, keepdim, type);

        public Tensor std(ReadOnlySpan<long> dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => Std(dimensions, unbiased, keepdim, type);

        public Tensor std((long, long) dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => Std([dim.Item1, dim.Item2], unbiased, keepdim, type);

        public Tensor std((long, long, long) dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => Std([dim.Item1, dim.Item2, dim.Item3], unbiased, keepdim, type);

        public (Tensor values, Tensor indexes) max(long dim, bool keepdim = false) => Extreme("max", dim, keepdim, largest: true);

        public (Tensor values, Tensor indexes) min(long dim, bool keepdim = false) => Extreme("min", dim, keepdim, largest: false);

        public Tensor max() => Extremes("max", [], false, largest: true);

        public Tensor min() => Extremes("min", [], false, largest: false);

        public Tensor amax(params long[] dims) => Extremes("amax", dims, false, largest: true);

        public Tensor amax(long[] dims, bool keepdim = false, Tensor? @out = null) => Out(Extremes("amax", dims, keepdim, largest: true), @out);

        public Tensor amax(ReadOnlySpan<long> dims, bool keepdim = false, Tensor? @out = null) => Out(Extremes("amax", dims, keepdim, largest: true), @out);

        public Tensor amin(params long[] dims) => Extremes("amin", dims, false, largest: false);

        public Tensor amin(long[] dims, bool keepdim = false, Tensor? @out = null) => Out(Extremes("amin", dims, keepdim, largest: false), @out);

        public Tensor amin(ReadOnlySpan<long> dims, bool keepdim = false, Tensor? @out = null) => Out(Extremes("amin", dims, keepdim, largest: false), @out);

        public (Tensor min, Tensor max) aminmax(long? dim = null, bool keepdim = false)
        {
            long[] dims = dim is null ? [] : [dim.Value];
            return (Extremes("aminmax", dims, keepdim, largest: false), Extremes("aminmax", dims, keepdim, largest: true));
        }

        public Tensor argmax() => ArgExtreme("argmax", null, false, largest: true);

        public Tensor argmax(long dim, bool keepdim = false) => ArgExtreme("argmax", dim, keepdim, largest: true);

        public Tensor argmin() => ArgExtreme("argmin", null, false, largest: false);

        public Tensor argmin(long dim, bool keepdim = false) => ArgExtreme("argmin", dim, keepdim, largest: false);

        public Tensor any() => Any([], false);

        public Tensor any(long dim, bool keepdim = false) => Any([dim], keepdim);

        public Tensor all() => All([], false);

        public Tensor all(long dim, bool keepdim = false) => All([dim], keepdim);

        public Tensor count_nonzero(long[]? dims = null)
        {
            using Tensor flags = Predicate<Kernels.Operations.IsNonzero>().DetachFromDisposeScope();
            return flags.Sum(dims ?? [], false, ScalarType.Int64);
        }

        public Tensor prod(ScalarType? type = null) => Prod([], false, type);

        public Tensor prod(long dim, bool keepdim = false, ScalarType? type = null) => Prod([dim], keepdim, type);

        public Tensor logsumexp(long dim, bool keepdim = false)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor result;
            using (no_grad())
            {

                // Of no elements: the logarithm of zero.
                bool empty = _sizes.Length > 0 && _sizes[Axis(dim, "logsumexp")] == 0;
                Tensor top = empty ? sum([dim], keepdim: true) : amax([dim], keepdim: true);
                Tensor shift = Where(top.isfinite(), top, top.zeros_like());
                result = sub(shift).exp_().sum(dim, keepdim: true).log_().add_(shift);
                if (!keepdim) result = result.squeeze(dim).contiguous().detach();
            }

            if (Derivative.Wanted(this))
            {
                result.From("LogsumexpBackward0", [this], [this, result], (gradients, n) =>
                {
                    Tensor g = gradients[0]!, y = n[1];
                    if (!keepdim && n[0]._sizes.Length > 0) (g, y) = (g.unsqueeze(dim), y.unsqueeze(dim));
                    return [g.mul(n[0].sub(y).exp())];
                });
            }

            return result.MoveToOuterDisposeScope();
        }

        public Tensor norm(float p = 2) => linalg.VectorNorm(this, p, null, false);

        public Tensor norm(int dim, bool keepdim = false, float p = 2) => linalg.VectorNorm(this, p, [Axis(dim, "norm")], keepdim);

        public Tensor cumsum(long dim, ScalarType? type = null) => Cumulate(dim, type, product: false);

        public Tensor cumprod(long dim, ScalarType? type = null) => Cumulate(dim, type, product: true);

        internal static Tensor Out(Tensor result, Tensor? target)
        {
            if (target is null) return result;
            target.copy_(result);
            result.Dispose();
            return target;
        }

        private static ScalarType SumType(ScalarType type) => type.IsFloat() || type.IsComplex() ? type : ScalarType.Int64;

        private Tensor Sum(ReadOnlySpan<long> dims, bool keepdim, ScalarType? type)
        {
            ScalarType result = type ?? SumType(dtype);
            if (dtype.IsComplex() || result.IsComplex()) return ComplexSum(dims, keepdim, result);
            using Rows rows = new("sum", this, dims, result.Compute());
            Tensor y = Allocate(rows.ResultSizes(keepdim), result.Compute());
            Reduce.Sum(rows, y);
            y = y.Into(result);
            if (!Derivative.Wanted(this)) return y;
            (long[] whole, long[] over) = (_sizes, dims.ToArray());
            return y.Linear("SumBackward0", this, g => Spread(g, over, keepdim, whole));
        }

        private Tensor Mean(ReadOnlySpan<long> dims, bool keepdim, ScalarType? type)
        {
            ScalarType result = type ?? dtype;
            if (dtype.IsComplex() || result.IsComplex()) return ComplexMean(dims, keepdim, result);
            if (!result.IsFloat()) throw new TorchException("mean", $"could not infer output dtype. Input dtype must be either a floating point or complex dtype. Got: {result}");
            using Rows rows = new("mean", this, dims, result.Compute());
            Tensor y = Allocate(rows.ResultSizes(keepdim), result.Compute());
            Reduce.Mean(rows, y);
            y = y.Into(result);
            if (!Derivative.Wanted(this)) return y;
            (long[] whole, long[] over, long count) = (_sizes, dims.ToArray(), rows.Length);
            return y.Linear("MeanBackward0", this, g => Spread(g.div(count), over, keepdim, whole));
        }

        private Tensor Var(ReadOnlySpan<long> dims, bool unbiased, bool keepdim, ScalarType? type)
        {
            ScalarType result = type ?? dtype;
            if (!result.IsFloat()) throw new TorchException("var", $"std and var only support floating point and complex dtypes, got {result}");
            using Rows rows = new("var", this, dims, result.Compute());
            Tensor y = Allocate(rows.ResultSizes(keepdim), result.Compute());
            Reduce.Variance(rows, y, unbiased ? 1 : 0);
            y = y.Into(result);
            if (!Derivative.Wanted(this)) return y;
            (long[] over, double degrees) = (dims.ToArray(), Math.Max(rows.Length - (unbiased ? 1 : 0), 0));
            return y.OfInput("VarBackward0", this, (g, x) => VarianceSlope(g, x, over, keepdim, degrees));
        }

        private Tensor Std(ReadOnlySpan<long> dims, bool unbiased, bool keepdim, ScalarType? type)
        {
            Tensor y;
            using (no_grad()) y = Var(dims, unbiased, keepdim, type).sqrt_();
            if (!Derivative.Wanted(this)) return y;
            long[] over = dims.ToArray();
            double degrees = Math.Max(CountOver(over) - (unbiased ? 1 : 0), 0);
            return y.From("StdBackward0", [this], [this, y], (gradients, n) =>
            {
                // No slope where nothing varies, as in PyTorch.
                Tensor g = gradients[0]!.div(n[1].mul(2)).masked_fill(n[1].eq(0), 0);
                return [VarianceSlope(g, n[0], over, keepdim, degrees)];
            });
        }

        private static Tensor VarianceSlope(Tensor g, Tensor x, long[] over, bool keepdim, double degrees) =>
            Spread(g, over, keepdim, x._sizes).mul(x.sub(x.Mean(over, true, null)).mul(2 / degrees));

        private long CountOver(long[] dims) =>
            dims.Length == 0 ? numel() : dims.Aggregate(1L, (n, d) => n * (_sizes.Length == 0 ? 1 : _sizes[Axis(d, "var")]));

        /// <summary>The gradient of a reduction, given to each of the elements that it took.</summary>
        internal static Tensor Spread(Tensor g, long[] dims, bool keepdim, long[] sizes)
        {
            if (!keepdim && dims.Length > 0 && sizes.Length > 0)
            {
                bool[] reduced = Shapes.Axes(dims, sizes.Length, "sum");
                for (int d = 0; d < reduced.Length; d++)
                    if (reduced[d]) g = g.unsqueeze(d);
            }

            return g.expand(sizes);
        }

        private Tensor Prod(ReadOnlySpan<long> dims, bool keepdim, ScalarType? type)
        {
            ScalarType result = type ?? SumType(dtype);
            using Rows rows = new("prod", this, dims, result.Compute());
            Tensor y = Allocate(rows.ResultSizes(keepdim), result.Compute());
            Reduce.Product(rows, y);
            y = y.Into(result);
            long[] over = dims.ToArray();
            return y.OfInput("ProdBackward0", this, (g, x) =>
                over.Length == 0 ? g.mul(Others(x.reshape(-1), 0)).reshape(x._sizes)
                : x._sizes.Length == 0 ? g : Spread(g, over, keepdim, x._sizes).mul(Others(x, over[0])));
        }

        /// <summary>For each element the product of the others along the dimension; a division would fail at zeros.</summary>
        private static Tensor Others(Tensor x, long dim)
        {
            long n = x.size((int)dim);
            if (n == 0) return x;
            Tensor one = x.narrow(dim, 0, 1).ones_like();
            Tensor before = cat([one, x.narrow(dim, 0, n - 1)], dim).cumprod(dim);
            Tensor after = cat([one, x.flip(dim).narrow(dim, 0, n - 1)], dim).cumprod(dim).flip(dim);
            return before.mul(after);
        }

        private Tensor Extremes(string operation, ReadOnlySpan<long> dims, bool keepdim, bool largest)
        {
            using Rows rows = new(operation, this, dims, dtype.Compute());
            rows.RequireElements(operation);
            Tensor y = Allocate(rows.ResultSizes(keepdim), _dtype.Compute());
            Reduce.Extreme(rows, y, null, largest);
            y = y.Into(_dtype);
            if (!Derivative.Wanted(this)) return y;
            long[] over = dims.ToArray();
            return y.From(largest ? "AmaxBackward0" : "AminBackward0", [this], [this, y], (gradients, n) =>
            {
                // Equals share it evenly.
                Tensor x = n[0], there = x.eq(Spread(n[1], over, keepdim, x._sizes)).to_type(gradients[0]!.dtype);
                return [Spread(gradients[0]!, over, keepdim, x._sizes).mul(there).div(there.Sum(over, true, null))];
            });
        }

        private (Tensor Values, Tensor Indices) Extreme(string operation, long dim, bool keepdim, bool largest)
        {
            using Rows rows = new(operation, this, [dim], dtype.Compute());
            rows.RequireElements(operation);
            Tensor values = Allocate(rows.ResultSizes(keepdim), _dtype.Compute());
            Tensor indices = Allocate(rows.ResultSizes(keepdim), ScalarType.Int64);
            Reduce.Extreme(rows, values, indices, largest);
            return (Picked(values.Into(_dtype), indices, dim, keepdim, largest ? "MaxBackward0" : "MinBackward0"), indices);
        }

        private Tensor ArgExtreme(string operation, long? dim, bool keepdim, bool largest)
        {
            long[] dims = dim is null ? [] : [dim.Value];
            using Rows rows = new(operation, this, dims, dtype.Compute());
            rows.RequireElements(operation);
            using Tensor values = Allocate(rows.ResultSizes(keepdim), _dtype.Compute(), track: false);
            Tensor indices = Allocate(rows.ResultSizes(keepdim), ScalarType.Int64);
            Reduce.Extreme(rows, values, indices, largest);
            return indices;
        }

        private Tensor Any(ReadOnlySpan<long> dims, bool keepdim)
        {
            using Tensor flags = Predicate<Kernels.Operations.IsNonzero>().DetachFromDisposeScope();
            using Rows rows = new("any", flags, dims, ScalarType.Bool);
            Tensor y = Allocate(rows.ResultSizes(keepdim), _dtype == ScalarType.Byte ? ScalarType.Byte : ScalarType.Bool);
            Reduce.Any(rows, y, value: 1);
            return y;
        }

        private Tensor All(ReadOnlySpan<long> dims, bool keepdim)
        {
            using Tensor flags = Predicate<Kernels.Operations.IsNonzero>().DetachFromDisposeScope();
            using Rows rows = new("all", flags, dims, ScalarType.Bool);
            Tensor y = Allocate(rows.ResultSizes(keepdim), _dtype == ScalarType.Byte ? ScalarType.Byte : ScalarType.Bool);
            Reduce.Any(rows, y, value: 0);
            return y;
        }

        private Tensor Cumulate(long dim, ScalarType? type, bool product)
        {
            ScalarType result = type ?? SumType(dtype);
            int axis = Axis(dim, product ? "cumprod" : "cumsum");
            if (_sizes.Length == 0) return to_type(result, copy: true);
            using Tensor moved = transpose(axis, -1).DetachFromDisposeScope();
            using Tensor x = moved.AsContiguous(result.Compute());
            Tensor y = Allocate(x._sizes, result.Compute());
            Reduce.Cumulate(x, y, product);
            using Tensor done = y.Into(result);
            Tensor total = done.View(done._sizes, done._strides, 0, track: false).Transposed(axis);
            return product
                ? total.OfInput("CumprodBackward0", this, (g, x) => CumulativeProductSlope(g, x, axis))
                : total.Linear("CumsumBackward0", this, g => g.flip(axis).cumsum(axis).flip(axis));
        }

        private Tensor Transposed(int axis)
        {
            using Tensor own = this;
            (long[] sizes, long[] strides) = ((long[])_sizes.Clone(), (long[])_strides.Clone());
            (sizes[axis], sizes[^1]) = (sizes[^1], sizes[axis]);
            (strides[axis], strides[^1]) = (strides[^1], strides[axis]);
            return View(sizes, strides, _offset);
        }

        // From the back: s[k] = g[k] + x[k+1] s[k+1], times the product of what comes before k. Zeros do no harm.
        private static Tensor CumulativeProductSlope(Tensor g, Tensor x, int axis)
        {
            long n = x._sizes[axis];
            if (n == 0) return g;
            Tensor before = cat([x.narrow(axis, 0, 1).ones_like(), x.narrow(axis, 0, n - 1)], axis).cumprod(axis);
            var slopes = new Tensor[n];
            slopes[n - 1] = g.select(axis, n - 1);
            for (long k = n - 2; k >= 0; k--) slopes[k] = g.select(axis, k).add(x.select(axis, k + 1).mul(slopes[k + 1]));
            return before.mul(stack(slopes, axis));
        }

        /// <summary>Values that were taken from this tensor at the indices along a dimension.</summary>
        private Tensor Picked(Tensor values, Tensor indices, long dim, bool keepdim, string name)
        {
            if (!Derivative.Wanted(this)) return values;
            long[] whole = _sizes;
            return values.From(name, [this], [indices], (gradients, n) =>
            {
                Tensor g = gradients[0]!, at = n[0];
                if (whole.Length == 0) return [g];
                if (!keepdim) (g, at) = (g.unsqueeze(dim), at.unsqueeze(dim));
                return [TensorFactory.Zeros(whole, g.dtype, null, false).scatter_add(dim, at, g)];
            });
        }
    }
}
