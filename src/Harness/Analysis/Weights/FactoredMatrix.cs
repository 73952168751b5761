using System.Globalization;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Analysis;

/// <summary>
/// A product A B of a tall and a wide matrix that is kept as its factors: A [.., m, r], B [.., r, n] with r much smaller
/// than m and n, such as W_V W_O of a head, or W_E W_V W_O W_U at vocabulary × vocabulary. Everything here is computed
/// through r × r matrices in float64; the product itself is built only by <see cref="Materialize"/>, and by
/// <see cref="Rows"/> in the rows that are asked for. After <c>FactoredMatrix</c> of TransformerLens (Nanda and Bloom 2022).
/// The factors, and the tensors that members return, belong to the dispose scope of the caller.
/// </summary>
public sealed class FactoredMatrix
{
    /// <summary>Takes two factors; they are widened to float64.</summary>
    /// <param name="a">[.., m, r].</param>
    /// <param name="b">[.., r, n], its leading dimensions broadcastable with those of <paramref name="a"/>.</param>
    /// <exception cref="ArgumentException">The factors are not matrices, or their inner sizes differ.</exception>
    public FactoredMatrix(Tensor a, Tensor b)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        if (a.dim() < 2 || b.dim() < 2 || a.shape[^1] != b.shape[^2])
        {
            throw new ArgumentException($"Factors [{string.Join(", ", a.shape)}] and [{string.Join(", ", b.shape)}] have no product: expected [.., m, r] and [.., r, n].");
        }

        A = a.to(ScalarType.Float64);
        B = b.to(ScalarType.Float64);
    }

    /// <summary>The left factor [.., m, r], float64.</summary>
    public Tensor A { get; }

    /// <summary>The right factor [.., r, n], float64.</summary>
    public Tensor B { get; }

    /// <summary>m.</summary>
    public long RowCount => A.shape[^2];

    /// <summary>n.</summary>
    public long ColumnCount => B.shape[^1];

    /// <summary>r: no more singular values than this differ from zero.</summary>
    public long InnerSize => A.shape[^1];

    /// <summary>One matrix of a batch.</summary>
    /// <param name="index">Its index in the first dimension, which both factors have.</param>
    public FactoredMatrix this[long index] => new(A.select(0, index), B.select(0, index));

    /// <summary>Bᵀ Aᵀ.</summary>
    public FactoredMatrix Transposed() => new(B.transpose(-2, -1), A.transpose(-2, -1));

    /// <summary>A (B X).</summary>
    /// <param name="right">X [.., n, k].</param>
    public FactoredMatrix Times(Tensor right)
    {
        ArgumentNullException.ThrowIfNull(right);
        return new FactoredMatrix(A, Product(B, right));
    }

    /// <summary>The product with another factored matrix, factored over the smaller of the two inner sizes.</summary>
    /// <param name="right">[.., n, k].</param>
    public FactoredMatrix Times(FactoredMatrix right)
    {
        ArgumentNullException.ThrowIfNull(right);
        Tensor middle = Product(B, right.A);
        return InnerSize <= right.InnerSize ? new FactoredMatrix(A, Product(middle, right.B)) : new FactoredMatrix(Product(A, middle), right.B);
    }

    /// <summary>(X A) B.</summary>
    /// <param name="left">X [.., k, m].</param>
    public FactoredMatrix After(Tensor left)
    {
        ArgumentNullException.ThrowIfNull(left);
        return new FactoredMatrix(Product(left, A), B);
    }

    /// <summary>The product itself: m × n numbers for each matrix of a batch.</summary>
    /// <returns>[.., m, n], float64.</returns>
    public Tensor Materialize() => A.matmul(B);

    /// <summary>Some rows of the product.</summary>
    /// <param name="rows">Their indices, int64 [k].</param>
    /// <returns>[.., k, n], float64.</returns>
    public Tensor Rows(Tensor rows)
    {
        using DisposeScope scope = NewDisposeScope();
        return A.index_select(-2, rows).matmul(B).MoveToOuterDisposeScope();
    }

    /// <summary>The entries on the diagonal.</summary>
    /// <returns>[.., m], float64.</returns>
    /// <exception cref="InvalidOperationException">The matrix is not square.</exception>
    public Tensor Diagonal()
    {
        RequireSquare("diagonal");
        using DisposeScope scope = NewDisposeScope();
        return (A * B.transpose(-2, -1)).sum(-1).MoveToOuterDisposeScope();
    }

    /// <summary>The sum of the diagonal.</summary>
    /// <returns>[..], float64.</returns>
    /// <exception cref="InvalidOperationException">The matrix is not square.</exception>
    public Tensor Trace()
    {
        using DisposeScope scope = NewDisposeScope();
        return Diagonal().sum(-1).MoveToOuterDisposeScope();
    }

    /// <summary>The Frobenius norm, as √tr((AᵀA)(BBᵀ)).</summary>
    /// <returns>[..], float64.</returns>
    public Tensor Norm()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor left = A.transpose(-2, -1).matmul(A);
        Tensor right = B.matmul(B.transpose(-2, -1));

        // Both are symmetric, so the trace of the product is the sum of products of entries.
        return (left * right).sum([-2, -1]).clamp_min(0).sqrt().MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Those eigenvalues that can differ from zero: A B and B A have the same ones, so they are those of the smaller.
    /// Their order means nothing.
    /// </summary>
    /// <returns>[.., min(m, r)], complex.</returns>
    /// <exception cref="InvalidOperationException">The matrix is not square.</exception>
    public Tensor Eigenvalues()
    {
        RequireSquare("eigenvalues");
        using DisposeScope scope = NewDisposeScope();
        return linalg.eigvals(InnerSize <= RowCount ? B.matmul(A) : A.matmul(B)).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// How positive the matrix is as an operator: Σ Re λ/Σ |λ| over its eigenvalues, 1 where all are positive (each vector of an
    /// eigenbasis is written as itself: copying), −1 where all are negative (Elhage et al. 2021, "Detecting copying behavior").
    /// NaN where all are zero.
    /// </summary>
    /// <returns>[..], float64.</returns>
    /// <exception cref="InvalidOperationException">The matrix is not square.</exception>
    public Tensor EigenvalueShare()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor eigenvalues = Eigenvalues();
        return (eigenvalues.real.sum(-1) / eigenvalues.abs().sum(-1)).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// The singular value decomposition U diag(S) Vᵀ, through QR of both factors and the decomposition of an r × r matrix.
    /// The signs of a pair of directions are arbitrary.
    /// </summary>
    /// <returns>U [.., m, k], S [.., k] descending, Vᵀ [.., k, n]; k = min(m, r, n).</returns>
    public (Tensor U, Tensor S, Tensor Vh) Svd()
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor left, Tensor leftSmall) = linalg.qr(A);
        (Tensor right, Tensor rightSmall) = linalg.qr(B.transpose(-2, -1));
        (Tensor u, Tensor s, Tensor vh) = linalg.svd(leftSmall.matmul(rightSmall.transpose(-2, -1)), fullMatrices: false);
        return (left.matmul(u).MoveToOuterDisposeScope(), s.MoveToOuterDisposeScope(), vh.matmul(right.transpose(-2, -1)).MoveToOuterDisposeScope());
    }

    /// <summary>The singular values that can differ from zero.</summary>
    /// <returns>[.., min(m, r, n)], descending, float64.</returns>
    public Tensor SingularValues()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor left = linalg.qr(A).R;
        Tensor right = linalg.qr(B.transpose(-2, -1)).R;
        return linalg.svdvals(left.matmul(right.transpose(-2, -1))).MoveToOuterDisposeScope();
    }

    /// <summary>A small matrix C with CᵀC = (AB)ᵀ(AB): whatever is multiplied from the right has the same norm after C as after A B.</summary>
    /// <returns>[.., min(m, r), n], float64.</returns>
    public Tensor CollapseLeft()
    {
        using DisposeScope scope = NewDisposeScope();
        return linalg.qr(A).R.matmul(B).MoveToOuterDisposeScope();
    }

    /// <summary>A small matrix C with CCᵀ = (AB)(AB)ᵀ.</summary>
    /// <returns>[.., m, min(n, r)], float64.</returns>
    public Tensor CollapseRight()
    {
        using DisposeScope scope = NewDisposeScope();
        return A.matmul(linalg.qr(B.transpose(-2, -1)).R.transpose(-2, -1)).MoveToOuterDisposeScope();
    }

    /// <summary>The shapes of the factors.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"[{string.Join(", ", A.shape)}] · [{string.Join(", ", B.shape)}]");

    private static Tensor Product(Tensor left, Tensor right)
    {
        using DisposeScope scope = NewDisposeScope();
        return left.to(ScalarType.Float64).matmul(right.to(ScalarType.Float64)).MoveToOuterDisposeScope();
    }

    private void RequireSquare(string what)
    {
        if (RowCount != ColumnCount)
        {
            throw new InvalidOperationException($"A matrix of {RowCount} × {ColumnCount} has no {what}: that takes a square one.");
        }
    }
}
