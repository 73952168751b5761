using System.Runtime.InteropServices;
using CircuitSpecs.Tests.Autograd;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Tests.LinearAlgebra;

/// <summary>Derivatives of the factorisations against difference quotients in float64, batched and from strided inputs.</summary>
public sealed class LinalgDerivativeTests
{
    [Test]
    public void Solving_and_inverting()
    {
        Tensor a = Matrix(1, 2, 3, 3), b = Matrix(2, 2, 3, 4), one = Matrix(3, 3, 3);
        FiniteDifference.Check(t => linalg.inv(t[0]), a);
        FiniteDifference.Check(t => linalg.inv(t[0]), one.mT);
        FiniteDifference.Check(t => linalg.solve(t[0], t[1]), a, b);
        FiniteDifference.Check(t => linalg.solve(t[0], t[1], left: false), a, b.mT);
        FiniteDifference.Check(t => linalg.solve(t[0], t[1]), one, Matrix(4, 3));
        FiniteDifference.Check(t => linalg.solve(t[0], t[1]), one, b);
        FiniteDifference.Check(t => linalg.solve(t[0], t[1]), a, Matrix(5, 2, 3));
        FiniteDifference.Check(t => t[0].matrix_power(-2), one);
        FiniteDifference.Check(t => linalg.tensorinv(t[0].reshape(3, 1, 3), 1), one);
        foreach (bool upper in new[] { true, false })
            foreach (bool left in new[] { true, false })
                foreach (bool unit in new[] { true, false })
                    FiniteDifference.Check(t => linalg.solve_triangular(t[0], t[1], upper, left, unit), one, left ? b : b.mT);
    }

    [Test]
    public void Determinants()
    {
        Tensor a = Matrix(6, 2, 3, 3);
        FiniteDifference.Check(t => linalg.det(t[0]), a);
        FiniteDifference.Check(t => linalg.slogdet(t[0]).Item2, a);
        FiniteDifference.Check(t => t[0].matmul(t[0].mT).logdet(), a);

        // Singular, of rank 2 and of rank 1: the cofactors, which are all zero for the latter.
        Tensor singular = tensor(new double[,] { { 1, 2, 3 }, { 4, 5, 6 }, { 7, 8, 9 } });
        FiniteDifference.Check(t => linalg.det(t[0]), singular);
        FiniteDifference.Check(t => linalg.det(t[0]), ones([3, 3], ScalarType.Float64));
    }

    [Test]
    public void Cholesky_factors()
    {
        Tensor a = Matrix(7, 2, 3, 3);
        FiniteDifference.Check(t => linalg.cholesky(Positive(t[0])), a);
        FiniteDifference.Check(t => t[1].cholesky_solve(linalg.cholesky(Positive(t[0])).mT, upper: true), a[0], Matrix(8, 3, 2).contiguous());
        static Tensor Positive(Tensor x) => x.matmul(x.mT).add(eye(x.shape[^1], dtype: ScalarType.Float64));
    }

    [Test]
    public void LU_with_rows_exchanged()
    {
        Tensor a = Matrix(30, 2, 3, 3), b = Matrix(31, 2, 3, 2);
        FiniteDifference.Check(t => linalg.lu_factor(t[0]).LU, a);
        FiniteDifference.Check(t => linalg.lu(t[0]).L, a);
        FiniteDifference.Check(
            t =>
            {
                (Tensor lu, Tensor? pivots) = linalg.lu_factor(t[0]);
                return linalg.lu_solve(lu, pivots!, t[1], adjoint: true);
            },
            a,
            b);
    }

    [Test]
    public void QR_of_every_shape()
    {
        foreach (long[] shape in new long[][] { [3, 3], [5, 3], [3, 5], [2, 4, 2] })
        {
            Tensor a = Matrix(9, shape);
            FiniteDifference.Check(t => linalg.qr(t[0]).Q, a);
            FiniteDifference.Check(t => linalg.qr(t[0]).R, a);
            FiniteDifference.Check(t => Both(linalg.qr(t[0])), a);
        }

        FiniteDifference.Check(t => linalg.qr(t[0], linalg.QRMode.Complete).Q, Matrix(10, 3, 5));
        Action act = () => linalg.qr(Matrix(11, 5, 3).requires_grad_(), linalg.QRMode.Complete);
        act.Should().Throw<ExternalException>().WithMessage("*not differentiable when mode='complete' and nrows > ncols*");
        act = () => linalg.qr(Matrix(11, 5, 3).requires_grad_(), linalg.QRMode.R);
        act.Should().Throw<ExternalException>().WithMessage("*depends on Q*");
        static Tensor Both((Tensor Q, Tensor R) x) => x.Q.sum().mul(x.R.sum()).add(x.R.square().sum());
    }

    [Test]
    public void Eigenvalues_and_vectors_of_symmetric_matrices()
    {
        Tensor a = Matrix(12, 2, 4, 4);
        FiniteDifference.Check(t => linalg.eigvalsh(Symmetric(t[0])), a);
        FiniteDifference.Check(t => linalg.eigh(Symmetric(t[0])).Item1, a);

        // Vectors up to their sign: their squares, and the projections that they make up.
        FiniteDifference.Check(t => linalg.eigh(Symmetric(t[0])).Item2.square(), a);
        FiniteDifference.Check(
            t =>
            {
                (Tensor l, Tensor v) = linalg.eigh(Symmetric(t[0]));
                return v.mul(l.sin().unsqueeze(-2)).matmul(v.mT);
            },
            a);
        static Tensor Symmetric(Tensor x) => x.add(x.mT);
    }

    [Test]
    public void Singular_values_and_vectors()
    {
        foreach (long[] shape in new long[][] { [3, 3], [5, 3], [3, 5], [2, 4, 2] })
        {
            Tensor a = Matrix(13, shape);
            FiniteDifference.Check(t => linalg.svdvals(t[0]), a);
            FiniteDifference.Check(t => linalg.svd(t[0], fullMatrices: false).U.square(), a);
            FiniteDifference.Check(t => linalg.svd(t[0], fullMatrices: false).Vh.square(), a);
            FiniteDifference.Check(
                t =>
                {
                    (Tensor u, Tensor s, Tensor vh) = linalg.svd(t[0], fullMatrices: false);
                    return u.mul(s.exp().unsqueeze(-2)).matmul(vh);
                },
                a);
            FiniteDifference.Check(t => linalg.svd(t[0]).S.prod(-1), a);
            FiniteDifference.Check(t => linalg.matrix_norm(t[0], "nuc"), a);
            FiniteDifference.Check(t => linalg.matrix_norm(t[0], 2), a);
        }

        FiniteDifference.Check(t => linalg.cond(t[0]), Matrix(14, 3, 3));
        FiniteDifference.Check(t => linalg.cond(t[0], 1), Matrix(14, 3, 3));
    }

    [Test]
    public void Pseudo_inverses_and_least_squares()
    {
        foreach (long[] shape in new long[][] { [3, 3], [5, 3], [3, 5], [2, 4, 2] })
        {
            Tensor a = Matrix(15, shape);
            FiniteDifference.Check(t => linalg.pinv(t[0]), a);
            FiniteDifference.Check(t => linalg.lstsq(t[0], t[1]).Solution, a, Matrix(16, [.. shape[..^1], 2]));
        }
    }

    [Test]
    public void Compositions()
    {
        FiniteDifference.Check(t => linalg.matrix_exp(t[0]), Matrix(17, 2, 3, 3));
        FiniteDifference.Check(t => linalg.cross(t[0], t[1]), Matrix(18, 4, 3), Matrix(19, 1, 3));
        FiniteDifference.Check(t => linalg.vander(t[0], 4), Matrix(20, 3));
        FiniteDifference.Check(t => linalg.multi_dot([t[0], t[1], t[0]]), Matrix(21, 2, 3), Matrix(22, 3, 2));
    }

    [Test]
    public void A_gradient_can_be_differentiated_again()
    {
        Tensor a = Matrix(23, 3, 3);
        FiniteDifference.Check(t => Gradient(x => linalg.inv(x).square().sum(), t[0]), a);
        FiniteDifference.Check(t => Gradient(x => linalg.solve(x, x.mT).square().sum(), t[0]), a);
        FiniteDifference.Check(t => Gradient(x => linalg.svdvals(x).exp().sum(), t[0]), a);
        FiniteDifference.Check(t => Gradient(x => linalg.qr(x).R.square().square().sum(), t[0]), a);
        FiniteDifference.Check(t => Gradient(x => linalg.det(x).square(), t[0]), a);

        static Tensor Gradient(Func<Tensor, Tensor> f, Tensor at)
        {
            using IDisposable mode = enable_grad();
            Tensor x = at.requires_grad ? at : at.detach().requires_grad_();
            return autograd.grad([f(x)], [x], create_graph: true)[0];
        }
    }

    [Test]
    public void What_has_no_derivative_here_says_so()
    {
        Tensor a = Matrix(24, 3, 3).requires_grad_();
        foreach (Action act in new Action[] { () => linalg.eig(a), () => linalg.eigvals(a), () => linalg.lu(a[..2]), () => linalg.lu_factor(a[..2]) })
            act.Should().Throw<ExternalException>().WithMessage("*derivative is not implemented*");
        using (no_grad()) linalg.eigvals(a).shape.Should().Equal(3);
        linalg.matrix_rank(a).item<long>().Should().Be(3);
    }

    private static Tensor Matrix(int seed, params long[] shape)
    {
        var random = new Random(seed);
        return tensor(Enumerable.Range(0, (int)shape.Aggregate(1L, (x, y) => x * y)).Select(_ => random.NextDouble() * 4 - 2).ToArray(), shape);
    }
}
