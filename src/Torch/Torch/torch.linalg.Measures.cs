using TorchSharp.Kernels.Matrices;

namespace TorchSharp;

public static partial class torch
{
    public static partial class linalg
    {
        public static Tensor det(Tensor input)
        {
            (Tensor sign, Tensor log, Tensor determinant) = Determinant("linalg.det", input);
            sign.Dispose();
            log.Dispose();
            return determinant;
        }

        /// <summary>The sign and the logarithm of the absolute value of the determinant.</summary>
        public static (Tensor, Tensor) slogdet(Tensor input)
        {
            (Tensor sign, Tensor log, Tensor determinant) = Determinant("linalg.slogdet", input);
            determinant.Dispose();
            return (sign, log);
        }

        public static Tensor cond(Tensor input)
        {
            RequireMatrices("linalg.cond", input);
            using DisposeScope scope = NewDisposeScope();
            Tensor s = svdvals(input);
            return s.select(-1, 0).div(s.select(-1, -1)).MoveToOuterDisposeScope();
        }

        public static Tensor cond(Tensor input, int p) => cond(input, (double)p);

        public static Tensor cond(Tensor input, double p)
        {
            if (p == 2) return cond(input);
            RequireMatrices("linalg.cond", input, square: p != -2);
            using DisposeScope scope = NewDisposeScope();
            if (p == -2)
            {
                Tensor s = svdvals(input);
                return s.select(-1, -1).div(s.select(-1, 0)).MoveToOuterDisposeScope();
            }

            return OrInfinite(input, x => matrix_norm(x, p)).MoveToOuterDisposeScope();
        }

        public static Tensor cond(Tensor input, string p)
        {
            RequireMatrices("linalg.cond", input, square: true);
            using DisposeScope scope = NewDisposeScope();
            return OrInfinite(input, x => matrix_norm(x, p)).MoveToOuterDisposeScope();
        }

        public static Tensor cross(Tensor input, Tensor other, long dim = -1)
        {
            const string operation = "linalg.cross";
            if (input.ndim != other.ndim) throw new TorchException(operation, $"inputs must have the same number of dimensions, got shapes {Shapes.Text(input._sizes)} and {Shapes.Text(other._sizes)}");
            int axis = input.Axis(dim, operation);
            if (input.ndim == 0 || input._sizes[axis] != 3 || other._sizes[axis] != 3)
                throw new TorchException(operation, $"inputs dimension {dim} must have length 3. Got shapes {Shapes.Text(input._sizes)} and {Shapes.Text(other._sizes)}");
            using DisposeScope scope = NewDisposeScope();
            return input.roll(-1, axis).mul(other.roll(-2, axis)).sub(input.roll(-2, axis).mul(other.roll(-1, axis))).MoveToOuterDisposeScope();
        }

        /// <summary>The powers 0 … N − 1 of each element, along a new last dimension.</summary>
        public static Tensor vander(Tensor input, long? N = null)
        {
            if (input.ndim == 0) throw new TorchException("linalg.vander", "expected x to have at least one dimension");
            long n = N ?? input._sizes[^1];
            if (n <= 1) throw new TorchException("linalg.vander", $"N must be greater than 1, got {n}");
            using DisposeScope scope = NewDisposeScope();
            ScalarType type = input._dtype.IsFloat() ? input._dtype : ScalarType.Int64;
            Tensor x = input.to_type(type).unsqueeze(-1);
            Tensor powers = x.expand([.. input._sizes, n - 1]).cumprod(-1);
            return cat([ones([.. input._sizes, 1], type), powers], -1).MoveToOuterDisposeScope();
        }

        /// <summary>The exponential of a matrix: halved until it is small, a Taylor polynomial, squared back.</summary>
        public static Tensor matrix_exp(Tensor input)
        {
            RequireMatrices("linalg.matrix_exp", input, square: true);
            using DisposeScope scope = NewDisposeScope();
            if (input.numel() == 0) return input.clone().MoveToOuterDisposeScope();
            Tensor x = input.to_type(ScalarType.Float64);
            double norm;
            using (no_grad()) norm = x.abs().sum(-2).max().item<double>();
            int halvings = double.IsFinite(norm) ? Math.Max(0, 2 + (int)Math.Ceiling(Math.Log2(Math.Max(norm, 1e-300)))) : 0;

            // With a norm below 1/4 the 14th term is below 4^-14 / 14!, less than 1e-19 of the first.
            x = x.mul(Math.ScaleB(1, -halvings));
            Tensor unit = eye(input._sizes[^1], dtype: ScalarType.Float64), sum = unit.add(x.div(14));
            for (int k = 13; k >= 1; k--) sum = unit.add(x.matmul(sum).div(k));
            for (int i = 0; i < halvings; i++) sum = sum.matmul(sum);
            return sum.to_type(input._dtype).MoveToOuterDisposeScope();
        }

        private static (Tensor Sign, Tensor Log, Tensor Determinant) Determinant(string operation, Tensor input)
        {
            RequireMatrices(operation, input, square: true);
            using MatrixBatch a = MatrixBatch.Read(input);
            var sign = new double[a.Count];
            var log = new double[a.Count];
            var determinant = new double[a.Count];
            int n = a.Rows;
            a.ForEach(
                b =>
                {
                    var pivots = new int[n];
                    Triangular.FactorLU(a[b], n, n, pivots, pivot: true);
                    (double s, double l, double d) = (1, 0, 1);
                    for (int k = 0; k < n; k++)
                    {
                        double v = a[b][k * n + k] * (pivots[k] == k ? 1 : -1);
                        s *= double.IsNaN(v) ? v : Math.Sign(v);
                        l += Math.Log(Math.Abs(v));
                        d *= v;
                    }

                    (sign[b], log[b], determinant[b]) = (s, s == 0 ? double.NegativeInfinity : l, d);
                },
                (long)n * n * n);
            return (
                torch.tensor(sign, a.Lead, input._dtype),
                LogDeterminantRecorded(torch.tensor(log, a.Lead, input._dtype), input),
                DeterminantRecorded(torch.tensor(determinant, a.Lead, input._dtype), input));
        }

        // The condition number of a singular matrix is infinite.
        private static Tensor OrInfinite(Tensor input, Func<Tensor, Tensor> norm)
        {
            if (input.numel() == 0) return zeros(input.shape[..^2], input._dtype);
            (Tensor inverse, int[] info) = Inverse("linalg.cond", input);
            Tensor value = norm(input).mul(norm(inverse));
            Tensor singular = torch.tensor(info, input._sizes[..^2]).ne(0);
            return torch.where(singular, full([], double.PositiveInfinity, input._dtype), value);
        }
    }
}
