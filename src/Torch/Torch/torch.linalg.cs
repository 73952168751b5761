using TorchSharp.Autograd;
using TorchSharp.Kernels;

namespace TorchSharp;

public static partial class torch
{
    public static partial class linalg
    {
        public static Tensor vector_norm(Tensor input, double ord = 2, long[]? dims = null, bool keepdim = false) =>
            VectorNorm(input, ord, dims, keepdim);

        public static Tensor norm(Tensor input, long[]? dims = null, bool keepdim = false) =>
            VectorNorm(input, 2, dims, keepdim);

        public static Tensor norm(Tensor input, double ord, long[]? dims = null, bool keepdim = false) =>
            dims is null ? input.ndim == 2 ? matrix_norm(input, ord, null, keepdim) : VectorNorm(input, ord, null, keepdim)
            : dims.Length == 2 ? matrix_norm(input, ord, dims, keepdim)
            : VectorNorm(input, ord, dims, keepdim);

        public static Tensor norm(Tensor input, int ord, long[]? dims = null, bool keepdim = false) => norm(input, (double)ord, dims, keepdim);

        public static Tensor norm(Tensor input, string ord, long[]? dims = null, bool keepdim = false) => matrix_norm(input, ord, dims, keepdim);

        public static Tensor matrix_norm(Tensor input, string ord = "fro", long[]? dims = null, bool keepdim = false)
        {
            long[] pair = Pair(input, dims);
            switch (ord)
            {
                case "fro": return VectorNorm(input, 2, pair, keepdim);
                case "nuc":
                {
                    using DisposeScope scope = NewDisposeScope();
                    return Kept(svdvals(input.movedim(pair, [-2, -1])).sum(-1), input, pair, keepdim).MoveToOuterDisposeScope();
                }

                default: throw new TorchException("linalg.matrix_norm", $"Order {ord} not supported: expected fro or nuc.");
            }
        }

        public static Tensor matrix_norm(Tensor input, double ord, long[]? dims = null, bool keepdim = false)
        {
            long[] pair = Pair(input, dims);
            using DisposeScope scope = NewDisposeScope();
            Tensor x = input.movedim(pair, [-2, -1]);
            Tensor value = ord switch
            {
                1 => x.abs().sum(-2).amax(-1),
                -1 => x.abs().sum(-2).amin(-1),
                double.PositiveInfinity => x.abs().sum(-1).amax(-1),
                double.NegativeInfinity => x.abs().sum(-1).amin(-1),
                2 => svdvals(x).amax(-1),
                -2 => svdvals(x).amin(-1),
                _ => throw new TorchException("linalg.matrix_norm", $"Order {ord} not supported."),
            };
            return Kept(value, input, pair, keepdim).MoveToOuterDisposeScope();
        }

        public static (Tensor U, Tensor S, Tensor Vh) svd(Tensor input, bool fullMatrices = true)
        {
            (Tensor u, Tensor s, Tensor vh) found;
            using (no_grad()) found = SingularValues.Decompose(input, fullMatrices);
            SingularRecorded(found.u, found.s, found.vh, input);
            return found;
        }

        public static Tensor svdvals(Tensor input)
        {
            using DisposeScope scope = NewDisposeScope();
            return svd(input, fullMatrices: false).S.MoveToOuterDisposeScope();
        }

        public static Tensor vecdot(Tensor x, Tensor y, long dim = -1, Tensor? @out = null)
        {
            using DisposeScope scope = NewDisposeScope();
            return Tensor.Out(x.mul(y).sum(dim).MoveToOuterDisposeScope(), @out);
        }

        public static Tensor diagonal(Tensor input, int offset = 0, int dim1 = -2, int dim2 = -1) => input.diagonal(offset, dim1, dim2);

        public static Tensor multi_dot(IList<Tensor> tensors)
        {
            using DisposeScope scope = NewDisposeScope();
            return tensors.Skip(1).Aggregate(tensors[0], (a, b) => a.matmul(b)).MoveToOuterDisposeScope();
        }

        internal static Tensor VectorNorm(Tensor input, double ord, long[]? dims, bool keepdim)
        {
            if (!input.dtype.IsFloat()) throw new TorchException("linalg.vector_norm", $"Expected a floating point tensor as input. Got {input._dtype}");
            using DisposeScope scope = NewDisposeScope();
            long[] over = dims ?? [];
            ScalarType type = input._dtype;
            using IDisposable quiet = set_grad_enabled(false);
            Tensor a = input.to_type(type.Compute()).abs();
            Tensor value = ord switch
            {
                2 => a.square().sum(over, keepdim).sqrt_(),
                1 => a.sum(over, keepdim),
                0 => a.ne(0).sum(over, keepdim, type.Compute()),
                double.PositiveInfinity => a.amax(over, keepdim),
                double.NegativeInfinity => a.amin(over, keepdim),
                _ => a.pow(ord).sum(over, keepdim).pow(1 / ord),
            };
            Tensor result = value.to_type(type);
            quiet.Dispose();
            if (Derivative.Wanted(input))
                result.From("LinalgVectorNormBackward0", [input], [input, result], (gradients, n) => [NormSlope(gradients[0]!, n[0], n[1], ord, over, keepdim)]);
            return result.MoveToOuterDisposeScope();
        }

        /// <summary>At zero, where there is none, the subgradient 0, as in PyTorch.</summary>
        private static Tensor NormSlope(Tensor g, Tensor x, Tensor norm, double ord, long[] over, bool keepdim)
        {
            Tensor wide = Tensor.Spread(g, over, keepdim, x._sizes), y = Tensor.Spread(norm, over, keepdim, x._sizes);
            switch (ord)
            {
                case 0: return wide.zeros_like();
                case 1: return wide.mul(x.sign());
                case 2: return wide.mul(x.div(y)).masked_fill(y.eq(0), 0);
                case double.PositiveInfinity or double.NegativeInfinity:
                    Tensor there = x.abs().eq(y).to_type(g.dtype);
                    return wide.mul(x.sign()).mul(there).div(there.sum(over, keepdim: true));
                default:
                    return wide.mul(x.sign()).mul(x.abs().pow(ord - 1)).div(y.pow(ord - 1)).masked_fill(y.eq(0), 0);
            }
        }

        private static long[] Pair(Tensor input, long[]? dims)
        {
            long[] pair = dims ?? [-2, -1];
            if (pair.Length != 2) throw new TorchException("linalg.matrix_norm", $"dim must be a 2-tuple. Got {Shapes.Text(pair)}");
            if (input.ndim < 2) throw new TorchException("linalg.matrix_norm", $"The input tensor A must have at least 2 dimensions, got shape {Shapes.Text(input.shape)}");
            return pair;
        }

        private static Tensor Kept(Tensor value, Tensor input, long[] pair, bool keepdim)
        {
            if (!keepdim) return value;
            foreach (int axis in pair.Select(d => input.Axis(d, "linalg.matrix_norm")).Order()) value = value.unsqueeze(axis);
            return value;
        }
    }
}
