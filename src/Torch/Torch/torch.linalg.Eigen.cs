using System.Numerics;
using TorchSharp.Kernels.Matrices;

namespace TorchSharp;

public static partial class torch
{
    public static partial class linalg
    {
        /// <summary>Eigenvalues and eigenvectors of any real square matrix, complex both.</summary>
        public static (Tensor, Tensor) eig(Tensor input)
        {
            (Tensor values, Tensor? vectors) = General("linalg.eig", input, withVectors: true);
            return (values, vectors!);
        }

        public static Tensor eigvals(Tensor input) => General("linalg.eigvals", input, withVectors: false).Values;

        /// <summary>Of a symmetric matrix, of which one triangle is read; the eigenvalues in ascending order.</summary>
        public static (Tensor, Tensor) eigh(Tensor input, char UPLO = 'L')
        {
            RequireMatrices("linalg.eigh", input, square: true);
            return Symmetric("linalg.eigh", input, UPLO);
        }

        public static Tensor eigvalsh(Tensor input, char UPLO = 'L')
        {
            RequireMatrices("linalg.eigvalsh", input, square: true);
            (Tensor values, Tensor vectors) = Symmetric("linalg.eigvalsh", input, UPLO);
            vectors.Dispose();
            return values;
        }

        private static (Tensor Values, Tensor Vectors) Symmetric(string operation, Tensor input, char triangle)
        {
            bool upper = triangle is 'U' or 'u';
            if (!upper && triangle is not ('L' or 'l')) throw new TorchException(operation, $"Expected UPLO argument to be 'L' or 'U', but got {triangle}");
            using MatrixBatch a = MatrixBatch.Read(input), values = MatrixBatch.Zeros(a.Lead, a.Rows, 1);
            int n = a.Rows;
            a.ForEach(
                b =>
                {
                    Span<double> matrix = a[b];
                    for (int j = 0; j < n; j++)
                        for (int i = j + 1; i < n; i++)
                            if (upper) matrix[j * n + i] = matrix[i * n + j];
                            else matrix[i * n + j] = matrix[j * n + i];
                    RequireFinite(operation, a, b);
                    Eigen.Symmetric(matrix, n, values[b]);
                },
                (long)n * n * n);
            (Tensor found, Tensor vectors) = (values.ToTensor(input._dtype, vector: true), a.ToTensor(input._dtype));
            EigenRecorded(found, vectors, input);
            return (found, vectors);
        }

        private static (Tensor Values, Tensor? Vectors) General(string operation, Tensor input, bool withVectors)
        {
            RequireMatrices(operation, input, square: true);
            RequireNoGrad(operation, input);
            ScalarType type = input._dtype == ScalarType.Float32 ? ScalarType.ComplexFloat32 : ScalarType.ComplexFloat64;
            using MatrixBatch a = MatrixBatch.Read(input);
            int n = a.Rows;
            var values = new Complex[a.Count * n];
            var vectors = withVectors ? new Complex[a.Count * n * n] : null;
            a.ForEach(
                b =>
                {
                    RequireFinite(operation, a, b);
                    Complex[]? own = withVectors ? new Complex[n * n] : null;
                    Eigen.General(operation, a[b], n, own).CopyTo(values, b * n);
                    own?.CopyTo(vectors!, b * n * n);
                },
                10L * n * n * n);
            Tensor found = TensorFactory.Create<Complex>(values, [.. a.Lead, n], type, null, false);
            if (vectors is null) return (found, null);
            using Tensor rows = TensorFactory.Create<Complex>(vectors, input._sizes, type, null, false).DetachFromDisposeScope();
            return (found, rows.mT);
        }

        private static void RequireFinite(string operation, MatrixBatch a, long b)
        {
            if (!a.IsFinite(b)) throw new TorchException(operation, $"{Element(a.Lead, b)}The algorithm failed to converge because the input matrix contained non-finite values.");
        }
    }
}
