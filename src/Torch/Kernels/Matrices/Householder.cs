using System.Numerics.Tensors;

namespace TorchSharp.Kernels.Matrices;

/// <summary>
/// QR by Householder reflections with LAPACK's conventions (geqrf, orgqr), so that signs are torch's; MathNet's differ
/// in sign, and it has no form for less than a full Q.
/// </summary>
internal static class Householder
{
    /// <summary>Leaves R above and the reflections below the diagonal of a column-major matrix.</summary>
    public static void Factor(Span<double> a, int rows, int columns, Span<double> tau)
    {
        for (int k = 0; k < Math.Min(rows, columns); k++)
        {
            Span<double> column = a.Slice(k * rows + k, rows - k);
            Span<double> below = column[1..];
            double alpha = column[0], norm = Norm(below);
            if (norm == 0)
            {
                tau[k] = 0;
                continue;
            }

            double beta = -Math.CopySign(double.Hypot(alpha, norm), alpha);
            tau[k] = (beta - alpha) / beta;
            TensorPrimitives.Divide(below, alpha - beta, below);
            for (int j = k + 1; j < columns; j++) Reflect(below, tau[k], a.Slice(j * rows + k, rows - k));
            column[0] = beta;
        }
    }

    /// <summary>The first columns of Q, from the reflections that lie in the lower part of <paramref name="a"/>.</summary>
    public static void Form(ReadOnlySpan<double> a, int rows, int reflections, ReadOnlySpan<double> tau, Span<double> q, int columns)
    {
        q.Clear();
        for (int j = 0; j < columns; j++) q[j * rows + j] = 1;
        for (int k = reflections - 1; k >= 0; k--)
        {
            ReadOnlySpan<double> below = a.Slice(k * rows + k + 1, rows - k - 1);
            for (int j = k; j < columns; j++) Reflect(below, tau[k], q.Slice(j * rows + k, rows - k));
        }
    }

    /// <summary>Multiplies a column by Q or its transpose.</summary>
    public static void Apply(ReadOnlySpan<double> a, int rows, int reflections, ReadOnlySpan<double> tau, Span<double> column, bool transpose)
    {
        for (int i = 0; i < reflections; i++)
        {
            int k = transpose ? i : reflections - 1 - i;
            Reflect(a.Slice(k * rows + k + 1, rows - k - 1), tau[k], column[k..]);
        }
    }

    private static void Reflect(ReadOnlySpan<double> below, double tau, Span<double> column)
    {
        if (tau == 0) return;
        Span<double> rest = column[1..];
        double along = tau * (column[0] + TensorPrimitives.Dot(below, rest));
        column[0] -= along;
        TensorPrimitives.MultiplyAdd(below, -along, rest, rest);
    }

    // Scaled, so that squares neither overflow nor vanish.
    private static double Norm(ReadOnlySpan<double> x)
    {
        if (x.Length == 0) return 0;
        double largest = Math.Abs(x[TensorPrimitives.IndexOfMaxMagnitude(x)]);
        if (largest == 0 || !double.IsFinite(largest)) return largest;
        if (largest is > 1e-100 and < 1e100) return TensorPrimitives.Norm(x);
        double sum = 0;
        foreach (double v in x) sum += v / largest * (v / largest);
        return largest * Math.Sqrt(sum);
    }
}
