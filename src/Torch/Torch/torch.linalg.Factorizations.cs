using TorchSharp.Kernels.Matrices;

namespace TorchSharp;

public static partial class torch
{
    public static partial class linalg
    {
        /// <summary>Which of the factors <see cref="qr"/> computes, and of which shape.</summary>
        public enum QRMode
        {
            Reduced = 0,
            Complete = 1,
            R = 2,
        }

        public static (Tensor Q, Tensor R) qr(Tensor input, QRMode mode = QRMode.Reduced)
        {
            RequireMatrices("linalg.qr", input);
            using MatrixBatch a = MatrixBatch.Read(input);
            int m = a.Rows, n = a.Columns, k = Math.Min(m, n), columns = mode == QRMode.Complete ? m : k;
            using MatrixBatch q = MatrixBatch.Zeros(a.Lead, mode == QRMode.R ? 0 : m, mode == QRMode.R ? 0 : columns);
            using MatrixBatch r = MatrixBatch.Zeros(a.Lead, columns, n);
            a.ForEach(
                b =>
                {
                    var tau = new double[k];
                    Householder.Factor(a[b], m, n, tau);
                    for (int j = 0; j < n; j++) a[b].Slice(j * m, Math.Min(j + 1, k)).CopyTo(r[b][(j * columns)..]);
                    if (mode != QRMode.R) Householder.Form(a[b], m, k, tau, q[b], columns);
                },
                (long)m * n * k);
            Tensor factor = mode == QRMode.R ? Tensor.Allocate([0], input._dtype) : q.ToTensor(input._dtype);
            return QRRecorded(factor, r.ToTensor(input._dtype), input, mode);
        }

        public static Tensor cholesky(Tensor input)
        {
            using DisposeScope scope = NewDisposeScope();
            (Tensor l, Tensor info) = Cholesky("linalg.cholesky", input);
            CheckPositive("linalg.cholesky", info);
            return l.MoveToOuterDisposeScope();
        }

        public static (Tensor L, Tensor info) cholesky_ex(Tensor input, bool check_errors = false)
        {
            (Tensor l, Tensor info) = Cholesky("linalg.cholesky_ex", input);
            if (check_errors) CheckPositive("linalg.cholesky_ex", info);
            return (l, info);
        }

        /// <summary>The orthogonal matrix that the reflections in <paramref name="A"/> and <paramref name="tau"/> make up.</summary>
        public static Tensor householder_product(Tensor A, Tensor tau)
        {
            RequireMatrices("linalg.householder_product", A);
            RequireNoGrad("linalg.householder_product", A, tau);
            long m = A._sizes[^2], n = A._sizes[^1];
            if (m < n) throw new TorchException("linalg.householder_product", $"input.shape[-2] must be greater than or equal to input.shape[-1], got {Shapes.Text(A._sizes)}");
            if (tau.ndim != A.ndim - 1 || tau._sizes[^1] > n || !tau._sizes.AsSpan(0, tau._sizes.Length - 1).SequenceEqual(A._sizes.AsSpan(0, A._sizes.Length - 2)))
                throw new TorchException("linalg.householder_product", $"tau of shape {Shapes.Text(tau._sizes)} does not go with input of shape {Shapes.Text(A._sizes)}");
            RequireSameType("linalg.householder_product", A, tau);
            using MatrixBatch a = MatrixBatch.Read(A), q = MatrixBatch.Zeros(a.Lead, a.Rows, a.Columns);
            using Tensor wide = tau.unsqueeze(-1).DetachFromDisposeScope();
            using MatrixBatch t = MatrixBatch.Read(wide);
            a.ForEach(b => Householder.Form(a[b], a.Rows, t.Rows, t[b], q[b], a.Columns), m * n * n);
            return q.ToTensor(A._dtype);
        }

        public static (Tensor P, Tensor L, Tensor U) lu(Tensor input, bool pivot = true)
        {
            using DisposeScope scope = NewDisposeScope();
            (Tensor factors, Tensor? pivots) = LU("linalg.lu", input, pivot);
            (Tensor p, Tensor l, Tensor u) = Unpack(factors, pivots!);
            return scope.MoveToOuter(pivot ? p : torch.empty(0, input._dtype), l, u);
        }

        public static (Tensor LU, Tensor? Pivots) lu_factor(Tensor input, bool pivot = true) => LU("linalg.lu_factor", input, pivot);

        internal static void RequireMatrices(string operation, Tensor input, bool square = false)
        {
            input.ThrowIfInvalid();
            if (input._sizes.Length < 2) throw new TorchException(operation, $"The input tensor A must have at least 2 dimensions, got shape {Shapes.Text(input._sizes)}");
            if (!input._dtype.IsFloat()) throw new TorchException(operation, $"Expected a floating point tensor as input. Got {input._dtype}");
            if (input._dtype.IsReduced()) throw new TorchException(operation, $"Low precision dtypes not supported. Got {input._dtype}");
            if (square && input._sizes[^1] != input._sizes[^2])
                throw new TorchException(operation, $"A must be batches of square matrices, but they are {input._sizes[^2]} by {input._sizes[^1]} matrices");
        }

        internal static void RequireSameType(string operation, Tensor a, Tensor b)
        {
            b.ThrowIfInvalid();
            if (a._dtype != b._dtype) throw new TorchException(operation, $"Expected A and B to have the same dtype, but found A of type {a._dtype} and B of type {b._dtype} instead");
        }

        /// <summary>Which of a batch an error is about, as torch says it.</summary>
        internal static string Element(long[] lead, long b) => lead.Length == 0 ? "" : $"(Batch element {b}): ";

        /// <summary>The pivots of LAPACK: exchange after exchange, rows counted from 1.</summary>
        internal static (Tensor LU, Tensor Pivots) LU(string operation, Tensor input, bool pivot)
        {
            RequireMatrices(operation, input);
            RequireNoGrad(operation, input);
            using MatrixBatch a = MatrixBatch.Read(input);
            int k = Math.Min(a.Rows, a.Columns);
            var pivots = new int[a.Count * k];
            a.ForEach(
                b =>
                {
                    Span<int> own = pivots.AsSpan((int)b * k, k);
                    Triangular.FactorLU(a[b], a.Rows, a.Columns, own, pivot);
                    foreach (ref int p in own) p++;
                },
                (long)a.Rows * a.Columns * k);
            return (a.ToTensor(input._dtype), torch.tensor(pivots, [.. a.Lead, k]));
        }

        /// <summary>L and U cut out of their common matrix, and the pivots as a matrix P, so that A = P L U.</summary>
        internal static (Tensor P, Tensor L, Tensor U) Unpack(Tensor factors, Tensor pivots)
        {
            using DisposeScope scope = NewDisposeScope();
            long m = factors._sizes[^2], n = factors._sizes[^1], k = Math.Min(m, n);
            Tensor u = factors.narrow(-2, 0, k).triu();
            Tensor l = factors.narrow(-1, 0, k).tril(-1).add(eye(m, k, factors._dtype));
            int[] exchanges = pivots.to_type(ScalarType.Int32).data<int>().ToArray();
            long count = k == 0 ? Shapes.Count(factors._sizes.AsSpan(0, factors._sizes.Length - 2)) : exchanges.Length / k;
            var places = new long[count * m];
            for (long b = 0; b < count; b++)
            {
                Span<long> rows = places.AsSpan((int)(b * m), (int)m);
                for (int i = 0; i < m; i++) rows[i] = i;
                for (int i = 0; i < k; i++)
                {
                    int other = exchanges[b * k + i] - 1;
                    (rows[i], rows[other]) = (rows[other], rows[i]);
                }
            }

            // Row i of L U is row places[i] of A.
            Tensor at = torch.tensor(places, [.. factors._sizes[..^2], 1, m]);
            Tensor p = zeros([.. factors._sizes[..^2], m, m], factors._dtype).scatter_(-2, at, ones([.. factors._sizes[..^2], 1, m], factors._dtype));
            return scope.MoveToOuter(p, l, u);
        }

        private static (Tensor L, Tensor Info) Cholesky(string operation, Tensor input)
        {
            RequireMatrices(operation, input, square: true);
            using MatrixBatch a = MatrixBatch.Read(input);
            var info = new int[a.Count];
            int n = a.Rows;
            a.ForEach(b => info[b] = Triangular.FactorCholesky(a[b], n), (long)n * n * n);
            return (CholeskyRecorded(a.ToTensor(input._dtype), input), torch.tensor(info, a.Lead));
        }

        private static void CheckPositive(string operation, Tensor info)
        {
            int[] orders = info.data<int>().ToArray();
            for (int b = 0; b < orders.Length; b++)
                if (orders[b] > 0)
                    throw new TorchException(operation, $"{Element(info._sizes, b)}The factorization could not be completed because the input is not positive-definite (the leading minor of order {orders[b]} is not positive-definite).");
        }
    }
}
