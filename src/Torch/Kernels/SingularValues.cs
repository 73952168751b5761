using TorchSharp.Kernels.Matrices;
using static TorchSharp.torch;

namespace TorchSharp.Kernels;

/// <summary>
/// Singular value decomposition by one-sided Jacobi rotations in float64. Accurate to the last bits also for small singular
/// values, which MathNet's bidiagonalisation loses, at much the same speed.
/// </summary>
internal static unsafe class SingularValues
{
    private const int MaxSweeps = 60;

    public static (Tensor U, Tensor S, Tensor Vh) Decompose(Tensor input, bool fullMatrices)
    {
        linalg.RequireMatrices("linalg.svd", input);
        long[] lead = input.shape[..^2];
        int m = checked((int)input.shape[^2]), n = checked((int)input.shape[^1]), k = Math.Min(m, n);
        int mu = fullMatrices ? m : k, nv = fullMatrices ? n : k;
        using DisposeScope scope = NewDisposeScope();
        Tensor x = input.to_type(ScalarType.Float64).contiguous();
        Tensor u = zeros([.. lead, m, mu], ScalarType.Float64), s = zeros([.. lead, k], ScalarType.Float64), vh = zeros([.. lead, nv, n], ScalarType.Float64);
        long count = Shapes.Count(lead);
        for (long b = 0; b < count; b++)
        {
            double* a = (double*)x.Bytes + b * m * n;
            for (long i = 0; i < (long)m * n; i++)
                if (!double.IsFinite(a[i])) throw new TorchException("linalg.svd", "The algorithm failed to converge because the input matrix contained non-finite values.");
            One(a, m, n, (double*)u.Bytes + b * m * mu, mu, (double*)s.Bytes + b * k, (double*)vh.Bytes + b * nv * n, nv);
        }

        GC.KeepAlive(x);
        return scope.MoveToOuter(u.to_type(input._dtype), s.to_type(input._dtype), vh.to_type(input._dtype));
    }

    private static void One(double* a, int m, int n, double* u, int mu, double* s, double* vh, int nv)
    {
        // A tall matrix is Q R first: the rows of R are shorter than the columns of the matrix, and nearly orthogonal.
        bool tall = m >= n;
        int rows = Math.Min(m, n), length = Math.Max(m, n);
        var factors = new double[length * rows];
        var tau = new double[rows];
        for (int i = 0; i < rows; i++)
            for (int j = 0; j < length; j++) factors[i * length + j] = tall ? a[(long)j * n + i] : a[(long)i * n + j];
        Householder.Factor(factors, length, rows, tau);

        // The rows of R are rotated until they are orthogonal.
        var w = new double[rows][];
        var v = new double[rows][];
        for (int i = 0; i < rows; i++)
        {
            w[i] = new double[rows];
            v[i] = new double[rows];
            v[i][i] = 1;
            for (int j = i; j < rows; j++) w[i][j] = factors[j * length + i];
        }

        Rotate(w, v);
        var norms = new double[rows];
        for (int i = 0; i < rows; i++) norms[i] = Math.Sqrt(Dot(w[i], w[i]));
        int[] order = Enumerable.Range(0, rows).OrderByDescending(i => norms[i]).ToArray();
        int wideLeft = tall ? mu : nv, wideRight = tall ? nv : mu;
        var left = new double[wideLeft][];
        var right = new List<double[]>();
        for (int i = 0; i < rows; i++)
        {
            int at = order[i];
            s[i] = norms[at];
            right.Add(norms[at] > 0 ? Array.ConvertAll(w[at], x => x / norms[at]) : null!);
        }

        for (int i = 0; i < wideLeft; i++)
        {
            left[i] = new double[length];
            if (i < rows) v[order[i]].CopyTo(left[i], 0);
            else left[i][i] = 1;
            Householder.Apply(factors, length, rows, tau, left[i], transpose: false);
        }

        // Where the matrix is rank-deficient: whatever is orthogonal to what there is.
        Complete(right, wideRight, rows);
        IReadOnlyList<double[]> forU = tall ? left : right, forV = tall ? right : left;
        for (int j = 0; j < mu; j++)
            for (int i = 0; i < m; i++) u[(long)i * mu + j] = forU[j][i];
        for (int j = 0; j < nv; j++)
            for (int i = 0; i < n; i++) vh[(long)j * n + i] = forV[j][i];
    }

    private static void Rotate(double[][] w, double[][] v)
    {
        int rows = w.Length;
        double[] squares = Array.ConvertAll(w, x => Dot(x, x));
        for (int sweep = 0; sweep < MaxSweeps; sweep++)
        {
            bool changed = false;
            for (int p = 0; p < rows - 1; p++)
            {
                for (int q = p + 1; q < rows; q++)
                {
                    double alpha = squares[p], beta = squares[q], gamma = Dot(w[p], w[q]);
                    if (Math.Abs(gamma) <= 1e-15 * Math.Sqrt(alpha * beta) || gamma == 0) continue;
                    changed = true;
                    double zeta = (beta - alpha) / (2 * gamma);
                    double t = (zeta >= 0 ? 1 : -1) / (Math.Abs(zeta) + Math.Sqrt(1 + zeta * zeta));
                    double c = 1 / Math.Sqrt(1 + t * t), sine = c * t;
                    Turn(w[p], w[q], c, sine);
                    Turn(v[p], v[q], c, sine);
                    squares[p] = Dot(w[p], w[p]);
                    squares[q] = Dot(w[q], w[q]);
                }
            }

            if (!changed) return;
        }

        throw new TorchException("linalg.svd", $"The algorithm failed to converge in {MaxSweeps} sweeps.");
    }

    private static void Turn(double[] x, double[] y, double c, double s)
    {
        int step = System.Numerics.Vector<double>.Count, i = 0;
        var cc = new System.Numerics.Vector<double>(c);
        var ss = new System.Numerics.Vector<double>(s);
        for (; i <= x.Length - step; i += step)
        {
            var a = new System.Numerics.Vector<double>(x, i);
            var b = new System.Numerics.Vector<double>(y, i);
            (cc * a - ss * b).CopyTo(x, i);
            (ss * a + cc * b).CopyTo(y, i);
        }

        for (; i < x.Length; i++) (x[i], y[i]) = (c * x[i] - s * y[i], s * x[i] + c * y[i]);
    }

    private static void Complete(List<double[]> basis, int count, int length)
    {
        for (int i = 0; i < count; i++)
        {
            if (i < basis.Count && basis[i] is not null) continue;
            double[] best = [];
            double bestNorm = -1;
            for (int axis = 0; axis < length && bestNorm < 0.5; axis++)
            {
                var candidate = new double[length];
                candidate[axis] = 1;
                for (int pass = 0; pass < 2; pass++)
                {
                    foreach (double[] b in basis)
                    {
                        if (b is null) continue;
                        double d = Dot(candidate, b);
                        for (int j = 0; j < length; j++) candidate[j] -= d * b[j];
                    }
                }

                double norm = Math.Sqrt(Dot(candidate, candidate));
                if (norm <= bestNorm) continue;
                bestNorm = norm;
                best = Array.ConvertAll(candidate, x => x / norm);
            }

            if (i < basis.Count) basis[i] = best;
            else basis.Add(best);
        }
    }

    private static double Dot(double[] x, double[] y)
    {
        var sum = System.Numerics.Vector<double>.Zero;
        int step = System.Numerics.Vector<double>.Count, i = 0;
        for (; i <= x.Length - step; i += step)
            sum += new System.Numerics.Vector<double>(x, i) * new System.Numerics.Vector<double>(y, i);
        double rest = System.Numerics.Vector.Sum(sum);
        for (; i < x.Length; i++) rest += x[i] * y[i];
        return rest;
    }
}
