using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Tests.LinearAlgebra;

/// <summary>Numbers marked as torch's were printed by PyTorch 1.13 on a CPU.</summary>
public sealed class FactorizationTests
{
    private static readonly long[][] Leads = [[], [3], [2, 2], [0]];

    [Test]
    public void QR_of_random_matrices_gives_orthogonal_Q_and_upper_R([Values] bool complete)
    {
        var random = new Random(1);
        foreach (long[] lead in Leads)
        {
            foreach ((long m, long n) in new (long, long)[] { (5, 3), (3, 5), (4, 4), (1, 1), (0, 3), (3, 0), (40, 17) })
            {
                using DisposeScope scope = NewDisposeScope();
                Tensor a = Samples.Of(random, [.. lead, m, n], ScalarType.Float64);
                (Tensor q, Tensor r) = linalg.qr(a, complete ? linalg.QRMode.Complete : linalg.QRMode.Reduced);
                long k = complete ? m : Math.Min(m, n);
                q.shape.Should().Equal([.. lead, m, k]);
                r.shape.Should().Equal([.. lead, k, n]);
                q.matmul(r).allclose(a, atol: 1e-12).Should().BeTrue($"Q R of {m}x{n}");
                q.mT.matmul(q).allclose(eye(k, dtype: ScalarType.Float64).expand([.. lead, k, k]), atol: 1e-12).Should().BeTrue();
                r.triu().Equals(r).Should().BeTrue("R is upper triangular");
            }
        }
    }

    [Test]
    public void QR_has_the_signs_of_LAPACK()
    {
        // torch: Q [[-0.2673, 0.9543, -0.1339], [-0.5345, -0.2624, -0.8034], [-0.8018, -0.1431, 0.5802]], diagonal of R -3.7417, -5.9881, -1.5621.
        Tensor a = tensor(new double[,] { { 1, -4, 7 }, { 2, 5, 8 }, { 3, 6, 10 } });
        (Tensor q, Tensor r) = linalg.qr(a);
        Samples.ShouldBe(q, [3, 3], [-0.2673, 0.9543, -0.1339, -0.5345, -0.2624, -0.8034, -0.8018, -0.1431, 0.5802], 6e-5);
        Samples.ShouldBe(r.diagonal(), [3], [-3.7417, -5.9881, -1.5621], 6e-5);

        // torch: a column that is zero below the diagonal is not reflected.
        Samples.ShouldBe(linalg.qr(tensor(new double[,] { { -1, 0 }, { 0, 1 } })).R, [2, 2], [-1, 0, 0, 1], 0);
        linalg.qr(a, linalg.QRMode.R).Q.shape.Should().Equal(0);
        linalg.qr(a, linalg.QRMode.R).R.allclose(r).Should().BeTrue();
    }

    [Test]
    public void QR_keeps_to_the_size_of_its_numbers()
    {
        foreach (double scale in new[] { 1e-160, 1e160 })
        {
            Tensor a = tensor(new double[,] { { 3, 1 }, { 4, 2 } }).mul(scale);
            (Tensor q, Tensor r) = linalg.qr(a);
            Samples.ShouldBe(r.div(scale), [2, 2], [-5, -2.2, 0, 0.4], 1e-12, $"at {scale}");
            Samples.ShouldBe(q, [2, 2], [-0.6, -0.8, -0.8, 0.6], 1e-12);
        }
    }

    [Test]
    public void Householder_product_forms_Q_from_reflections()
    {
        // One reflection I - tau v vᵀ with v = (1, 2) and tau = 0.4: [[0.6, -0.8], [-0.8, -0.6]], by hand.
        Tensor a = tensor(new double[,] { { 9, 8 }, { 2, 7 } });
        Samples.ShouldBe(linalg.householder_product(a, tensor(new[] { 0.4 })), [2, 2], [0.6, -0.8, -0.8, -0.6], 1e-15);
    }

    [Test]
    public void Cholesky_gives_the_lower_factor_of_a_positive_matrix()
    {
        var random = new Random(2);
        foreach (long[] lead in Leads)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor x = Samples.Of(random, [.. lead, 6, 6], ScalarType.Float64);
            Tensor a = x.matmul(x.mT).add(eye(6, dtype: ScalarType.Float64));
            Tensor l = linalg.cholesky(a);
            l.matmul(l.mT).allclose(a).Should().BeTrue();
            l.tril().Equals(l).Should().BeTrue();

            // Only the lower triangle is read, as in torch.
            linalg.cholesky(a.tril()).allclose(l).Should().BeTrue();
        }

        Samples.ShouldBe(linalg.cholesky(tensor(new float[,] { { 4, 2 }, { 2, 5 } })), [2, 2], [2, 0, 1, 2], 1e-7);
    }

    [Test]
    public void Cholesky_names_the_minor_and_the_matrix_that_is_not_positive()
    {
        Tensor bad = stack([eye(3), diag(tensor(new float[] { 1, 1, -1 }))]);
        Action act = () => linalg.cholesky(bad);
        act.Should().Throw<ExternalException>().WithMessage("*linalg.cholesky*Batch element 1*leading minor of order 3 is not positive-definite*");
        (Tensor _, Tensor info) = linalg.cholesky_ex(bad);
        info.data<int>().ToArray().Should().Equal(0, 3);
        act = () => linalg.cholesky_ex(bad, check_errors: true);
        act.Should().Throw<ExternalException>().WithMessage("*order 3*");
    }

    [Test]
    public void LU_gives_back_the_matrix([Values] bool pivot)
    {
        var random = new Random(3);
        foreach (long[] lead in Leads)
        {
            foreach ((long m, long n) in new (long, long)[] { (4, 4), (5, 3), (3, 5), (1, 1) })
            {
                using DisposeScope scope = NewDisposeScope();
                Tensor a = Samples.Of(random, [.. lead, m, n], ScalarType.Float64).add(eye(m, n, ScalarType.Float64).mul(pivot ? 0 : 20));
                (Tensor p, Tensor l, Tensor u) = linalg.lu(a, pivot);
                Tensor product = l.matmul(u);
                (pivot ? p.matmul(product) : product).allclose(a, atol: 1e-12).Should().BeTrue();
                if (pivot) l.abs().le(1).all().item<bool>().Should().BeTrue("pivoting keeps the multipliers small");
            }
        }
    }

    [Test]
    public void LU_factor_packs_as_torch_does()
    {
        // torch: LU [[5, 6], [0.2, 0.8], [0.6, 0.5]], pivots [3, 3] of int32.
        (Tensor lu, Tensor? pivots) = linalg.lu_factor(tensor(new float[,] { { 1, 2 }, { 3, 4 }, { 5, 6 } }));
        Samples.ShouldBe(lu, [3, 2], [5, 6, 0.2, 0.8, 0.6, 0.5], 1e-6);
        pivots!.data<int>().ToArray().Should().Equal(3, 3);
    }

    [Test]
    public void LU_solve_solves_from_either_side_and_with_the_transpose([Values] bool left, [Values] bool adjoint)
    {
        var random = new Random(4);
        using DisposeScope scope = NewDisposeScope();
        Tensor a = Samples.Of(random, [2, 4, 4], ScalarType.Float64).add(eye(4, dtype: ScalarType.Float64).mul(9)), b = Samples.Of(random, [2, 4, 4], ScalarType.Float64);
        (Tensor lu, Tensor? pivots) = linalg.lu_factor(a);
        Tensor x = linalg.lu_solve(lu, pivots!, b, left, adjoint);
        Tensor matrix = adjoint ? a.mT : a;
        (left ? matrix.matmul(x) : x.matmul(matrix)).allclose(b, atol: 1e-9).Should().BeTrue();
    }

    [Test]
    public void SVD_is_accurate_for_small_singular_values_too()
    {
        // A graded matrix U diag(1, 1e-8, 1e-15) Vᵀ with rotations that are exact in binary.
        Tensor a = tensor(new[,] { { 0.5, 0.5, 0, 0 }, { 0.5, -0.5, 0, 0 }, { 0, 0, 1, 1 }, { 0, 0, 1, -1 } });
        Tensor graded = a.mul(tensor(new[] { 1, 1e-8, 1e-12, 1e-15 }));
        double[] s = Samples.Values(linalg.svdvals(graded));
        double[] expected = [Math.Sqrt(0.5), Math.Sqrt(0.5) * 1e-8, Math.Sqrt(2) * 1e-12, Math.Sqrt(2) * 1e-15];
        for (int i = 0; i < 4; i++) (s[i] / expected[i]).Should().BeApproximately(1, 1e-13);
    }

    [Test]
    public void Matrices_that_cannot_be_factored_are_refused()
    {
        (Action Act, string Message)[] cases =
        [
            (() => linalg.qr(ones(3)), "*linalg.qr*at least 2 dimensions*[3]*"),
            (() => linalg.qr(ones([3, 3], ScalarType.Int64)), "*linalg.qr*floating point*Int64*"),
            (() => linalg.inv(ones([3, 3], ScalarType.Float16)), "*linalg.inv*Low precision dtypes not supported. Got Float16*"),
            (() => linalg.cholesky(ones(2, 3)), "*linalg.cholesky*square matrices, but they are 2 by 3*"),
            (() => linalg.svd(full([2, 2], double.NaN)), "*linalg.svd*non-finite*"),
            (() => linalg.householder_product(ones(2, 3), ones(2)), "*householder_product*shape*"),
        ];
        foreach ((Action act, string message) in cases) act.Should().Throw<ExternalException>().WithMessage(message);
    }
}
