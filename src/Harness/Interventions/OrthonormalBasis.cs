using static TorchSharp.torch;

namespace CircuitSpecs.Interventions;

/// <summary>A subspace of an activation's last axis. It holds numbers, not a tensor, so that an intervention can outlive the scope it was made in.</summary>
internal sealed class OrthonormalBasis
{
    /// <summary>Below this share of its length a column counts as a combination of the columns before it; float32 columns cannot tell more.</summary>
    private const double Dependent = 1e-5;

    private readonly float[] values;

    /// <summary>Makes the columns orthonormal (Gram-Schmidt, each column twice, in double).</summary>
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
        double[] given = columns.to_type(ScalarType.Float64).reshape(Width, Rank).transpose(0, 1).contiguous().data<double>().ToArray();
        values = Orthonormal(given, checked((int)Width), checked((int)Rank));
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

    private static float[] Orthonormal(double[] columns, int width, int rank)
    {
        for (int column = 0; column < rank; column++)
        {
            Span<double> current = columns.AsSpan(column * width, width);
            double length = Length(current);
            for (int pass = 0; pass < 2; pass++)
            {
                for (int earlier = 0; earlier < column; earlier++)
                {
                    Subtract(current, columns.AsSpan(earlier * width, width));
                }
            }

            double left = Length(current);
            if (!(left > Dependent * length) || double.IsInfinity(left))
            {
                throw new ArgumentException($"Column {column} of the basis is zero, not finite, or a combination of the columns before it; a basis of {rank} dimensions needs {rank} independent columns.");
            }

            for (int i = 0; i < width; i++)
            {
                current[i] /= left;
            }
        }

        return Array.ConvertAll(columns, value => (float)value);
    }

    private static double Length(ReadOnlySpan<double> vector)
    {
        double squares = 0;
        foreach (double value in vector)
        {
            squares += value * value;
        }

        return Math.Sqrt(squares);
    }

    private static void Subtract(Span<double> vector, ReadOnlySpan<double> unit)
    {
        double along = 0;
        for (int i = 0; i < unit.Length; i++)
        {
            along += vector[i] * unit[i];
        }

        for (int i = 0; i < unit.Length; i++)
        {
            vector[i] -= along * unit[i];
        }
    }
}
