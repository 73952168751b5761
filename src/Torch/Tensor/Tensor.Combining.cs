namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor[] tensor_split(long size, long dim = 0)
        {
            int axis = SplitAxis("tensor_split", dim);
            if (size <= 0) throw new TorchException("tensor_split", $"number of sections must be larger than 0, got {size}");
            var parts = new Tensor[size];
            long n = _sizes[axis], start = 0;
            for (long i = 0; i < size; i++)
            {
                long length = n / size + (i < n % size ? 1 : 0);
                parts[i] = narrow(axis, start, length);
                start += length;
            }

            return parts;
        }

        /// <summary>Split at indices, counted from the end if negative; what lies out of range is an empty part.</summary>
        public Tensor[] tensor_split(long[] sizes, long dim = 0)
        {
            int axis = SplitAxis("tensor_split", dim);
            long n = _sizes[axis], start = 0;
            var parts = new Tensor[sizes.Length + 1];
            for (int i = 0; i <= sizes.Length; i++)
            {
                long end = i == sizes.Length ? n : Math.Clamp(sizes[i] < 0 ? sizes[i] + n : sizes[i], 0, n);
                parts[i] = narrow(axis, start, Math.Max(end - start, 0));
                start = end;
            }

            return parts;
        }

        public Tensor[] tensor_split(Tensor indices, long dim = 0)
        {
            if (indices.dtype != ScalarType.Int64 || indices.ndim > 1) throw new TorchException("tensor_split", $"expected tensor_indices_or_sections to be a zero-dimensional or one-dimensional tensor of dtype long, got {indices._dtype} of shape {Shapes.Text(indices._sizes)}");
            return indices.ndim == 0 ? tensor_split(indices.item<long>(), dim) : tensor_split(indices.data<long>().ToArray(), dim);
        }

        public Tensor[] vsplit(long size) => Sections("vsplit", size, 0, 2);

        public Tensor[] vsplit(params long[] sizes) => Required("vsplit", 2).tensor_split(sizes, 0);

        public Tensor[] vsplit(Tensor indices) => Required("vsplit", 2).tensor_split(indices, 0);

        public Tensor[] hsplit(long size) => Sections("hsplit", size, ndim == 1 ? 0 : 1, 1);

        public Tensor[] hsplit(params long[] sizes) => Required("hsplit", 1).tensor_split(sizes, ndim == 1 ? 0 : 1);

        public Tensor[] hsplit(Tensor indices) => Required("hsplit", 1).tensor_split(indices, ndim == 1 ? 0 : 1);

        public Tensor[] dsplit(long size) => Sections("dsplit", size, 2, 3);

        public Tensor[] dsplit(params long[] sizes) => Required("dsplit", 3).tensor_split(sizes, 2);

        public Tensor[] dsplit(Tensor indices) => Required("dsplit", 3).tensor_split(indices, 2);

        public Tensor[] dsplit((long, long) indices_or_sections) => dsplit(indices_or_sections.Item1, indices_or_sections.Item2);

        public Tensor[] dsplit((long, long, long) indices_or_sections) => dsplit(indices_or_sections.Item1, indices_or_sections.Item2, indices_or_sections.Item3);

        public Tensor[] dsplit((long, long, long, long) indices_or_sections) =>
            dsplit(indices_or_sections.Item1, indices_or_sections.Item2, indices_or_sections.Item3, indices_or_sections.Item4);

        public Tensor atleast_1d() => ndim == 0 ? unsqueeze(0) : alias();

        public Tensor atleast_2d() => ndim switch
        {
            0 => reshape(1, 1),
            1 => unsqueeze(0),
            _ => alias(),
        };

        public Tensor atleast_3d() => ndim switch
        {
            0 => reshape(1, 1, 1),
            1 => reshape(1, -1, 1),
            2 => unsqueeze(-1),
            _ => alias(),
        };

        /// <summary>The Kronecker product.</summary>
        public Tensor kron(Tensor other)
        {
            using DisposeScope scope = NewDisposeScope();
            int rank = (int)Math.Max(ndim, other.ndim);
            long[] a = [.. Enumerable.Repeat(1L, rank - (int)ndim), .. _sizes], b = [.. Enumerable.Repeat(1L, rank - (int)other.ndim), .. other._sizes];
            long[] left = [.. a.SelectMany(n => new[] { n, 1 })], right = [.. b.SelectMany(n => new[] { 1, n })];
            return reshape(left).mul(other.reshape(right)).reshape([.. a.Zip(b, (x, y) => x * y)]).MoveToOuterDisposeScope();
        }

        /// <summary>A quarter turn, k times, from the first of two dimensions towards the second.</summary>
        public Tensor rot90(long k = 1, (long, long)? dims = null)
        {
            (long first, long second) = dims ?? (0, 1);
            if (ndim < 2) throw new TorchException("rot90", $"expected total dims >= 2, but got total dims = {ndim}");
            int a = Axis(first, "rot90"), b = Axis(second, "rot90");
            if (a == b) throw new TorchException("rot90", $"expected rotation dims to be different, but got dim0 = {first} and dim1 = {second}");
            using DisposeScope scope = NewDisposeScope();
            Tensor result = (((k % 4) + 4) % 4) switch
            {
                1 => flip(b).transpose(a, b).contiguous(),
                2 => flip(a, b),
                3 => flip(a).transpose(a, b).contiguous(),
                _ => clone(),
            };
            return result.MoveToOuterDisposeScope();
        }

        public Tensor roll((long, long, long) shifts, (long, long, long) dims) =>
            Roll([shifts.Item1, shifts.Item2, shifts.Item3], [dims.Item1, dims.Item2, dims.Item3]);

        public Tensor take_along_dim(IEnumerable<long> indices)
        {
            using Tensor at = torch.tensor(indices.ToArray());
            return take_along_dim(at);
        }

        public Tensor take_along_dim(IEnumerable<long> indices, long dim)
        {
            using Tensor at = torch.tensor(indices.ToArray());
            return take_along_dim(at, dim);
        }

        /// <summary>A copy in which one index along a dimension holds the source.</summary>
        public Tensor select_scatter(Tensor src, long dim, long index) => Placed("select_scatter", src, x => x.select(dim, index));

        public Tensor slice_scatter(Tensor src, long dim = 0, long? start = null, long? end = null, long step = 1) =>
            Placed("slice_scatter", src, x => x.slice(dim, start ?? 0, end ?? x._sizes[x.Axis(dim, "slice_scatter")], step));

        public Tensor diagonal_scatter(Tensor src, long offset = 0, long dim1 = 0, long dim2 = 1) =>
            Placed("diagonal_scatter", src, x => x.diagonal(offset, dim1, dim2));

        /// <summary>The powers N − 1 … 0 of each element, or ascending.</summary>
        public Tensor vander(long N = -1, bool increasing = false)
        {
            if (ndim != 1) throw new InvalidOperationException("Input argument for 'vander()' must be 1-D.");
            long n = N == -1 ? _sizes[0] : N;
            if (n < 0) throw new TorchException("vander", $"N must be non-negative, got {n}");
            using DisposeScope scope = NewDisposeScope();
            ScalarType type = _dtype.IsFloat() ? _dtype : ScalarType.Int64;
            Tensor one = torch.ones([_sizes[0], Math.Min(n, 1)], type);
            Tensor powers = n < 2 ? one : cat([one, to_type(type).unsqueeze(-1).expand(_sizes[0], n - 1).cumprod(-1)], -1);
            return (increasing ? powers : powers.flip(1)).MoveToOuterDisposeScope();
        }

        public static Tensor block_diag(params Tensor[] tensors) => torch.block_diag(tensors);

        public Tensor det() => linalg.det(this);

        public Tensor logdet()
        {
            using DisposeScope scope = NewDisposeScope();
            (Tensor sign, Tensor log) = linalg.slogdet(this);
            return torch.where(sign.lt(0), full([], double.NaN, _dtype), log).MoveToOuterDisposeScope();
        }

        public Tensor inverse() => linalg.inv(this);

        public Tensor pinverse(double rcond = 1e-15, bool hermitian = false) => linalg.pinv(this, null, rcond, hermitian);

        public Tensor matrix_exp() => linalg.matrix_exp(this);

        /// <summary>By squaring; of negative n by the inverse.</summary>
        public Tensor matrix_power(int n)
        {
            if (ndim < 2 || _sizes[^1] != _sizes[^2]) throw new TorchException("matrix_power", $"A must be batches of square matrices, got shape {Shapes.Text(_sizes)}");
            using DisposeScope scope = NewDisposeScope();
            if (n == 0) return torch.eye(_sizes[^1], dtype: _dtype).expand(_sizes).clone().MoveToOuterDisposeScope();
            Tensor power = n < 0 ? linalg.inv(this) : this;
            Tensor? result = null;
            for (long left = Math.Abs((long)n); ; power = power.matmul(power))
            {
                if ((left & 1) == 1) result = result is null ? power : result.matmul(power);
                if ((left >>= 1) == 0) break;
            }

            return (ReferenceEquals(result, this) ? clone() : result!).MoveToOuterDisposeScope();
        }

        public Tensor cholesky(bool upper = false)
        {
            Tensor l = linalg.cholesky(this);
            if (!upper) return l;
            using DisposeScope scope = NewDisposeScope();
            scope.Attach(l.DetachFromDisposeScope());
            return l.mT.MoveToOuterDisposeScope();
        }

        public Tensor cholesky_inverse(bool upper = false)
        {
            using DisposeScope scope = NewDisposeScope();
            return torch.eye(_sizes[^1], dtype: _dtype).expand(_sizes).cholesky_solve(this, upper).MoveToOuterDisposeScope();
        }

        /// <summary>Solves with a matrix of which <paramref name="input2"/> is the Cholesky factor.</summary>
        public Tensor cholesky_solve(Tensor input2, bool upper = false)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor l = upper ? input2.mT : input2;
            Tensor y = linalg.solve_triangular(l, this, upper: false);
            return linalg.solve_triangular(l.mT, y, upper: true).MoveToOuterDisposeScope();
        }

        public (Tensor a, Tensor tau) geqrf()
        {
            linalg.RequireMatrices("geqrf", this);
            if (Autograd.Derivative.Wanted(this)) throw new TorchException("geqrf", "the derivative for 'geqrf' is not implemented.");
            using var a = Kernels.Matrices.MatrixBatch.Read(this);
            int k = Math.Min(a.Rows, a.Columns);
            using var tau = Kernels.Matrices.MatrixBatch.Zeros(a.Lead, k, 1);
            a.ForEach(b => Kernels.Matrices.Householder.Factor(a[b], a.Rows, a.Columns, tau[b]), (long)a.Rows * a.Columns * k);
            return (a.ToTensor(_dtype), tau.ToTensor(_dtype, vector: true));
        }

        /// <summary>β this + α (the sum of the products of two batches of matrices).</summary>
        public Tensor addbmm(Tensor batch1, Tensor batch2, float beta = 1, float alpha = 1)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor product = batch1.bmm(batch2).sum(0L);
            return mul(beta).add(product.mul(alpha)).to_type(_dtype).MoveToOuterDisposeScope();
        }

        public Tensor addbmm_(Tensor batch1, Tensor batch2, float beta = 1, float alpha = 1) => InPlace("addbmm_", x => x.addbmm(batch1, batch2, beta, alpha), batch1, batch2);

        public Tensor addmv_(Tensor mat, Tensor vec, float beta = 1, float alpha = 1) => InPlace("addmv_", x => x.addmv(mat, vec, beta, alpha), mat, vec);

        public Tensor addr(Tensor vec1, Tensor vec2, float beta = 1, float alpha = 1)
        {
            using DisposeScope scope = NewDisposeScope();
            return mul(beta).add(vec1.outer(vec2).mul(alpha)).to_type(_dtype).MoveToOuterDisposeScope();
        }

        public Tensor addr_(Tensor vec1, Tensor vec2, float beta = 1, float alpha = 1) => InPlace("addr_", x => x.addr(vec1, vec2, beta, alpha), vec1, vec2);

        public Tensor addcmul_(Tensor tensor1, Tensor tensor2, Scalar value) => InPlace("addcmul_", x => x.addcmul(tensor1, tensor2, value), tensor1, tensor2);

        public Tensor addcdiv(Tensor tensor1, Tensor tensor2) => addcdiv(tensor1, tensor2, 1);

        public Tensor addcdiv_(Tensor tensor1, Tensor tensor2, Scalar value) => InPlace("addcdiv_", x => x.addcdiv(tensor1, tensor2, value), tensor1, tensor2);

        public Tensor addcdiv_(Tensor tensor1, Tensor tensor2) => addcdiv_(tensor1, tensor2, 1);

        private int SplitAxis(string operation, long dim)
        {
            if (ndim == 0) throw new TorchException(operation, "expected at least a 1-dimensional tensor, but got a tensor with 0 dims");
            return Axis(dim, operation);
        }

        private Tensor Required(string operation, int rank) => ndim >= rank
            ? this
            : throw new TorchException(operation, $"requires a tensor with at least {rank} dimension, but got a tensor with {ndim} dimensions!");

        private Tensor[] Sections(string operation, long size, int axis, int rank)
        {
            Required(operation, rank);
            if (size <= 0 || _sizes[axis] % size != 0) throw new ArgumentException($"{operation}(): dimension {axis} of size {_sizes[axis]} must be evenly divisible by the size {size}.");
            return tensor_split(size, axis);
        }

        private Tensor Placed(string operation, Tensor src, Func<Tensor, Tensor> cut)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor result = clone(), place = cut(result);
            if (!place._sizes.AsSpan().SequenceEqual(src.shape))
                throw new TorchException(operation, $"expected src to have a size equal to the slice of self. src size = {Shapes.Text(src._sizes)}, slice size = {Shapes.Text(place._sizes)}");
            place.copy_(src);
            return result.MoveToOuterDisposeScope();
        }
    }
}
