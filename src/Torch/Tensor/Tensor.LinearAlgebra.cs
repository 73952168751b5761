using TorchSharp.Autograd;
using TorchSharp.Kernels;
using static TorchSharp.Kernels.Contraction;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor matmul(Tensor target)
        {
            ScalarType type = ProductType("matmul", this, target);
            long[] x = _sizes, y = target._sizes;
            if (x.Length == 0 || y.Length == 0)
                throw new TorchException("matmul", $"both arguments need to be at least 1D, but they are {x.Length}D and {y.Length}D");
            long inner = x[^1], other = y.Length == 1 ? y[0] : y[^2];
            if (inner != other)
                throw new TorchException("matmul", $"shapes {Shapes.Text(x)} and {Shapes.Text(y)} cannot be multiplied: {inner} columns against {other} rows");

            using Tensor a = As(type.Compute()), b = target.As(type.Compute());
            long[] rows = x.Length == 1 ? [] : [x[^2]], columns = y.Length == 1 ? [] : [y[^1]];
            long[] leadA = x.Length > 2 ? x[..^2] : [], leadB = y.Length > 2 ? y[..^2] : [];
            long[] batch = Shapes.Broadcast("matmul", leadA, leadB);
            Tensor c = Allocate([.. batch, .. rows, .. columns], type.Compute());
            long[] strideA = x.Length > 2 ? a._strides[..^2] : [], strideB = y.Length > 2 ? b._strides[..^2] : [];
            var aRows = new Dims(rows, x.Length == 1 ? [] : [a._strides[^2]]);
            var aInner = new Dims([inner], [a._strides[^1]]);
            var bInner = new Dims([inner], [y.Length == 1 ? b._strides[0] : b._strides[^2]]);
            var bColumns = new Dims(columns, y.Length == 1 ? [] : [b._strides[^1]]);
            if (leadB.Length == 0)
            {
                // One matrix on the right: the batch of the left is more rows.
                aRows = new Dims([.. leadA, .. rows], [.. strideA, .. aRows.Strides]);
                Run(a, new Dims([], []), aRows, aInner, b, new Dims([], []), bInner, bColumns, c);
            }
            else
            {
                Run(
                    a, new Dims(batch, Shapes.Expand("matmul", leadA, strideA, batch)), aRows, aInner,
                    b, new Dims(batch, Shapes.Expand("matmul", leadB, strideB, batch)), bInner, bColumns, c);
            }

            c = c.Into(type);
            if (!Derivative.Wanted(this, target)) return c;
            return c.From("MmBackward0", [this, target], [target.requires_grad ? this : null, requires_grad ? target : null], ProductSlopes);
        }

        private static Tensor?[] ProductSlopes(Tensor?[] gradients, FormulaNode n)
        {
            Tensor g = gradients[0]!;
            int left = n.Rank(0), right = n.Rank(1);
            if (left == 1) g = g.unsqueeze(right == 1 ? -1 : -2);
            if (right == 1) g = g.unsqueeze(-1);
            Tensor? own = null, other = null;
            if (n.Needs(0))
            {
                own = g.matmul(right == 1 ? n[1].unsqueeze(0) : n[1].mT);
                if (left == 1) own = own.squeeze(-2);
            }

            if (n.Needs(1))
            {
                Tensor a = left == 1 ? n[0].unsqueeze(0) : n[0];
                if (right <= 2 && a._sizes.Length > 2)
                {
                    // One matrix for the whole batch: the batch is more rows to sum over.
                    a = a.reshape(-1, a._sizes[^1]);
                    g = g.reshape(-1, g._sizes[^1]);
                }

                other = a.mT.matmul(g);
                if (right == 1) other = other.squeeze(-1);
            }

            return [own, other];
        }

        public Tensor mm(Tensor target)
        {
            RequireRank("mm", this, 2, "self");
            RequireRank("mm", target, 2, "mat2");
            return matmul(target);
        }

        public Tensor bmm(Tensor batch2)
        {
            RequireRank("bmm", this, 3, "batch1");
            RequireRank("bmm", batch2, 3, "batch2");
            if (_sizes[0] != batch2._sizes[0])
                throw new TorchException("bmm", $"batch1 and batch2 must have the same number of batches, got {_sizes[0]} and {batch2._sizes[0]}");
            return matmul(batch2);
        }

        public Tensor mv(Tensor target)
        {
            RequireRank("mv", this, 2, "self");
            RequireRank("mv", target, 1, "vec");
            return matmul(target);
        }

        public Tensor dot(Tensor target)
        {
            RequireRank("dot", this, 1, "self");
            RequireRank("dot", target, 1, "tensor");
            if (_sizes[0] != target._sizes[0]) throw new TorchException("dot", $"inconsistent tensor size, expected tensor {Shapes.Text(_sizes)} and src {Shapes.Text(target._sizes)} to have the same number of elements");
            return matmul(target);
        }

        public Tensor vdot(Tensor target) => dot(target);

        public Tensor inner(Tensor vec2)
        {
            if (ndim == 0 || vec2.ndim == 0) return mul(vec2);
            using Tensor turned = vec2.ndim == 1 ? vec2.alias().DetachFromDisposeScope() : vec2.movedim([-1], [0]).DetachFromDisposeScope();
            return tensordot(turned, [-1], [0]);
        }

        public Tensor outer(Tensor vec2)
        {
            RequireRank("outer", this, 1, "self");
            RequireRank("outer", vec2, 1, "vec2");
            using Tensor column = unsqueeze(1).DetachFromDisposeScope();
            return column.mul(vec2);
        }

        public Tensor ger(Tensor vec2) => outer(vec2);

        public Tensor addmm(Tensor mat1, Tensor mat2, float beta = 1, float alpha = 1)
        {
            RequireRank("addmm", mat1, 2, "mat1");
            RequireRank("addmm", mat2, 2, "mat2");
            return AddProduct("addmm", mat1, mat2, beta, alpha);
        }

        public Tensor addmv(Tensor mat, Tensor vec, float beta = 1, float alpha = 1)
        {
            RequireRank("addmv", mat, 2, "mat");
            RequireRank("addmv", vec, 1, "vec");
            return AddProduct("addmv", mat, vec, beta, alpha);
        }

        public Tensor baddbmm(Tensor batch1, Tensor batch2, float beta = 1, float alpha = 1)
        {
            RequireRank("baddbmm", batch1, 3, "batch1");
            RequireRank("baddbmm", batch2, 3, "batch2");
            return AddProduct("baddbmm", batch1, batch2, beta, alpha);
        }

        public Tensor addmm_(Tensor mat1, Tensor mat2, float beta = 1, float alpha = 1) =>
            InPlace("addmm_", x => x.addmm(mat1, mat2, beta, alpha), mat1, mat2);

        public Tensor tensordot(Tensor b, long dims = 2)
        {
            var left = new long[dims];
            var right = new long[dims];
            for (int i = 0; i < dims; i++) (left[i], right[i]) = (i - dims, i);
            return tensordot(b, left, right);
        }

        public Tensor tensordot(Tensor b, (long, long)[] dims) =>
            tensordot(b, Array.ConvertAll(dims, d => d.Item1), Array.ConvertAll(dims, d => d.Item2));

        public Tensor tensordot(Tensor b, long[] dims1, long[] dims2)
        {
            ScalarType type = ProductType("tensordot", this, b);
            if (dims1.Length != dims2.Length) throw new TorchException("tensordot", $"both dimension lists should have same length, got {dims1.Length} and {dims2.Length}");
            int[] left = Array.ConvertAll(dims1, d => Axis(d, "tensordot")), right = Array.ConvertAll(dims2, d => b.Axis(d, "tensordot"));
            for (int i = 0; i < left.Length; i++)
                if (_sizes[left[i]] != b._sizes[right[i]])
                    throw new TorchException("tensordot", $"contracted dimensions need to match, but first has size {_sizes[left[i]]} in dim {left[i]} and second has size {b._sizes[right[i]]} in dim {right[i]}");
            int[] freeA = Enumerable.Range(0, _sizes.Length).Except(left).ToArray(), freeB = Enumerable.Range(0, b._sizes.Length).Except(right).ToArray();
            if (Derivative.Wanted(this, b))
            {
                using DisposeScope scope = NewDisposeScope();
                long[] sizes = [.. freeA.Select(d => _sizes[d]), .. freeB.Select(d => b._sizes[d])];
                long inner = left.Aggregate(1L, (n, d) => n * _sizes[d]);
                Tensor p = permute([.. freeA.Select(d => (long)d), .. left.Select(d => (long)d)]).reshape(freeA.Aggregate(1L, (n, d) => n * _sizes[d]), inner);
                Tensor q = b.permute([.. right.Select(d => (long)d), .. freeB.Select(d => (long)d)]).reshape(inner, freeB.Aggregate(1L, (n, d) => n * b._sizes[d]));
                return p.matmul(q).reshape(sizes).MoveToOuterDisposeScope();
            }

            using Tensor x = As(type.Compute()), y = b.As(type.Compute());
            Dims rows = Dims.Of(x, freeA), columns = Dims.Of(y, freeB);
            Tensor c = Allocate([.. rows.Sizes, .. columns.Sizes], type.Compute());
            Run(x, new Dims([], []), rows, Dims.Of(x, left), y, new Dims([], []), Dims.Of(y, right), columns, c);
            return c.Into(type);
        }

        public Tensor trace()
        {
            RequireRank("trace", this, 2, "self");
            using Tensor d = diagonal().DetachFromDisposeScope();
            return d.sum();
        }

        internal static ScalarType ProductType(string operation, Tensor a, Tensor b)
        {
            a.ThrowIfInvalid();
            b.ThrowIfInvalid();
            if (a._dtype != b._dtype)
                throw new TorchException(operation, $"expected both tensors to have the same dtype, but got: {a._dtype} != {b._dtype}");
            return a._dtype;
        }

        private static void RequireRank(string operation, Tensor t, int rank, string name)
        {
            t.ThrowIfInvalid();
            if (t._sizes.Length != rank) throw new TorchException(operation, $"{name} must be a {rank}D tensor, got shape {Shapes.Text(t._sizes)}");
        }

        private Tensor AddProduct(string operation, Tensor a, Tensor b, float beta, float alpha)
        {
            if (a._sizes[^1] != b._sizes[b._sizes.Length == 1 ? 0 : ^2])
                throw new TorchException(operation, $"shapes {Shapes.Text(a._sizes)} and {Shapes.Text(b._sizes)} cannot be multiplied");
            using DisposeScope scope = NewDisposeScope();
            Tensor product = a.matmul(b);
            Shapes.Expand(operation, _sizes, _strides, product._sizes);
            bool recorded = Derivative.Wanted(this, product);
            if (alpha != 1)
            {
                Scalar factor = product._dtype.IsFloat() ? alpha : (Scalar)(long)alpha;
                product = recorded ? product.mul(factor) : product.mul_(factor);
            }

            if (beta == 0) return product.MoveToOuterDisposeScope();
            Tensor term = beta == 1 ? this : mul(_dtype.IsFloat() ? beta : (Scalar)(long)beta);
            return (recorded ? product.add(term) : product.add_(term)).MoveToOuterDisposeScope();
        }
    }
}
