using static TorchSharp.torch;

namespace CircuitSpecs.Interventions;

/// <summary>A subspace of an activation's last axis. It holds numbers, not a tensor, so that an intervention can outlive the scope it was made in.</summary>
internal sealed class OrthonormalBasis
{
    /// <summary>Below this share of its length a column counts as a combination of the columns before it; float32 columns cannot tell more.</summary>
    private const double Dependent = 1e-5;

    private readonly float[] values;

    /// <summary>Makes the columns orthonormal (QR in float64; the signs are those of Gram-Schmidt).</summary>
    /// <param name="columns">[d], or [d, k] with k independent columns.</param>
    /// <exception cref="ArgumentException">Another shape, entries that are not finite, or columns that depend on each other.</exception>
    public OrthonormalBasis(Tensor columns)
    {
        ArgumentNullException.ThrowIfNull(columns);
        if (columns.dim() is not (1 or 2))
        {
            throw new ArgumentException($"A basis is [d] or [d, k]; this is [{string.Join(", ", columns.shape)}].", nameof(columns));
        }

        using var scope = NewDisposeScope();
        Width = columns.shape[0];
        Rank = columns.dim() == 1 ? 1 : columns.shape[1];
        values = Orthonormal(columns.to_type(ScalarType.Float64).reshape(Width, Rank));
    }

    /// <summary>d.</summary>
    public long Width { get; }

    /// <summary>k.</summary>
    public long Rank { get; }

    /// <summary>Says which subspace it is, for descriptions.</summary>
    public string Hash => ContentHash.Of(values);

    /// <summary>The part of vectors that lies in the subspace.</summary>
    /// <param name="vectors">[.., d].</param>
    /// <returns>[.., d].</returns>
    public Tensor Project(Tensor vectors)
    {
        Tensor rows = tensor(values, [Rank, Width]);
        return vectors.matmul(rows.transpose(0, 1)).matmul(rows);
    }

    /// <summary>Fails where the subspace is not one of this activation.</summary>
    /// <exception cref="ArgumentException">The widths differ.</exception>
    public void RequireWidth(Tensor activation, string where)
    {
        if (activation.shape[^1] != Width)
        {
            throw new ArgumentException($"The basis has {Width} entries a column; the last axis of '{where}' has {activation.shape[^1]}.");
        }
    }

    /// <summary>[d, k] to k rows of d.</summary>
    private static float[] Orthonormal(Tensor columns)
    {
        double[] lengths = columns.norm(0, p: 2f).data<double>().ToArray();
        int broken = Array.FindIndex(lengths, length => !double.IsFinite(length) || length == 0);
        if (broken >= 0 || columns.shape[1] > columns.shape[0])
        {
            throw Dependence(broken >= 0 ? broken : (int)columns.shape[0], lengths.Length);
        }

        // R's diagonal is what is left of each column once the columns before it are taken out.
        (Tensor q, Tensor r) = linalg.qr(columns);
        Tensor left = r.diagonal();
        int dependent = Array.FindIndex(left.data<double>().ToArray().Zip(lengths, (rest, length) => Math.Abs(rest) / length).ToArray(), share => !(share > Dependent));
        return dependent < 0
            ? (q * left.sign()).transpose(0, 1).to_type(ScalarType.Float32).contiguous().data<float>().ToArray()
            : throw Dependence(dependent, lengths.Length);
    }

    private static ArgumentException Dependence(int column, int rank) =>
        new($"Column {column} of the basis is zero, not finite, or a combination of the columns before it; a basis of {rank} dimensions needs {rank} independent columns.");
}
