using CircuitSpecs.Analysis;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Tests.Analysis;

/// <summary>Everything that is computed through the small dimension against the product itself.</summary>
public sealed class FactoredMatrixTests
{
    private DisposeScope scope = null!;

    [SetUp]
    public void Open() => scope = NewDisposeScope();

    [TearDown]
    public void Close() => scope.Dispose();

    [TestCase(7, 3)]
    [TestCase(3, 5)]
    public void Agrees_with_the_product(int size, int inner)
    {
        FactoredMatrix matrix = Random(size, inner, size);
        Tensor dense = matrix.Materialize();

        Same(matrix.Norm(), dense.square().sum().sqrt());
        Same(matrix.Trace(), dense.trace());
        Same(matrix.Diagonal(), dense.diagonal());
        Same(matrix.Transposed().Materialize(), dense.transpose(0, 1));
        Same(matrix.Rows(tensor(new long[] { 2, 0 })), dense.index_select(0, tensor(new long[] { 2, 0 })));
        Same(matrix.SingularValues(), linalg.svdvals(dense).narrow(0, 0, Math.Min(size, inner)));
        Tensor eigenvalues = linalg.eigvals(dense);
        Same(matrix.EigenvalueShare(), eigenvalues.real.sum() / eigenvalues.abs().sum());
        (Tensor u, Tensor s, Tensor vh) = matrix.Svd();
        Same(u.matmul(s.diag()).matmul(vh), dense);
        Same(u.transpose(0, 1).matmul(u), eye(u.shape[1], dtype: ScalarType.Float64));
        Same(vh.matmul(vh.transpose(0, 1)), eye(vh.shape[0], dtype: ScalarType.Float64));
    }

    [TestCase(2, 4)]
    [TestCase(4, 2)]
    public void Products_stay_factored_over_the_smaller_side(int inner, int other)
    {
        FactoredMatrix left = Random(6, inner, 5);
        FactoredMatrix right = Random(5, other, 7);
        Tensor dense = randn([5, 3], ScalarType.Float64);

        FactoredMatrix product = left.Times(right);

        product.InnerSize.Should().Be(2);
        Same(product.Materialize(), left.Materialize().matmul(right.Materialize()));
        Same(left.Times(dense).Materialize(), left.Materialize().matmul(dense));
        Same(right.After(dense.transpose(0, 1)).Materialize(), dense.transpose(0, 1).matmul(right.Materialize()));
    }

    [Test]
    public void A_batch_is_as_its_matrices()
    {
        var batch = new FactoredMatrix(randn([4, 6, 2], ScalarType.Float64), randn([4, 2, 6], ScalarType.Float64));

        for (int i = 0; i < 4; i++)
        {
            Same(batch.Norm()[i], batch[i].Norm());
            Same(batch.EigenvalueShare()[i], batch[i].EigenvalueShare());
            Same(batch.SingularValues()[i], batch[i].SingularValues());
        }
    }

    [Test]
    public void Collapsed_matrices_keep_the_norm_of_what_follows()
    {
        FactoredMatrix matrix = Random(8, 3, 6);
        Tensor after = randn([6, 4], ScalarType.Float64);
        Tensor before = randn([4, 8], ScalarType.Float64);

        matrix.CollapseLeft().shape.Should().Equal(3, 6);
        matrix.CollapseRight().shape.Should().Equal(8, 3);
        Same(matrix.CollapseLeft().matmul(after).norm(), matrix.Materialize().matmul(after).norm());
        Same(before.matmul(matrix.CollapseRight()).norm(), before.matmul(matrix.Materialize()).norm());
    }

    [Test]
    public void Factors_that_do_not_fit_are_refused()
    {
        new Action(() => _ = new FactoredMatrix(ones(3, 2), ones(3, 2))).Should().Throw<ArgumentException>().WithMessage("*[3, 2] and [3, 2] have no product*");
        new Action(() => Random(3, 2, 4).Trace()).Should().Throw<InvalidOperationException>().WithMessage("*3 × 4 has no diagonal*");
        new Action(() => Random(3, 2, 4).Eigenvalues()).Should().Throw<InvalidOperationException>().WithMessage("*3 × 4 has no eigenvalues*");
    }

    private static FactoredMatrix Random(int rows, int inner, int columns) => new(randn([rows, inner], ScalarType.Float64), randn([inner, columns], ScalarType.Float64));

    private static void Same(Tensor actual, Tensor expected)
    {
        actual.shape.Should().Equal(expected.shape);
        (actual - expected).abs().max().item<double>().Should().BeLessThan(1e-9);
    }
}
