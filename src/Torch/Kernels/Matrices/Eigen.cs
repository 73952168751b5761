using System.Numerics;
using MathNet.Numerics;
using MathNet.Numerics.Providers.LinearAlgebra;

namespace TorchSharp.Kernels.Matrices;

/// <summary>Eigenvalues and eigenvectors of one column-major matrix.</summary>
internal static class Eigen
{
    /// <summary>Of a symmetric matrix, values ascending; the vectors overwrite the matrix.</summary>
    public static void Symmetric(Span<double> a, int n, Span<double> values)
    {
        if (n == 0) return;
        var vectors = new double[n * n];
        var found = new Complex[n];
        try
        {
            // The managed routine whatever provider the process has chosen: results must not depend on what is installed.
            ManagedLinearAlgebraProvider.Instance.EigenDecomp(true, n, a.ToArray(), vectors, found, new double[n * n]);
        }
        catch (NonConvergenceException)
        {
            throw NotConverged("linalg.eigh");
        }

        int[] order = Enumerable.Range(0, n).OrderBy(i => found[i].Real).ToArray();
        for (int i = 0; i < n; i++)
        {
            values[i] = found[order[i]].Real;
            vectors.AsSpan(order[i] * n, n).CopyTo(a.Slice(i * n, n));
        }
    }

    /// <summary>
    /// Of any real matrix. Vectors, if asked for, have length 1 and, as LAPACK leaves them, a real component where they
    /// are largest.
    /// </summary>
    public static Complex[] General(string operation, Span<double> a, int n, Complex[]? vectors)
    {
        if (n == 0) return [];

        // Near 1, where squares neither overflow nor vanish.
        double largest = 0;
        foreach (double v in a) largest = Math.Max(largest, Math.Abs(v));
        int exponent = largest == 0 ? 0 : Math.ILogB(largest);
        for (int i = 0; i < a.Length; i++) a[i] = Math.ScaleB(a[i], -exponent);

        // Powers of two, so that balancing rounds nothing: rows and columns of unlike size would cost digits.
        double[] scale = Balance(a, n);
        var rows = new double[n * n];
        for (int i = 0; i < n; i++)
            for (int j = 0; j < n; j++) rows[i * n + j] = a[j * n + i];
        Complex[] values = RealSchur.Eigenvalues(rows, n, vectors) ?? throw NotConverged(operation);
        for (int k = 0; k < n; k++) values[k] = new Complex(Math.ScaleB(values[k].Real, exponent), Math.ScaleB(values[k].Imaginary, exponent));
        if (vectors is null) return values;
        for (int k = 0; k < n; k++)
        {
            Span<Complex> vector = vectors.AsSpan(k * n, n);
            for (int i = 0; i < n; i++) vector[i] *= scale[i];
            Normalize(vector);
        }

        return values;
    }

    private static TorchException NotConverged(string operation) =>
        new(operation, "The algorithm failed to converge because the input matrix is ill-conditioned or has too many repeated eigenvalues.");

    // The diagonal counts, as in LAPACK since 3.5: without it, a matrix that falls into blocks is balanced out of all proportion.
    private static double[] Balance(Span<double> a, int n)
    {
        var scale = new double[n];
        Array.Fill(scale, 1);
        for (bool changed = true; changed;)
        {
            changed = false;
            for (int i = 0; i < n; i++)
            {
                double column = 0, row = 0;
                for (int j = 0; j < n; j++)
                {
                    column += a[i * n + j] * a[i * n + j];
                    row += a[j * n + i] * a[j * n + i];
                }

                (column, row) = (Math.Sqrt(column), Math.Sqrt(row));
                if (column == 0 || row == 0) continue;
                double factor = Math.ScaleB(1, (int)Math.Round(Math.Log2(row / column) / 2));
                if (column * factor + row / factor >= 0.95 * (column + row)) continue;
                changed = true;
                scale[i] *= factor;
                for (int j = 0; j < n; j++) a[i * n + j] *= factor;
                for (int j = 0; j < n; j++) a[j * n + i] /= factor;
            }
        }

        return scale;
    }

    private static void Normalize(Span<Complex> vector)
    {
        double norm = 0, largest = -1;
        Complex at = 1;
        foreach (Complex v in vector)
        {
            norm = double.Hypot(norm, v.Magnitude);
            if (v.Magnitude <= largest) continue;
            largest = v.Magnitude;
            at = v;
        }

        if (norm == 0) return;
        bool complex = false;
        foreach (Complex v in vector) complex |= v.Imaginary != 0;
        Complex turn = complex ? Complex.Conjugate(at) / at.Magnitude / norm : new Complex(1 / norm, 0);
        for (int i = 0; i < vector.Length; i++)
            vector[i] = complex && vector[i] == at ? new Complex(at.Magnitude / norm, 0) : vector[i] * turn;
    }
}
