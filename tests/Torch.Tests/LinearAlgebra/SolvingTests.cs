using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Tests.LinearAlgebra;

/// <summary>Numbers marked as torch's were printed by PyTorch 1.13 on a CPU.</summary>
public sealed class SolvingTests
{
    [Test]
    public void Solve_takes_matrices_vectors_and_broadcast_batches()
    {
        var random = new Random(1);
        (long[] A, long[] B)[] shapes = [([4, 4], [4]), ([4, 4], [4, 2]), ([3, 4, 4], [3, 4]), ([3, 4, 4], [4, 2]), ([2, 1, 4, 4], [3, 4, 2]), ([4, 4], [5, 4, 1]), ([0, 0], [0, 2])];
        foreach ((long[] sa, long[] sb) in shapes)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor a = Samples.Of(random, sa, ScalarType.Float64).add(eye(sa[^1], dtype: ScalarType.Float64)), b = Samples.Of(random, sb, ScalarType.Float64);
            Tensor x = linalg.solve(a, b);
            bool vector = sb.Length == 1 || (sa.Length == 3 && sb.Length == 2 && sb[0] == 3);
            Tensor product = vector ? a.matmul(x.unsqueeze(-1)).squeeze(-1) : a.matmul(x);
            product.allclose(b.expand_as(product), atol: 1e-8).Should().BeTrue($"A {Text(sa)} B {Text(sb)}");
            if (vector) continue;
            Tensor y = linalg.solve(a, b.mT, left: false);
            y.matmul(a).allclose(b.mT.expand_as(y), atol: 1e-8).Should().BeTrue();
        }
    }

    [Test]
    public void Inverse_times_matrix_is_the_identity()
    {
        var random = new Random(2);
        foreach (long[] lead in new long[][] { [], [3], [2, 2], [0] })
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor a = Samples.Of(random, [.. lead, 6, 6], ScalarType.Float64).add(eye(6, dtype: ScalarType.Float64).mul(3));
            Tensor unit = eye(6, dtype: ScalarType.Float64).expand([.. lead, 6, 6]);
            linalg.inv(a).matmul(a).allclose(unit, atol: 1e-9).Should().BeTrue();
            (Tensor inverse, Tensor info) = linalg.inv_ex(a);
            inverse.allclose(linalg.inv(a)).Should().BeTrue();
            info.dtype.Should().Be(ScalarType.Int32);
        }

        linalg.inv(tensor(new float[,] { { 4, 7 }, { 2, 6 } })).allclose(tensor(new[,] { { 0.6f, -0.7f }, { -0.2f, 0.4f } })).Should().BeTrue();
    }

    [Test]
    public void Singular_matrices_are_refused_with_torchs_words()
    {
        (Action Act, string Message)[] cases =
        [
            (() => linalg.inv(zeros(2, 2)), "*linalg.inv*The diagonal element 1 is zero, the inversion could not be completed because the input matrix is singular.*"),
            (() => linalg.inv(stack([eye(2), ones(2, 2)])), "*linalg.inv*(Batch element 1): The diagonal element 2 is zero*"),
            (() => linalg.solve(zeros(2, 2), ones(2)), "*linalg.solve*The solver failed because the input matrix is singular.*"),
            (() => linalg.solve(eye(2), ones(3, 1)), "*Incompatible shapes of A and B for the equation AX = B (2x2 and 3x1)*"),
            (() => linalg.solve(eye(2), ones([2, 1], ScalarType.Float64)), "*Expected A and B to have the same dtype*"),
            (() => linalg.inv(ones(3)), "*at least 2 dimensions*"),
            (() => linalg.lstsq(ones(3, 2), ones(2, 2)), "*linalg.lstsq*input.size(-2) should match other.size(-2)*"),
            (() => linalg.tensorinv(ones(3, 2), 2), "*prod(self.shape[ind:]) == prod(self.shape[:ind]), but got 1 != 6*"),
        ];
        foreach ((Action act, string message) in cases) act.Should().Throw<ExternalException>().WithMessage(message);
        linalg.inv_ex(zeros(2, 2)).info.item<int>().Should().Be(1);
        linalg.solve_ex(zeros(2, 2), ones(2)).info.item<int>().Should().Be(1);
    }

    [Test]
    public void Solve_triangular_reads_one_triangle([Values] bool upper, [Values] bool left, [Values] bool unit)
    {
        var random = new Random(3);
        using DisposeScope scope = NewDisposeScope();
        Tensor a = Samples.Of(random, [2, 1, 4, 4], ScalarType.Float64).add(eye(4, dtype: ScalarType.Float64).mul(5)), b = Samples.Of(random, [3, 4, 4], ScalarType.Float64);
        Tensor x = linalg.solve_triangular(a, b, upper, left, unit);
        Tensor triangle = upper ? a.triu(unit ? 1 : 0) : a.tril(unit ? -1 : 0);
        if (unit) triangle = triangle.add(eye(4, dtype: ScalarType.Float64));
        (left ? triangle.matmul(x) : x.matmul(triangle)).allclose(b.expand(2, 3, 4, 4), atol: 1e-9).Should().BeTrue();
    }

    [Test]
    public void Pseudo_inverse_meets_Penroses_conditions()
    {
        var random = new Random(4);
        foreach ((long m, long n, long rank) in new (long, long, long)[] { (5, 3, 3), (3, 5, 3), (5, 5, 2), (4, 4, 4) })
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor left = Samples.Of(random, [2, m, rank], ScalarType.Float64).add(eye(m, rank, ScalarType.Float64).mul(9));
            Tensor a = left.matmul(Samples.Of(random, [2, rank, n], ScalarType.Float64).add(eye(rank, n, ScalarType.Float64).mul(9)));
            Tensor p = linalg.pinv(a);
            a.matmul(p).matmul(a).allclose(a, atol: 1e-9).Should().BeTrue();
            p.matmul(a).matmul(p).allclose(p, atol: 1e-9).Should().BeTrue();
            a.matmul(p).mT.allclose(a.matmul(p), atol: 1e-9).Should().BeTrue();
            p.matmul(a).mT.allclose(p.matmul(a), atol: 1e-9).Should().BeTrue();
            linalg.matrix_rank(a).data<long>().ToArray().Should().Equal(rank, rank);
        }

        Tensor symmetric = tensor(new double[,] { { 2, 2 }, { 2, 2 } });
        Samples.ShouldBe(linalg.pinv(symmetric, hermitian: true), [2, 2], [0.125, 0.125, 0.125, 0.125], 1e-14);
        linalg.pinv(zeros(2, 0, 3)).shape.Should().Equal(2, 3, 0);
        linalg.matrix_rank(diag(tensor(new[] { 1.0, 0.1, 0.01 })), atol: 0.05).item<long>().Should().Be(2);
        linalg.matrix_rank(diag(tensor(new[] { 1.0, 0.1, 0.01 })), rtol: 0.5).item<long>().Should().Be(1);
    }

    [Test]
    public void Least_squares_minimises_the_residual()
    {
        // torch: solution [0.6667, 0.5], rank 2, no residuals.
        Tensor a = tensor(new float[,] { { 1, 1 }, { 1, 2 }, { 1, 3 } }), b = tensor(new float[,] { { 1 }, { 2 }, { 2 } });
        (Tensor solution, Tensor residuals, Tensor rank, Tensor singular) = linalg.lstsq(a, b);
        Samples.ShouldBe(solution, [2, 1], [2 / 3.0, 0.5], 1e-6);
        rank.item<long>().Should().Be(2);
        residuals.shape.Should().Equal(0);
        singular.shape.Should().Equal(0);

        // Fewer equations than unknowns: the shortest solution.
        Samples.ShouldBe(linalg.lstsq(tensor(new double[,] { { 3, 4 } }), tensor(new double[,] { { 5 } })).Solution, [2, 1], [0.6, 0.8], 1e-14);
    }

    [Test]
    public void Determinants_are_those_of_torch()
    {
        Tensor a = tensor(new double[,] { { 0, 2, 1 }, { -3, 0, 5 }, { 1, 1, 0 } });
        linalg.det(a).item<double>().Should().BeApproximately(7, 1e-13);
        (Tensor sign, Tensor log) = linalg.slogdet(stack([a, a.neg()]));
        Samples.ShouldBe(sign, [2], [1, -1], 0);
        Samples.ShouldBe(log, [2], [Math.Log(7), Math.Log(7)], 1e-14);

        // torch: sign 0 and -inf for a singular matrix; 1 for none.
        (sign, log) = linalg.slogdet(zeros(2, 2));
        sign.item<float>().Should().Be(0);
        log.item<float>().Should().Be(float.NegativeInfinity);
        linalg.det(zeros(0, 0)).item<float>().Should().Be(1);
    }

    [Test]
    public void Condition_numbers_follow_the_norm()
    {
        Tensor a = tensor(new double[,] { { 1, 2 }, { 3, 4 } });

        // By hand: inverse [[-2, 1], [1.5, -0.5]].
        linalg.cond(a, 1).item<double>().Should().BeApproximately(6 * 3.5, 1e-12);
        linalg.cond(a, double.PositiveInfinity).item<double>().Should().BeApproximately(7 * 3, 1e-12);
        linalg.cond(a, "fro").item<double>().Should().BeApproximately(Math.Sqrt(30 * 7.5), 1e-12);
        linalg.cond(diag(tensor(new[] { 8.0, 2.0 }))).item<double>().Should().BeApproximately(4, 1e-14);
        linalg.cond(diag(tensor(new[] { 8.0, 2.0 })), -2).item<double>().Should().BeApproximately(0.25, 1e-14);
        linalg.cond(ones([2, 2]), 1).item<float>().Should().Be(float.PositiveInfinity);
    }

    [Test]
    public void Cross_products_are_perpendicular()
    {
        Tensor x = tensor(new double[,] { { 1, 2, 3 } }), y = tensor(new double[,] { { -1, 0, 2 }, { 4, 5, 6 } });
        Samples.ShouldBe(linalg.cross(x, y), [2, 3], [4, -5, 2, -3, 6, -3], 0);
        Action act = () => linalg.cross(ones(2, 2), ones(2, 2));
        act.Should().Throw<ExternalException>().WithMessage("*linalg.cross*must have length 3*");
    }

    [Test]
    public void Matrix_exponential_is_the_series()
    {
        Tensor rotation = tensor(new double[,] { { 0, -2 }, { 2, 0 } });
        Samples.ShouldBe(linalg.matrix_exp(rotation), [2, 2], [Math.Cos(2), -Math.Sin(2), Math.Sin(2), Math.Cos(2)], 1e-14);
        Samples.ShouldBe(linalg.matrix_exp(diag(tensor(new[] { 20.0, -20, 0 }))).diagonal().log(), [3], [20, -20, 0], 1e-11);
        linalg.matrix_exp(zeros(2, 0, 0)).shape.Should().Equal(2, 0, 0);
    }

    [Test]
    public void Vandermonde_matrices_and_tensor_forms()
    {
        Samples.ShouldBe(linalg.vander(tensor(new double[] { 2, 3 }), 4), [2, 4], [1, 2, 4, 8, 1, 3, 9, 27], 0);
        linalg.vander(tensor(new long[] { 2, 3 })).dtype.Should().Be(ScalarType.Int64);
        var random = new Random(5);
        using DisposeScope scope = NewDisposeScope();
        Tensor a = Samples.Of(random, [2, 3, 6], ScalarType.Float64), b = Samples.Of(random, [2, 3], ScalarType.Float64);
        Tensor x = linalg.tensorsolve(a, b, []);
        a.tensordot(x, 1).allclose(b, atol: 1e-9).Should().BeTrue();
        linalg.tensorinv(a, 2).tensordot(b, 2).allclose(x, atol: 1e-9).Should().BeTrue();
    }

    private static string Text(long[] shape) => $"[{string.Join(", ", shape)}]";
}
