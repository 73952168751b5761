using TorchSharp.Autograd;
using TorchSharp.Kernels;

namespace TorchSharp;

public static partial class torch
{
    public unsafe partial class Tensor
    {
        public Tensor nanmean(int? dim = null, bool keepdim = false, ScalarType? dtype = null)
        {
            if (!this.dtype.IsFloat()) throw new TorchException("nanmean", $"expected input to have floating point or complex dtype but got {_dtype}");
            using DisposeScope scope = NewDisposeScope();
            Tensor there = isnan().logical_not();
            long[] over = dim is { } d ? [d] : [];
            return nansum(over, keepdim, dtype).div(there.sum(over, keepdim)).MoveToOuterDisposeScope();

            Tensor nansum(long[] dims, bool keep, ScalarType? type) => torch.where(there, this, zeros_like()).sum(dims, keep, type);
        }

        public Tensor nanmedian()
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor flat = reshape(-1);
            if (_dtype.IsFloat()) flat = flat.masked_select(flat.isnan().logical_not());
            if (flat.numel() == 0) return full([], double.NaN, _dtype).MoveToOuterDisposeScope();
            return flat.median().MoveToOuterDisposeScope();
        }

        public Tensor nanquantile(Tensor q, long dim = -1, bool keepdim = false)
        {
            const string operation = "nanquantile";
            if (!dtype.IsFloat() || q.dtype != dtype) throw new TorchException(operation, $"input tensor and q must be of the same floating type, got {_dtype} and {q._dtype}");
            using DisposeScope scope = NewDisposeScope();
            int axis = Axis(dim, operation);

            // NaN sorts last, so the numbers are the first of each row.
            Tensor x = sort(axis).Values.movedim([axis], [-1]);
            Tensor last = x.isnan().logical_not().sum(-1, keepdim: true).sub(1).clamp_min(0);
            Tensor at = last.mul(q.reshape(-1).to_type(ScalarType.Float64));
            Tensor low = at.floor().to_type(ScalarType.Int64), high = at.ceil().to_type(ScalarType.Int64);
            Tensor a = x.gather(-1, low), b = x.gather(-1, high);
            Tensor result = a.add(b.sub(a).mul(at.sub(low).to_type(_dtype))).movedim([-1], [0]);
            if (keepdim) result = result.unsqueeze(axis + 1);
            if (q.ndim == 0) result = result.squeeze(0);
            return result.MoveToOuterDisposeScope();
        }

        public (Tensor std, Tensor mean) std_mean(bool unbiased = true) => (std(unbiased), mean());

        public (Tensor std, Tensor mean) std_mean(long dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => std_mean([dim], unbiased, keepdim, type);

        public (Tensor std, Tensor mean) std_mean((long, long) dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => std_mean([dim.Item1, dim.Item2], unbiased, keepdim, type);

        public (Tensor std, Tensor mean) std_mean((long, long, long) dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => std_mean([dim.Item1, dim.Item2, dim.Item3], unbiased, keepdim, type);

        public (Tensor std, Tensor mean) std_mean(ReadOnlySpan<long> dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => std_mean(dimensions.ToArray(), unbiased, keepdim, type);

        public (Tensor std, Tensor mean) std_mean(long[] dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) =>
            (std(dimensions, unbiased, keepdim, type), mean(dimensions, keepdim, type));

        public (Tensor @var, Tensor mean) var_mean(bool unbiased = true) => (this.var(unbiased), mean());

        public (Tensor @var, Tensor mean) var_mean(long dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => (this.var(dim, unbiased, keepdim, type), mean([dim], keepdim, type));

        public (Tensor std, Tensor mean) var_mean((long, long) dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => var_mean([dim.Item1, dim.Item2], unbiased, keepdim, type);

        public (Tensor std, Tensor mean) var_mean((long, long, long) dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => var_mean([dim.Item1, dim.Item2, dim.Item3], unbiased, keepdim, type);

        public (Tensor std, Tensor mean) var_mean(ReadOnlySpan<long> dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => var_mean(dimensions.ToArray(), unbiased, keepdim, type);

        public (Tensor std, Tensor mean) var_mean(long[] dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) =>
            (this.var(dimensions, unbiased, keepdim, type), mean(dimensions, keepdim, type));

        /// <summary>The largest so far along a dimension and where it stands; of equals the last, and NaN beats all.</summary>
        public (Tensor values, Tensor indexes) cummax(long dim) => Running("cummax", dim, largest: true);

        public (Tensor values, Tensor indexes) cummin(long dim) => Running("cummin", dim, largest: false);

        public Tensor logcumsumexp(long dim)
        {
            int axis = Axis(dim, "logcumsumexp");
            if (!dtype.IsFloat()) throw new TorchException("logcumsumexp", $"not implemented for {_dtype}");
            if (_sizes.Length == 0 || numel() == 0) return clone();
            using DisposeScope scope = NewDisposeScope();
            double[] values;
            using (Tensor x = detach()) values = x.transpose(axis, -1).to_type(ScalarType.Float64).data<double>().ToArray();
            long[] sizes = transpose(axis, -1).shape;
            long n = sizes[^1];
            for (long start = 0; start < values.Length; start += n)
                for (long i = 1; i < n; i++) values[start + i] = Kernels.Operations.LogAddExp.Of(values[start + i - 1], values[start + i]);
            using Tensor laid = torch.tensor(values, sizes, _dtype);
            Tensor result = laid.transpose(axis, -1).contiguous();
            if (!Derivative.Wanted(this)) return result.MoveToOuterDisposeScope();

            // Σ_j≥i g_j exp(x_i − y_j), each factor kept in range by the largest y of its suffix being no smaller than x.
            return result.From("LogcumsumexpBackward0", [this], [this, result], (gradients, node) =>
            {
                Tensor g = gradients[0]!, x = node[0], y = node[1];
                Tensor positive = torch.where(g.gt(0), g.log(), full([], double.NegativeInfinity, g.dtype)).sub(y).flip(axis).logcumsumexp(axis).flip(axis);
                Tensor negative = torch.where(g.lt(0), g.neg().log(), full([], double.NegativeInfinity, g.dtype)).sub(y).flip(axis).logcumsumexp(axis).flip(axis);
                return [positive.add(x).exp().sub(negative.add(x).exp())];
            }).MoveToOuterDisposeScope();
        }

        /// <summary>The covariance of variables in rows, of observations in columns.</summary>
        public Tensor cov(long correction = 1, Tensor? fweights = null, Tensor? aweights = null)
        {
            if (ndim > 2) throw new TorchException("cov", $"expected input to have two or fewer dimensions but got an input with {ndim} dimensions");
            using DisposeScope scope = NewDisposeScope();
            Tensor x = (ndim < 2 ? reshape(1, -1) : this).to_type(dtype.Floating());
            Tensor? w = fweights is null ? aweights : aweights is null ? fweights : fweights.mul(aweights);
            if (w is not null && (w.ndim != 1 || w.numel() != x.shape[1])) throw new TorchException("cov", $"expected weights to have one element for each of {x.shape[1]} columns, got shape {Shapes.Text(w._sizes)}");
            Tensor weights = w is null ? torch.ones(x.shape[1], x.dtype) : w.to_type(x.dtype);
            Tensor total = weights.sum();
            Tensor centred = x.sub(x.mul(weights).sum(1, keepdim: true).div(total));
            Tensor norm = aweights is null || correction == 0 ? total.sub(correction) : total.sub(weights.mul(aweights).sum().div(total).mul(correction));
            return centred.mul(weights).matmul(centred.mT).div(norm.clamp_min(0)).squeeze().MoveToOuterDisposeScope();
        }

        public Tensor corrcoef()
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor c = cov();
            if (c.ndim == 0) return c.div(c).MoveToOuterDisposeScope();
            Tensor deviation = c.diagonal().sqrt();
            return c.div(deviation.unsqueeze(1)).div(deviation.unsqueeze(0)).clamp(-1, 1).MoveToOuterDisposeScope();
        }

        /// <summary>The p-norm of a difference.</summary>
        public Tensor dist(Tensor other, float p = 2)
        {
            using DisposeScope scope = NewDisposeScope();
            return linalg.VectorNorm(sub(other), p, null, false).MoveToOuterDisposeScope();
        }

        /// <summary>Slices along a dimension, scaled down where their norm is larger than the largest that may be.</summary>
        public Tensor renorm(float p, long dim, float maxnorm)
        {
            int axis = Axis(dim, "renorm");
            if (ndim < 2) throw new TorchException("renorm", $"input needs at least 2 dimensions, got {ndim} dimensions");
            if (p <= 0) throw new TorchException("renorm", $"non-positive-norm not supported: {p}");
            if (maxnorm < 0) throw new TorchException("renorm", $"expected maxnorm to be >= 0 but got {maxnorm}");
            using DisposeScope scope = NewDisposeScope();
            long[] others = Enumerable.Range(0, (int)ndim).Where(d => d != axis).Select(d => (long)d).ToArray();
            Tensor norm = linalg.VectorNorm(this, p, others, keepdim: true);
            Tensor factor = torch.where(norm.gt(maxnorm), norm.add(1e-7).reciprocal().mul(maxnorm), torch.ones_like(norm));
            return mul(factor).MoveToOuterDisposeScope();
        }

        public Tensor trapezoid(double dx = 1, long dim = -1)
        {
            using DisposeScope scope = NewDisposeScope();
            return Panels(dim).sum(dim).mul(dx / 2).MoveToOuterDisposeScope();
        }

        public Tensor trapezoid(Tensor x, long dim = -1)
        {
            using DisposeScope scope = NewDisposeScope();
            return Panels(dim).mul(Widths(x, dim)).sum(dim).mul(0.5).MoveToOuterDisposeScope();
        }

        public Tensor cumulative_trapezoid(double dx = 1, long dim = -1)
        {
            using DisposeScope scope = NewDisposeScope();
            return Panels(dim).cumsum(dim).mul(dx / 2).MoveToOuterDisposeScope();
        }

        public Tensor cumulative_trapezoid(Tensor x, long dim = -1)
        {
            using DisposeScope scope = NewDisposeScope();
            return Panels(dim).mul(Widths(x, dim)).cumsum(dim).mul(0.5).MoveToOuterDisposeScope();
        }

        private Tensor Panels(long dim)
        {
            long n = shape[Axis(dim, "trapezoid")];
            return narrow(dim, 1, Math.Max(n - 1, 0)).add(narrow(dim, 0, Math.Max(n - 1, 0)));
        }

        private Tensor Widths(Tensor x, long dim)
        {
            Tensor widths = x.diff(dim: x.ndim == 1 ? -1 : dim);
            if (x.ndim > 1) return widths;
            long[] sizes = new long[ndim];
            Array.Fill(sizes, 1);
            sizes[Axis(dim, "trapezoid")] = -1;
            return widths.reshape(sizes);
        }

        private (Tensor Values, Tensor Indices) Running(string operation, long dim, bool largest)
        {
            int axis = Axis(dim, operation);
            using DisposeScope scope = NewDisposeScope();
            if (_sizes.Length == 0) return scope.MoveToOuter(clone(), zeros([], ScalarType.Int64));
            long[] places;
            using (no_grad())
            {
                Tensor x = transpose(axis, -1);
                long n = _sizes[axis];
                places = new long[numel()];
                if (_dtype.IsFloat())
                {
                    Fill(x.to_type(ScalarType.Float64).data<double>().ToArray(), places, n, largest, double.IsNaN);
                }
                else
                {
                    Fill(x.to_type(ScalarType.Int64).data<long>().ToArray(), places, n, largest, static _ => false);
                }

                static void Fill<T>(T[] values, long[] at, long n, bool largest, Func<T, bool> nan) where T : IComparable<T>
                {
                    for (long start = 0; start < values.Length; start += n)
                    {
                        long best = 0;
                        for (long i = 0; i < n; i++)
                        {
                            T v = values[start + i], top = values[start + best];
                            int c = v.CompareTo(top);
                            if (nan(v) || (!nan(top) && (largest ? c >= 0 : c <= 0))) best = i;
                            at[start + i] = best;
                        }
                    }
                }
            }

            Tensor indices = torch.tensor(places, transpose(axis, -1).shape).transpose(axis, -1).contiguous();
            return scope.MoveToOuter(gather(axis, indices), indices);
        }
    }
}
