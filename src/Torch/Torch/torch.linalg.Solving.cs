using TorchSharp.Kernels.Matrices;

namespace TorchSharp;

public static partial class torch
{
    public static partial class linalg
    {
        /// <summary>The X of AX = B, or of XA = B if not <paramref name="left"/>. B may be a vector, or a batch of them.</summary>
        public static Tensor solve(Tensor A, Tensor B, bool left = true)
        {
            (Tensor result, int[] info) = Solve("linalg.solve", A, B, left);
            long[] lead = A._sizes[..^2];
            for (int b = 0; b < info.Length; b++)
            {
                if (info[b] == 0) continue;
                result.Dispose();
                throw new TorchException("linalg.solve", $"{Element(lead, b)}The solver failed because the input matrix is singular.");
            }

            return result;
        }

        public static (Tensor result, Tensor info) solve_ex(Tensor A, Tensor B, bool left = true, bool check_errors = false)
        {
            if (check_errors) return (solve(A, B, left), zeros(A.shape[..^2], ScalarType.Int32));
            (Tensor result, int[] info) = Solve("linalg.solve_ex", A, B, left);
            return (result, torch.tensor(info, A._sizes[..^2]));
        }

        public static Tensor inv(Tensor input)
        {
            (Tensor result, int[] info) = Inverse("linalg.inv", input);
            CheckInvertible("linalg.inv", input, result, info);
            return result;
        }

        /// <summary>The inverse, and for each matrix the diagonal element of U that is zero. (TorchSharp 0.107 calls cholesky_ex here by mistake.)</summary>
        public static (Tensor L, Tensor info) inv_ex(Tensor input, bool check_errors = false)
        {
            (Tensor result, int[] info) = Inverse("linalg.inv_ex", input);
            if (check_errors) CheckInvertible("linalg.inv_ex", input, result, info);
            return (result, torch.tensor(info, input._sizes[..^2]));
        }

        public static Tensor solve_triangular(Tensor A, Tensor B, bool upper, bool left = true, bool unitriangular = false, Tensor? @out = null)
        {
            const string operation = "linalg.solve_triangular";
            RequireMatrices(operation, A, square: true);
            RequireMatrices(operation, B);
            RequireSameType(operation, A, B);
            long n = A._sizes[^1];
            if (B._sizes[left ? ^2 : ^1] != n)
                throw new TorchException(operation, $"Incompatible shapes of A and B for the equation {(left ? "AX = B" : "XA = B")} ({n}x{n} and {B._sizes[^2]}x{B._sizes[^1]})");
            using DisposeScope scope = NewDisposeScope();
            long[] lead = Shapes.Broadcast(operation, A._sizes.AsSpan(0, A._sizes.Length - 2), B._sizes.AsSpan(0, B._sizes.Length - 2));
            using MatrixBatch t = MatrixBatch.Read(A.expand([.. lead, n, n]));
            Tensor columns = B.expand([.. lead, .. B._sizes[^2..]]);
            using MatrixBatch x = MatrixBatch.Read(left ? columns : columns.mT);
            x.ForEach(
                b =>
                {
                    for (int j = 0; j < x.Columns; j++)
                    {
                        if (left) Triangular.Solve(t[b], x.Rows, x[b].Slice(j * x.Rows, x.Rows), upper, unitriangular);
                        else Triangular.SolveTransposed(t[b], x.Rows, x[b].Slice(j * x.Rows, x.Rows), upper, unitriangular);
                    }
                },
                n * n * x.Columns);
            return Tensor.Out(TriangularRecorded(x.ToTensor(A._dtype, transposed: !left), A, B, upper, left, unitriangular).MoveToOuterDisposeScope(), @out);
        }

        public static Tensor lu_solve(Tensor LU, Tensor pivots, Tensor B, bool left = true, bool adjoint = false, Tensor? @out = null)
        {
            const string operation = "linalg.lu_solve";
            RequireMatrices(operation, LU, square: true);
            RequireMatrices(operation, B);
            RequireSameType(operation, LU, B);
            RequireNoGrad(operation, LU, B);
            if (pivots.dtype != ScalarType.Int32) throw new TorchException(operation, $"pivots should be a Tensor of scalar type torch.int32. Got {pivots._dtype}");
            long n = LU._sizes[^1];
            if (B._sizes[left ? ^2 : ^1] != n || pivots._sizes[^1] != n)
                throw new TorchException(operation, $"Incompatible shapes of LU {Shapes.Text(LU._sizes)}, pivots {Shapes.Text(pivots._sizes)} and B {Shapes.Text(B._sizes)}");
            using DisposeScope scope = NewDisposeScope();
            long[] lead = Shapes.Broadcast(operation, LU._sizes.AsSpan(0, LU._sizes.Length - 2), B._sizes.AsSpan(0, B._sizes.Length - 2));
            using MatrixBatch factors = MatrixBatch.Read(LU.expand([.. lead, n, n]));
            int[] exchanges = pivots.expand([.. lead, n]).data<int>().ToArray();
            Tensor columns = B.expand([.. lead, .. B._sizes[^2..]]);
            using MatrixBatch x = MatrixBatch.Read(left ? columns : columns.mT);
            x.ForEach(
                b =>
                {
                    int[] order = Array.ConvertAll(exchanges[(int)(b * n)..(int)((b + 1) * n)], p => p - 1);
                    for (int j = 0; j < x.Columns; j++)
                    {
                        // XA = B is AᵀXᵀ = Bᵀ.
                        Span<double> column = x[b].Slice(j * x.Rows, x.Rows);
                        if (left == adjoint) Triangular.SolveLUTransposed(factors[b], x.Rows, order, column);
                        else Triangular.SolveLU(factors[b], x.Rows, order, column);
                    }
                },
                n * n * x.Columns);
            return Tensor.Out(x.ToTensor(LU._dtype, transposed: !left).MoveToOuterDisposeScope(), @out);
        }

        public static (Tensor Solution, Tensor Residuals, Tensor Rank, Tensor SingularValues) lstsq(Tensor input, Tensor other) =>
            LeastSquares(input, other, null);

        public static (Tensor Solution, Tensor Residuals, Tensor Rank, Tensor SingularValues) lstsq(Tensor input, Tensor other, double rcond) =>
            LeastSquares(input, other, rcond);

        public static Tensor pinv(Tensor input, double? atol = null, double? rtol = null, bool hermitian = false)
        {
            RequireMatrices("linalg.pinv", input);
            using DisposeScope scope = NewDisposeScope();
            return PseudoInverse(input, Number(atol), Number(rtol), hermitian, Epsilon(input._dtype)).MoveToOuterDisposeScope();
        }

        public static Tensor pinv(Tensor input, Tensor atol, Tensor? rtol = null, bool hermitian = false)
        {
            RequireMatrices("linalg.pinv", input);
            using DisposeScope scope = NewDisposeScope();
            return PseudoInverse(input, atol, rtol, hermitian, Epsilon(input._dtype)).MoveToOuterDisposeScope();
        }

        public static Tensor matrix_rank(Tensor input, double? atol = null, double? rtol = null, bool hermitian = false)
        {
            RequireMatrices("linalg.matrix_rank", input);
            using DisposeScope scope = NewDisposeScope();
            return Rank(input, Number(atol), Number(rtol), hermitian, Epsilon(input._dtype)).MoveToOuterDisposeScope();
        }

        public static Tensor matrix_rank(Tensor input, Tensor atol, Tensor? rtol = null, bool hermitian = false)
        {
            RequireMatrices("linalg.matrix_rank", input);
            using DisposeScope scope = NewDisposeScope();
            return Rank(input, atol, rtol, hermitian, Epsilon(input._dtype)).MoveToOuterDisposeScope();
        }

        public static Tensor tensorinv(Tensor input, long ind)
        {
            const string operation = "linalg.tensorinv";
            if (ind <= 0) throw new TorchException(operation, "Expected a strictly positive integer for 'ind'");
            long[] sizes = input.shape;
            int split = (int)Math.Min(ind, sizes.Length);
            long rows = Shapes.Count(sizes.AsSpan(0, split)), columns = Shapes.Count(sizes.AsSpan(split));
            if (rows != columns)
                throw new TorchException(operation, $"Expected self to satisfy the requirement prod(self.shape[ind:]) == prod(self.shape[:ind]), but got {columns} != {rows}");
            using DisposeScope scope = NewDisposeScope();
            return inv(input.reshape(rows, columns)).reshape([.. sizes[split..], .. sizes[..split]]).MoveToOuterDisposeScope();
        }

        public static Tensor tensorsolve(Tensor A, Tensor B, long[] dims)
        {
            const string operation = "linalg.tensorsolve";
            using DisposeScope scope = NewDisposeScope();
            Tensor a = dims is null or [] ? A : A.movedim(dims, dims.Select((_, i) => i - dims.LongLength).ToArray());
            long[] shape = a.shape[(int)B.ndim..];
            long unknowns = Shapes.Count(shape), equations = B.numel();
            if (unknowns * equations != a.numel() || unknowns != equations)
                throw new TorchException(operation, $"Expected self to satisfy the requirement prod(self.shape[other.ndim:]) == prod(self.shape[:other.ndim]), but got shapes {Shapes.Text(A._sizes)} and {Shapes.Text(B._sizes)}");
            return solve(a.reshape(equations, unknowns), B.reshape(-1)).reshape(shape).MoveToOuterDisposeScope();
        }

        private static Tensor? Number(double? value) => value is null ? null : torch.tensor(value.Value);

        private static (Tensor Result, int[] Info) Solve(string operation, Tensor a, Tensor b, bool left)
        {
            RequireMatrices(operation, a, square: true);
            RequireSameType(operation, a, b);
            long n = a._sizes[^1];

            // As in torch: a batch of vectors only where all but the last dimension of A gives its shape.
            bool vector = b._sizes.Length == 1 || (a._sizes.Length - 1 == b._sizes.Length && b._sizes.AsSpan().SequenceEqual(a._sizes.AsSpan(0, a._sizes.Length - 1)));
            if (b._sizes.Length == 0) throw new TorchException(operation, "The input tensor B must have at least 1 dimension");
            long rows = vector || b._sizes.Length == 1 ? b._sizes[^1] : b._sizes[^2], columns = vector ? 1 : b._sizes[^1];
            if ((left || vector ? rows : columns) != n)
                throw new TorchException(operation, $"Incompatible shapes of A and B for the equation {(left ? "AX = B" : "XA = B")} ({n}x{n} and {rows}x{columns})");
            if (vector && !left) throw new TorchException(operation, "Vector broadcasting of the left hand side is not supported for left=False. In this case linalg.solve is equivalent to B / A.squeeze(-1)");

            using DisposeScope scope = NewDisposeScope();
            Tensor unknown = vector ? b.unsqueeze(-1) : b;
            long[] lead = Shapes.Broadcast(operation, a._sizes.AsSpan(0, a._sizes.Length - 2), unknown._sizes.AsSpan(0, unknown._sizes.Length - 2));
            using MatrixBatch factors = MatrixBatch.Read(a);
            var pivots = new int[factors.Count * n];
            var info = new int[factors.Count];
            factors.ForEach(i => info[i] = Triangular.FactorLU(factors[i], factors.Rows, factors.Rows, pivots.AsSpan((int)(i * n), (int)n), pivot: true), n * n * n);

            unknown = unknown.expand([.. lead, .. unknown._sizes[^2..]]);
            using MatrixBatch x = MatrixBatch.Read(left ? unknown : unknown.mT);
            long[] which = WhichOf(factors.Lead, lead);
            x.ForEach(
                i =>
                {
                    ReadOnlySpan<int> order = pivots.AsSpan((int)(which[i] * n), (int)n);
                    for (int j = 0; j < x.Columns; j++)
                    {
                        Span<double> column = x[i].Slice(j * x.Rows, x.Rows);
                        if (left) Triangular.SolveLU(factors[which[i]], x.Rows, order, column);
                        else Triangular.SolveLUTransposed(factors[which[i]], x.Rows, order, column);
                    }
                },
                n * n * x.Columns);
            return (SolveRecorded(x.ToTensor(a._dtype, transposed: !left, vector), a, b, left, vector).MoveToOuterDisposeScope(), info);
        }

        /// <summary>The number of the matrix that each of a broadcast batch is.</summary>
        private static long[] WhichOf(long[] own, long[] lead)
        {
            using DisposeScope scope = NewDisposeScope();
            return arange(Shapes.Count(own)).reshape(own).expand(lead).data<long>().ToArray();
        }

        private static (Tensor Result, int[] Info) Inverse(string operation, Tensor input)
        {
            RequireMatrices(operation, input, square: true);
            using MatrixBatch a = MatrixBatch.Read(input), x = MatrixBatch.Zeros(a.Lead, a.Rows, a.Rows);
            var info = new int[a.Count];
            int n = a.Rows;
            a.ForEach(
                b =>
                {
                    var pivots = new int[n];
                    info[b] = Triangular.FactorLU(a[b], n, n, pivots, pivot: true);
                    for (int j = 0; j < n; j++)
                    {
                        x[b][j * n + j] = 1;
                        Triangular.SolveLU(a[b], n, pivots, x[b].Slice(j * n, n));
                    }
                },
                (long)n * n * n);
            return (InverseRecorded(x.ToTensor(input._dtype), input), info);
        }

        private static void CheckInvertible(string operation, Tensor input, Tensor result, int[] info)
        {
            for (int b = 0; b < info.Length; b++)
            {
                if (info[b] == 0) continue;
                result.Dispose();
                throw new TorchException(operation, $"{Element(input._sizes[..^2], b)}The diagonal element {info[b]} is zero, the inversion could not be completed because the input matrix is singular.");
            }
        }

        private static double Epsilon(ScalarType type) => type == ScalarType.Float32 ? 1.1920928955078125e-7 : 2.220446049250313e-16;

        // What counts as zero: the larger of an absolute tolerance and one relative to the largest singular value.
        private static Tensor Tolerance(Tensor x, Tensor largest, Tensor? atol, Tensor? rtol, double epsilon)
        {
            Tensor absolute = (atol ?? torch.tensor(0.0)).to_type(x._dtype);
            Tensor fallback = torch.tensor(epsilon * Math.Max(x._sizes[^1], x._sizes[^2]), x._dtype);
            Tensor relative = rtol?.to_type(x._dtype) ?? (atol is null ? fallback : torch.where(absolute.gt(0), zeros_like(absolute), fallback));
            return torch.maximum(absolute.unsqueeze(-1), relative.unsqueeze(-1).mul(largest));
        }

        private static Tensor Rank(Tensor input, Tensor? atol, Tensor? rtol, bool hermitian, double epsilon)
        {
            if (input.numel() == 0) return zeros(input.shape[..^2], ScalarType.Int64);
            using IDisposable quiet = no_grad();
            Tensor x = input.to_type(ScalarType.Float64);
            Tensor values = hermitian ? eigvalsh(x).abs() : svdvals(x);
            return values.gt(Tolerance(x, values.amax([-1], keepdim: true), atol, rtol, epsilon)).sum(-1);
        }

        private static Tensor PseudoInverse(Tensor input, Tensor? atol, Tensor? rtol, bool hermitian, double epsilon)
        {
            if (input.numel() == 0) return zeros([.. input._sizes[..^2], input._sizes[^1], input._sizes[^2]], input._dtype);
            Tensor inverse;
            using (no_grad()) inverse = PlainPseudoInverse(input, atol, rtol, hermitian, epsilon);
            return PseudoInverseRecorded(inverse, input);
        }

        private static Tensor PlainPseudoInverse(Tensor input, Tensor? atol, Tensor? rtol, bool hermitian, double epsilon)
        {
            Tensor x = input.to_type(ScalarType.Float64);
            if (hermitian)
            {
                (Tensor l, Tensor q) = eigh(x);
                Tensor size = l.abs();
                Tensor kept = size.gt(Tolerance(x, size.amax([-1], keepdim: true), atol, rtol, epsilon));
                return q.mul(Inverted(l, kept)).matmul(q.mT).to_type(input._dtype);
            }

            (Tensor u, Tensor s, Tensor vh) = svd(x, fullMatrices: false);
            Tensor large = s.gt(Tolerance(x, s.amax([-1], keepdim: true), atol, rtol, epsilon));
            return vh.mT.mul(Inverted(s, large)).matmul(u.mT).to_type(input._dtype);
        }

        private static Tensor Inverted(Tensor values, Tensor kept) =>
            torch.where(kept, values.reciprocal(), zeros_like(values)).unsqueeze(-2);

        // torch's default on the CPU (gelsy) gives no residuals and no singular values; nor does this.
        private static (Tensor Solution, Tensor Residuals, Tensor Rank, Tensor SingularValues) LeastSquares(Tensor a, Tensor b, double? rcond)
        {
            const string operation = "linalg.lstsq";
            RequireMatrices(operation, a);
            RequireSameType(operation, a, b);
            bool vector = a._sizes.Length - 1 == b._sizes.Length && b._sizes.AsSpan().SequenceEqual(a._sizes.AsSpan(0, a._sizes.Length - 1));
            if (b._sizes.Length == 0 || (!vector && b._sizes.Length < 2)) throw new TorchException(operation, $"input.dim() must be greater or equal to other.dim() and (input.dim() - other.dim()) <= 1, got shapes {Shapes.Text(a._sizes)} and {Shapes.Text(b._sizes)}");
            if (!vector && b._sizes[^2] != a._sizes[^2]) throw new TorchException(operation, $"input.size(-2) should match other.size(-2), got shapes {Shapes.Text(a._sizes)} and {Shapes.Text(b._sizes)}");
            using DisposeScope scope = NewDisposeScope();
            double epsilon = Epsilon(a._dtype);
            Tensor tolerance = torch.tensor(rcond ?? epsilon * Math.Max(a._sizes[^1], a._sizes[^2]));
            Tensor wide = a.to_type(ScalarType.Float64), right = (vector ? b.unsqueeze(-1) : b).to_type(ScalarType.Float64);
            Tensor rank = Rank(wide, torch.tensor(0.0), tolerance, hermitian: false, epsilon);
            Tensor solution = PseudoInverse(wide, torch.tensor(0.0), tolerance, hermitian: false, epsilon).matmul(right).to_type(a._dtype);
            if (vector) solution = solution.squeeze(-1);
            Tensor none = torch.empty(0, a._dtype), nothing = torch.empty(0, a._dtype);
            scope.MoveToOuter(solution, none, rank);
            return (solution, none, rank, nothing.MoveToOuterDisposeScope());
        }
    }
}
