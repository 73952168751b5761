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
            using Tensor cleaned = nan_to_num().DetachFromDisposeScope();
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

        public Tensor std(bool unbiased = true) => Var([], unbiased, false, null).sqrt_();

        public Tensor std(long dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => Var([dim], unbiased, keepdim, type).sqrt_();

        public Tensor std(long[] dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => Var(dimensions, unbiased, keepdim, type).sqrt_();

        public Tensor std(ReadOnlySpan<long> dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => Var(dimensions, unbiased, keepdim, type).sqrt_();

        public Tensor std((long, long) dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => var(dim, unbiased, keepdim, type).sqrt_();

        public Tensor std((long, long, long) dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => var(dim, unbiased, keepdim, type).sqrt_();

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
            Tensor top = amax([dim], keepdim: true);
            Tensor shift = Where(top.isfinite(), top, top.zeros_like());
            Tensor result = sub(shift).exp_().sum(dim, keepdim: true).log_().add_(shift);
            return (keepdim ? result : result.squeeze(dim)).MoveToOuterDisposeScope();
        }

        public Tensor norm(float p = 2) => linalg.VectorNorm(this, p, null, false);

        public Tensor norm(int dim, bool keepdim = false, float p = 2) => linalg.VectorNorm(this, p, [dim], keepdim);

        public Tensor cumsum(long dim, ScalarType? type = null) => Cumulate(dim, type, product: false);

        public Tensor cumprod(long dim, ScalarType? type = null) => Cumulate(dim, type, product: true);

        internal static Tensor Out(Tensor result, Tensor? target)
        {
            if (target is null) return result;
            target.copy_(result);
            result.Dispose();
            return target;
        }

        private static ScalarType SumType(ScalarType type) => type.IsFloat() ? type : ScalarType.Int64;

        private Tensor Sum(ReadOnlySpan<long> dims, bool keepdim, ScalarType? type)
        {
            ScalarType result = type ?? SumType(dtype);
            using Rows rows = new("sum", this, dims, result.Compute());
            Tensor y = Allocate(rows.ResultSizes(keepdim), result.Compute());
            Reduce.Sum(rows, y);
            return y.Into(result);
        }

        private Tensor Mean(ReadOnlySpan<long> dims, bool keepdim, ScalarType? type)
        {
            ScalarType result = type ?? dtype;
            if (!result.IsFloat()) throw new TorchException("mean", $"could not infer output dtype. Input dtype must be either a floating point or complex dtype. Got: {result}");
            using Rows rows = new("mean", this, dims, result.Compute());
            Tensor y = Allocate(rows.ResultSizes(keepdim), result.Compute());
            Reduce.Mean(rows, y);
            return y.Into(result);
        }

        private Tensor Var(ReadOnlySpan<long> dims, bool unbiased, bool keepdim, ScalarType? type)
        {
            ScalarType result = type ?? dtype;
            if (!result.IsFloat()) throw new TorchException("var", $"std and var only support floating point and complex dtypes, got {result}");
            using Rows rows = new("var", this, dims, result.Compute());
            Tensor y = Allocate(rows.ResultSizes(keepdim), result.Compute());
            Reduce.Variance(rows, y, unbiased ? 1 : 0);
            return y.Into(result);
        }

        private Tensor Prod(ReadOnlySpan<long> dims, bool keepdim, ScalarType? type)
        {
            ScalarType result = type ?? SumType(dtype);
            using Rows rows = new("prod", this, dims, result.Compute());
            Tensor y = Allocate(rows.ResultSizes(keepdim), result.Compute());
            Reduce.Product(rows, y);
            return y.Into(result);
        }

        private Tensor Extremes(string operation, ReadOnlySpan<long> dims, bool keepdim, bool largest)
        {
            using Rows rows = new(operation, this, dims, dtype.Compute());
            rows.RequireElements(operation);
            Tensor y = Allocate(rows.ResultSizes(keepdim), _dtype.Compute());
            Reduce.Extreme(rows, y, null, largest);
            return y.Into(_dtype);
        }

        private (Tensor Values, Tensor Indices) Extreme(string operation, long dim, bool keepdim, bool largest)
        {
            using Rows rows = new(operation, this, [dim], dtype.Compute());
            rows.RequireElements(operation);
            Tensor values = Allocate(rows.ResultSizes(keepdim), _dtype.Compute());
            Tensor indices = Allocate(rows.ResultSizes(keepdim), ScalarType.Int64);
            Reduce.Extreme(rows, values, indices, largest);
            return (values.Into(_dtype), indices);
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
            Tensor y = Allocate(rows.ResultSizes(keepdim), ScalarType.Bool);
            Reduce.Any(rows, y, value: 1);
            return y;
        }

        private Tensor All(ReadOnlySpan<long> dims, bool keepdim)
        {
            using Tensor flags = Predicate<Kernels.Operations.IsNonzero>().DetachFromDisposeScope();
            using Rows rows = new("all", flags, dims, ScalarType.Bool);
            Tensor y = Allocate(rows.ResultSizes(keepdim), ScalarType.Bool);
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
            return done.transpose(axis, -1);
        }
    }
}
