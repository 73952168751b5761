using System.Numerics.Tensors;

namespace TorchSharp.Kernels.Matrices;

/// <summary>LU with partial pivoting, Cholesky, and substitution, on column-major matrices.</summary>
internal static class Triangular
{
    /// <summary>
    /// L (unit diagonal) and U in place; row k was exchanged with row <c>pivots[k]</c>. Returns the first diagonal element
    /// of U that is 0, counted from 1, or 0. MathNet takes square matrices only.
    /// </summary>
    public static int FactorLU(Span<double> a, int rows, int columns, Span<int> pivots, bool pivot)
    {
        int singular = 0;
        for (int k = 0; k < Math.Min(rows, columns); k++)
        {
            Span<double> column = a.Slice(k * rows + k, rows - k);
            int p = k + (pivot ? LargestAt(column) : 0);
            pivots[k] = p;
            if (p != k)
                for (int j = 0; j < columns; j++) (a[j * rows + k], a[j * rows + p]) = (a[j * rows + p], a[j * rows + k]);
            if (column[0] == 0)
            {
                if (singular == 0) singular = k + 1;
                continue;
            }

            Span<double> below = column[1..];
            TensorPrimitives.Divide(below, column[0], below);
            for (int j = k + 1; j < columns; j++)
            {
                Span<double> rest = a.Slice(j * rows + k + 1, rows - k - 1);
                TensorPrimitives.MultiplyAdd(below, -a[j * rows + k], rest, rest);
            }
        }

        return singular;
    }

    /// <summary>The lower factor in place, zeros above. Returns the order of the first minor that is not positive, or 0.</summary>
    public static int FactorCholesky(Span<double> a, int n)
    {
        for (int k = 0; k < n; k++)
        {
            Span<double> column = a.Slice(k * n, n);
            if (!(column[k] > 0)) return k + 1;
            TensorPrimitives.Divide(column[k..], Math.Sqrt(column[k]), column[k..]);
            for (int j = k + 1; j < n; j++)
            {
                Span<double> rest = a.Slice(j * n + j, n - j);
                TensorPrimitives.MultiplyAdd(column[j..], -column[j], rest, rest);
            }

            column[..k].Clear();
        }

        return 0;
    }

    /// <summary>Solves T x = b in place, T the upper or lower triangle of a matrix.</summary>
    public static void Solve(ReadOnlySpan<double> t, int n, Span<double> x, bool upper, bool unit)
    {
        for (int i = 0; i < n; i++)
        {
            int k = upper ? n - 1 - i : i;
            ReadOnlySpan<double> column = t.Slice(k * n, n);
            if (!unit) x[k] /= column[k];
            Span<double> rest = upper ? x[..k] : x[(k + 1)..];
            TensorPrimitives.MultiplyAdd(upper ? column[..k] : column[(k + 1)..], -x[k], rest, rest);
        }
    }

    /// <summary>Solves with the transpose of the triangle.</summary>
    public static void SolveTransposed(ReadOnlySpan<double> t, int n, Span<double> x, bool upper, bool unit)
    {
        for (int i = 0; i < n; i++)
        {
            int k = upper ? i : n - 1 - i;
            ReadOnlySpan<double> column = t.Slice(k * n, n);
            x[k] -= upper ? TensorPrimitives.Dot(column[..k], x[..k]) : TensorPrimitives.Dot(column[(k + 1)..], x[(k + 1)..]);
            if (!unit) x[k] /= column[k];
        }
    }

    /// <summary>Solves A x = b in place, from the LU of A.</summary>
    public static void SolveLU(ReadOnlySpan<double> lu, int n, ReadOnlySpan<int> pivots, Span<double> x)
    {
        for (int k = 0; k < n; k++)
            if (pivots[k] != k) (x[k], x[pivots[k]]) = (x[pivots[k]], x[k]);
        Solve(lu, n, x, upper: false, unit: true);
        Solve(lu, n, x, upper: true, unit: false);
    }

    /// <summary>Solves Aᵀ x = b in place, from the LU of A.</summary>
    public static void SolveLUTransposed(ReadOnlySpan<double> lu, int n, ReadOnlySpan<int> pivots, Span<double> x)
    {
        SolveTransposed(lu, n, x, upper: true, unit: false);
        SolveTransposed(lu, n, x, upper: false, unit: true);
        for (int k = n - 1; k >= 0; k--)
            if (pivots[k] != k) (x[k], x[pivots[k]]) = (x[pivots[k]], x[k]);
    }

    // The first of the largest, as idamax; NaN counts as none.
    private static int LargestAt(ReadOnlySpan<double> x)
    {
        int at = 0;
        double largest = Math.Abs(x[0]);
        for (int i = 1; i < x.Length; i++)
        {
            double v = Math.Abs(x[i]);
            if (!(v > largest)) continue;
            largest = v;
            at = i;
        }

        return at;
    }
}
