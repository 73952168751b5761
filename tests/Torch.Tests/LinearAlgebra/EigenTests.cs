using System.Numerics;
using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Tests.LinearAlgebra;

/// <summary>Numbers marked as torch's were printed by PyTorch 1.13 on a CPU.</summary>
public sealed class EigenTests
{
    [Test]
    public void Eigenvectors_of_general_matrices_are_scaled_by_their_eigenvalues([Values(1, 2, 3, 5, 16, 48)] int n)
    {
        var random = new Random(n);
        using DisposeScope scope = NewDisposeScope();
        Tensor a = Samples.Of(random, [3, n, n], ScalarType.Float64);
        (Tensor values, Tensor vectors) = linalg.eig(a);
        values.dtype.Should().Be(ScalarType.ComplexFloat64);
        values.shape.Should().Equal(3, n);
        vectors.shape.Should().Equal(3, n, n);
        Complex[] l = values.data<Complex>().ToArray(), v = vectors.contiguous().data<Complex>().ToArray();
        double[] m = Samples.Values(a);
        for (int b = 0; b < 3; b++)
        {
            for (int k = 0; k < n; k++)
            {
                double norm = 0;
                for (int i = 0; i < n; i++)
                {
                    Complex sum = 0;
                    for (int j = 0; j < n; j++) sum += m[(b * n + i) * n + j] * v[(b * n + j) * n + k];
                    (sum - l[b * n + k] * v[(b * n + i) * n + k]).Magnitude.Should().BeLessThan(1e-10 * n, $"row {i} of A v - λ v, eigenvalue {k}");
                    norm += Math.Pow(v[(b * n + i) * n + k].Magnitude, 2);
                }

                norm.Should().BeApproximately(1, 1e-12);
            }
        }

        Complex[] alone = linalg.eigvals(a).data<Complex>().ToArray();
        for (int i = 0; i < l.Length; i++) l.Take(new Range(i / n * n, i / n * n + n)).Min(x => (x - alone[i]).Magnitude).Should().BeLessThan(1e-9);
    }

    [Test]
    public void Eig_of_a_rotation_is_torchs()
    {
        // torch: ±i, vectors [[0.7071, 0.7071], [-0.7071i, 0.7071i]].
        (Tensor values, Tensor vectors) = linalg.eig(tensor(new float[,] { { 0, -1 }, { 1, 0 } }));
        values.dtype.Should().Be(ScalarType.ComplexFloat32);
        Samples.ShouldBe(values.view_as_real(), [2, 2], [0, 1, 0, -1], 1e-6);
        Samples.ShouldBe(vectors.real, [2, 2], [Math.Sqrt(0.5), Math.Sqrt(0.5), 0, 0], 1e-6);
        Samples.ShouldBe(vectors.imag, [2, 2], [0, 0, -Math.Sqrt(0.5), Math.Sqrt(0.5)], 1e-6);
    }

    [Test]
    public void Eig_has_torchs_order_and_phase_on_a_matrix_with_a_pair()
    {
        // torch: eigenvalues -0.9565 ± 1.6566i, 1.9129; the largest component of each vector is real.
        (Tensor values, Tensor vectors) = linalg.eig(tensor(new double[,] { { 0, 2, 1 }, { -3, 0, 5 }, { 1, 1, 0 } }));
        Samples.ShouldBe(values.real, [3], [-0.9565, -0.9565, 1.9129], 6e-5);
        Samples.ShouldBe(values.imag, [3], [1.6566, -1.6566, 0], 6e-5);
        foreach (Complex c in new[] { vectors[1, 0].item<Complex>(), vectors[1, 1].item<Complex>() })
        {
            Math.Abs(c.Real).Should().BeApproximately(0.7319, 6e-5);
            c.Imaginary.Should().Be(0);
        }
    }

    [Test]
    public void Copying_score_of_eigenvalues_is_between_minus_one_and_one()
    {
        // Σλ.real / Σ|λ|: 1 where all eigenvalues are positive, -1 where all are negative, 0 for a rotation.
        static double Score(Tensor a)
        {
            Tensor l = linalg.eigvals(a);
            return (l.real.sum() / l.real.square().add(l.imag.square()).sqrt().sum()).item<double>();
        }

        Score(tensor(new double[,] { { 2, 1 }, { 0, 3 } })).Should().BeApproximately(1, 1e-12);
        Score(tensor(new double[,] { { -2, 1 }, { 0, -3 } })).Should().BeApproximately(-1, 1e-12);
        Score(tensor(new double[,] { { 0, -1 }, { 1, 0 } })).Should().BeApproximately(0, 1e-12);
    }

    [Test]
    public void Low_rank_products_have_the_eigenvalues_of_the_small_product()
    {
        // A head's OV matrix is the product of a tall and a wide one; what is not zero among its eigenvalues is the other way round's.
        var random = new Random(12);
        using DisposeScope scope = NewDisposeScope();
        Tensor v = Samples.Of(random, [60, 8], ScalarType.Float64, -1, 1).contiguous(), o = tensor(Enumerable.Range(0, 480).Select(_ => random.NextDouble() - 0.5).ToArray(), [8, 60]);
        v.add_(tensor(Enumerable.Range(0, 480).Select(_ => random.NextDouble() - 0.5).ToArray(), [60, 8]));
        Complex[] large = linalg.eig(v.matmul(o)).Item1.data<Complex>().ToArray(), small = linalg.eigvals(o.matmul(v)).data<Complex>().ToArray();
        foreach (Complex value in small) large.Min(x => (x - value).Magnitude).Should().BeLessThan(1e-10);
        large.Count(x => x.Magnitude < 1e-10).Should().Be(52);
    }

    [Test]
    public void Awkward_matrices_have_their_eigenvalues()
    {
        // A cyclic shift has the roots of unity; a Jordan block one value n times; a graded matrix values far apart.
        Tensor shift = zeros([4, 4], ScalarType.Float64);
        for (int i = 0; i < 4; i++) shift[i, (i + 1) % 4] = tensor(1.0);
        Complex[] roots = linalg.eigvals(shift).data<Complex>().ToArray();
        foreach (Complex expected in new Complex[] { 1, -1, new(0, 1), new(0, -1) })
            roots.Count(r => (r - expected).Magnitude < 1e-12).Should().Be(1, $"the root {expected}");

        Tensor jordan = eye(3, dtype: ScalarType.Float64).mul(2).add(diag(ones(2, ScalarType.Float64), 1));
        foreach (Complex c in linalg.eigvals(jordan).data<Complex>().ToArray()) (c - 2).Magnitude.Should().BeLessThan(1e-4);

        Tensor graded = tensor(new[,] { { 1, 1e8 }, { 1e-9, 2 } });
        double[] values = Samples.Values(linalg.eigvals(graded).real).Order().ToArray();
        values[0].Should().BeApproximately((3 - Math.Sqrt(1.4)) / 2, 1e-14);
        values[1].Should().BeApproximately((3 + Math.Sqrt(1.4)) / 2, 1e-14);

        linalg.eigvals(zeros([2, 0, 0])).shape.Should().Equal(2, 0);
        linalg.eig(zeros([3, 3])).Item1.real.abs().sum().item<float>().Should().Be(0);
    }

    [Test]
    public void Eigh_gives_ascending_values_and_orthonormal_vectors()
    {
        var random = new Random(7);
        foreach (long[] lead in new long[][] { [], [2], [2, 3], [0] })
        {
            foreach (long n in new long[] { 1, 2, 7, 30 })
            {
                using DisposeScope scope = NewDisposeScope();
                Tensor x = Samples.Of(random, [.. lead, n, n], ScalarType.Float64);
                Tensor a = x.add(x.mT);
                (Tensor l, Tensor v) = linalg.eigh(a);
                v.mul(l.unsqueeze(-2)).matmul(v.mT).allclose(a, atol: 1e-11).Should().BeTrue();
                v.mT.matmul(v).allclose(eye(n, dtype: ScalarType.Float64).expand([.. lead, n, n]), atol: 1e-12).Should().BeTrue();
                if (n > 1) l.narrow(-1, 1, n - 1).ge(l.narrow(-1, 0, n - 1)).all().item<bool>().Should().BeTrue("the values ascend");
                linalg.eigvalsh(a).allclose(l).Should().BeTrue();
            }
        }
    }

    [Test]
    public void Eigh_reads_the_triangle_it_is_told_to()
    {
        Tensor a = tensor(new double[,] { { 2, 100 }, { 1, 2 } });
        Samples.ShouldBe(linalg.eigvalsh(a), [2], [1, 3], 1e-14);
        Samples.ShouldBe(linalg.eigvalsh(a, 'U'), [2], [-98, 102], 1e-12);
        Action act = () => linalg.eigvalsh(a, 'X');
        act.Should().Throw<ExternalException>().WithMessage("*Expected UPLO argument to be 'L' or 'U', but got X*");
    }

    [Test]
    public void Matrices_without_eigenvalues_are_refused()
    {
        (Action Act, string Message)[] cases =
        [
            (() => linalg.eig(ones(2, 3)), "*linalg.eig()*square matrices, but they are 2 by 3*"),
            (() => linalg.eigh(ones(2, 3)), "*linalg.eigh()*square matrices, but they are 2 by 3*"),
            (() => linalg.eigvals(ones(3)), "*linalg.eigvals()*at least 2 dimensions*"),
            (() => linalg.eigvals(full([2, 2], double.NaN)), "*linalg.eigvals()*non-finite*"),
            (() => linalg.eigh(stack([eye(2), full([2, 2], double.PositiveInfinity, ScalarType.Float32)])), "*Batch element 1*non-finite*"),
        ];
        foreach ((Action act, string message) in cases) act.Should().Throw<ExternalException>().WithMessage(message);
    }
}
