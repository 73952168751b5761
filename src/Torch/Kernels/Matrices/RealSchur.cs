using System.Numerics;
using System.Numerics.Tensors;

namespace TorchSharp.Kernels.Matrices;

/// <summary>
/// Eigenvalues and eigenvectors of a general real matrix: Householder reduction to Hessenberg form, Francis' double-shift
/// QR steps with LAPACK's criteria for what is negligible, and back-substitution in the quasi-triangular form
/// (Golub and Van Loan, 7.4 to 7.6). MathNet's routine does not converge where the rank is low, and the product of an
/// attention head's weights is of low rank.
/// </summary>
internal sealed class RealSchur
{
    private const double Epsilon = 2.220446049250313e-16;

    private readonly int _n;
    private readonly double[] _h;

    // The Schur vectors, one a row; null if only the eigenvalues are asked for.
    private readonly double[]? _z;
    private readonly Complex[] _values;
    private readonly double _negligible;

    private RealSchur(double[] rows, int n, bool vectors)
    {
        _n = n;
        _h = rows;
        _values = new Complex[n];
        _negligible = 2.2250738585072014e-308 * (n / Epsilon);
        if (!vectors) return;
        _z = new double[n * n];
        for (int i = 0; i < n; i++) _z[i * n + i] = 1;
    }

    /// <summary>
    /// Of a row-major matrix, which is overwritten. Vector k is written from k · n on, not normalised. Returns null if the
    /// iteration does not converge.
    /// </summary>
    public static Complex[]? Eigenvalues(double[] rows, int n, Complex[]? vectors)
    {
        var schur = new RealSchur(rows, n, vectors is not null);
        schur.ReduceToHessenberg();
        if (!schur.Iterate()) return null;
        if (vectors is not null) schur.Vectors(vectors);
        return schur._values;
    }

    private ref double H(int i, int j) => ref _h[i * _n + j];

    private Span<double> Row(int i, int from, int to) => _h.AsSpan(i * _n + from, to - from);

    private void ReduceToHessenberg()
    {
        int n = _n;
        var v = new double[n];
        var w = new double[n];
        for (int k = 0; k < n - 2; k++)
        {
            int length = n - k - 1;
            Span<double> x = v.AsSpan(0, length);
            for (int i = 0; i < length; i++) x[i] = H(k + 1 + i, k);
            double tau = Reflection(x, out double beta);
            if (tau == 0) continue;
            H(k + 1, k) = beta;
            for (int i = k + 2; i < n; i++) H(i, k) = 0;

            Span<double> sums = w.AsSpan(0, n - k - 1);
            sums.Clear();
            for (int i = 0; i < length; i++) TensorPrimitives.MultiplyAdd(Row(k + 1 + i, k + 1, n), x[i], sums, sums);
            for (int i = 0; i < length; i++)
            {
                Span<double> row = Row(k + 1 + i, k + 1, n);
                TensorPrimitives.MultiplyAdd(sums, -tau * x[i], row, row);
            }

            for (int i = 0; i < n; i++)
            {
                Span<double> row = Row(i, k + 1, n);
                TensorPrimitives.MultiplyAdd(x, -tau * TensorPrimitives.Dot(row, x), row, row);
            }

            if (_z is null) continue;
            sums = w.AsSpan(0, n);
            sums.Clear();
            for (int i = 0; i < length; i++) TensorPrimitives.MultiplyAdd(_z.AsSpan((k + 1 + i) * n, n), x[i], sums, sums);
            for (int i = 0; i < length; i++)
            {
                Span<double> row = _z.AsSpan((k + 1 + i) * n, n);
                TensorPrimitives.MultiplyAdd(sums, -tau * x[i], row, row);
            }
        }
    }

    private bool Iterate()
    {
        int limit = 30 * Math.Max(10, _n);
        int hi = _n - 1, steps = 0;
        for (int total = 0; hi >= 0; total++)
        {
            if (total > limit) return false;
            int lo = hi;
            while (lo > 0 && !IsNegligible(lo)) lo--;
            if (lo > 0) H(lo, lo - 1) = 0;
            if (lo == hi)
            {
                _values[hi] = H(hi, hi);
                hi--;
                steps = 0;
            }
            else if (lo == hi - 1)
            {
                Split(lo);
                hi -= 2;
                steps = 0;
            }
            else
            {
                Step(lo, hi, ++steps);
            }
        }

        return true;
    }

    // LAPACK's criterion (Ahues and Tisseur), which spares small eigenvalues of graded matrices.
    private bool IsNegligible(int k)
    {
        double below = Math.Abs(H(k, k - 1));
        if (below <= _negligible) return true;
        double test = Math.Abs(H(k - 1, k - 1)) + Math.Abs(H(k, k));
        if (test == 0)
        {
            if (k >= 2) test += Math.Abs(H(k - 1, k - 2));
            if (k + 1 < _n) test += Math.Abs(H(k + 1, k));
        }

        if (below > Epsilon * test) return false;
        double above = Math.Abs(H(k - 1, k)), ab = Math.Max(below, above), ba = Math.Min(below, above);
        double d = Math.Abs(H(k, k)), difference = Math.Abs(H(k - 1, k - 1) - H(k, k));
        double aa = Math.Max(d, difference), bb = Math.Min(d, difference), s = aa + ab;
        return ba * (ab / s) <= Math.Max(_negligible, Epsilon * (bb * (aa / s)));
    }

    private void Step(int lo, int hi, int steps)
    {
        (double a, double b, double c, double d) = (H(hi - 1, hi - 1), H(hi - 1, hi), H(hi, hi - 1), H(hi, hi));
        if (steps % 10 == 0)
        {
            // Shifts out of the ordinary, now from one end and now from the other, where the usual ones go round in circles.
            int at = steps % 20 == 0 ? hi : lo;
            double size = steps % 20 == 0
                ? Math.Abs(H(hi, hi - 1)) + Math.Abs(H(hi - 1, hi - 2))
                : Math.Abs(H(lo + 1, lo)) + Math.Abs(H(lo + 2, lo + 1));
            a = d = 0.75 * size + H(at, at);
            b = -0.4375 * size;
            c = size;
        }

        // Of two real shifts the one closer to the corner, twice.
        double half = (a - d) / 2, radicand = half * half + b * c;
        if (radicand >= 0)
        {
            double root = Math.Sqrt(radicand), one = d + half + root, two = d + half - root;
            a = d = Math.Abs(one - d) <= Math.Abs(two - d) ? one : two;
            b = c = 0;
        }

        Span<double> v = stackalloc double[3];
        int start = hi - 2;
        for (; ; start--)
        {
            // The first column of (H - σ₁I)(H - σ₂I), scaled.
            double h00 = H(start, start), h10 = H(start + 1, start), x = a - h00, y = d - h00;
            double scale = Math.Abs(x) + Math.Abs(y) + Math.Abs(h10) + Math.Sqrt(Math.Abs(b)) * Math.Sqrt(Math.Abs(c));
            v[0] = x / scale * y - b / scale * c + h10 / scale * H(start, start + 1);
            v[1] = h10 / scale * (H(start + 1, start + 1) - x - d);
            v[2] = h10 / scale * H(start + 2, start + 1);
            double s = Math.Abs(v[0]) + Math.Abs(v[1]) + Math.Abs(v[2]);
            if (s > 0)
                for (int i = 0; i < 3; i++) v[i] /= s;
            if (start == lo) break;
            double left = Math.Abs(H(start, start - 1)) * (Math.Abs(v[1]) + Math.Abs(v[2]));
            double right = Math.Abs(v[0]) * (Math.Abs(H(start - 1, start - 1)) + Math.Abs(h00) + Math.Abs(H(start + 1, start + 1)));
            if (left <= Epsilon * right) break;
        }

        bool whole = _z is not null;
        int lastColumn = whole ? _n : hi + 1, firstRow = whole ? 0 : lo;
        for (int k = start; k < hi; k++)
        {
            int count = Math.Min(3, hi - k + 1);
            Span<double> x = v[..count];
            if (k > start)
                for (int i = 0; i < count; i++) x[i] = H(k + i, k - 1);
            double tau = Reflection(x, out double beta);
            if (k > start)
            {
                H(k, k - 1) = beta;
                for (int i = 1; i < count; i++) H(k + i, k - 1) = 0;
            }
            else if (k > lo)
            {
                H(k, k - 1) *= 1 - tau;
            }

            if (tau == 0) continue;
            if (count == 3) Rows3(_h, k * _n + k, (k + 1) * _n + k, (k + 2) * _n + k, lastColumn - k, x, tau);
            else Rows2(_h, k * _n + k, (k + 1) * _n + k, lastColumn - k, x, tau);
            int lastRow = Math.Min(k + 3, hi);
            for (int i = firstRow; i <= lastRow; i++)
            {
                Span<double> row = _h.AsSpan(i * _n + k, count);
                double sum = row[0] + x[1] * row[1];
                if (count == 3) sum += x[2] * row[2];
                sum *= tau;
                row[0] -= sum;
                row[1] -= sum * x[1];
                if (count == 3) row[2] -= sum * x[2];
            }

            if (_z is null) continue;
            if (count == 3) Rows3(_z, k * _n, (k + 1) * _n, (k + 2) * _n, _n, x, tau);
            else Rows2(_z, k * _n, (k + 1) * _n, _n, x, tau);
        }
    }

    /// <summary>Ends a block of two: two real eigenvalues, the block turned until it is triangular, or a complex pair.</summary>
    private void Split(int k)
    {
        (double a, double b, double c, double d) = (H(k, k), H(k, k + 1), H(k + 1, k), H(k + 1, k + 1));
        double p = (a - d) / 2, size = Math.Max(Math.Abs(p), Math.Sqrt(Math.Abs(b)) * Math.Sqrt(Math.Abs(c)));
        double q = size == 0 ? 0 : size * size * (p / size * (p / size) + Math.Sign(b) * Math.Sign(c) * Square(Math.Sqrt(Math.Abs(b)) * Math.Sqrt(Math.Abs(c)) / size));
        if (q < 0)
        {
            double imaginary = Math.Sqrt(-q);
            _values[k] = new Complex(d + p, imaginary);
            _values[k + 1] = new Complex(d + p, -imaginary);
            return;
        }

        double z = p + Math.CopySign(Math.Sqrt(q), p);
        double second = z == 0 ? d : d - b * c / z;
        if (c == 0)
        {
            _values[k] = a;
            _values[k + 1] = d;
            return;
        }

        // The first column becomes the eigenvector (z, c) of the eigenvalue d + z.
        double r = double.Hypot(z, c), cosine = z / r, sine = c / r;
        int lastColumn = _z is not null ? _n : k + 2, firstRow = _z is not null ? 0 : k;
        Turn(Row(k, k, lastColumn), Row(k + 1, k, lastColumn), cosine, sine);
        for (int i = firstRow; i <= k + 1; i++)
        {
            double x = H(i, k), y = H(i, k + 1);
            H(i, k) = cosine * x + sine * y;
            H(i, k + 1) = cosine * y - sine * x;
        }

        if (_z is not null) Turn(_z.AsSpan(k * _n, _n), _z.AsSpan((k + 1) * _n, _n), cosine, sine);
        H(k + 1, k) = 0;
        H(k, k) = d + z;
        H(k + 1, k + 1) = second;
        _values[k] = d + z;
        _values[k + 1] = second;
    }

    private void Vectors(Complex[] vectors)
    {
        int n = _n;
        double norm = 0;
        foreach (double h in _h) norm = Math.Max(norm, Math.Abs(h));
        double least = Math.Max(Epsilon * norm, _negligible);
        var re = new double[n];
        var im = new double[n];
        var outRe = new double[n];
        var outIm = new double[n];
        for (int k = 0; k < n; k++)
        {
            Complex value = _values[k];
            bool pair = value.Imaginary != 0;
            int top = pair ? k + 1 : k, first = k - 1;
            Array.Clear(re);
            Array.Clear(im);
            if (pair)
            {
                // Of the two rows of (T - λI) v = 0 the one with the larger entry off the diagonal.
                Complex x, y;
                if (Math.Abs(H(k, k + 1)) >= Math.Abs(H(k + 1, k))) (x, y) = (1, (value - H(k, k)) / H(k, k + 1));
                else (x, y) = ((value - H(k + 1, k + 1)) / H(k + 1, k), 1);
                (re[k], im[k], re[k + 1], im[k + 1]) = (x.Real, x.Imaginary, y.Real, y.Imaginary);
            }
            else
            {
                re[k] = 1;
            }

            for (int i = first; i >= 0; i--)
            {
                Complex right = -Above(i, i + 1, top, re, im);
                if (i > 0 && H(i, i - 1) != 0)
                {
                    Complex other = -Above(i - 1, i + 1, top, re, im);
                    (Complex x, Complex y) = SolvePair(H(i - 1, i - 1) - value, H(i - 1, i), H(i, i - 1), H(i, i) - value, other, right, least);
                    (re[i - 1], im[i - 1], re[i], im[i]) = (x.Real, x.Imaginary, y.Real, y.Imaginary);
                    i--;
                }
                else
                {
                    Complex d = H(i, i) - value;
                    if (d.Magnitude < least) d = least;
                    Complex x = right / d;
                    (re[i], im[i]) = (x.Real, x.Imaginary);
                }

                double largest = Math.Max(Math.Abs(re[i]), Math.Abs(im[i]));
                if (largest <= 1e100) continue;
                TensorPrimitives.Divide(re.AsSpan(0, top + 1), largest, re.AsSpan(0, top + 1));
                TensorPrimitives.Divide(im.AsSpan(0, top + 1), largest, im.AsSpan(0, top + 1));
            }

            Array.Clear(outRe);
            Array.Clear(outIm);
            for (int j = 0; j <= top; j++)
            {
                ReadOnlySpan<double> z = _z.AsSpan(j * n, n);
                TensorPrimitives.MultiplyAdd(z, re[j], outRe, outRe);
                if (pair) TensorPrimitives.MultiplyAdd(z, im[j], outIm, outIm);
            }

            for (int i = 0; i < n; i++) vectors[k * n + i] = new Complex(outRe[i], outIm[i]);
            if (!pair) continue;
            k++;
            for (int i = 0; i < n; i++) vectors[k * n + i] = new Complex(outRe[i], -outIm[i]);
        }
    }

    // By elimination with the largest of the four as pivot: Cramer's rule loses half of the digits where the block is nearly defective.
    private static (Complex X, Complex Y) SolvePair(Complex a, Complex b, Complex c, Complex d, Complex first, Complex second, double least)
    {
        double top = Math.Max(a.Magnitude, b.Magnitude), bottom = Math.Max(c.Magnitude, d.Magnitude);
        if (bottom > top) (a, b, c, d, first, second) = (c, d, a, b, second, first);
        bool turned = b.Magnitude > a.Magnitude;
        if (turned) (a, b, c, d) = (b, a, d, c);
        if (a.Magnitude < least) a = least;
        Complex factor = c / a, pivot = d - factor * b;
        if (pivot.Magnitude < least) pivot = least;
        Complex y = (second - factor * first) / pivot, x = (first - b * y) / a;
        return turned ? (y, x) : (x, y);
    }

    private Complex Above(int row, int from, int to, double[] re, double[] im)
    {
        ReadOnlySpan<double> t = Row(row, from, to + 1);
        return new Complex(TensorPrimitives.Dot(t, re.AsSpan(from, t.Length)), TensorPrimitives.Dot(t, im.AsSpan(from, t.Length)));
    }

    /// <summary>x becomes v with v₀ = 1, so that (I − τ v vᵀ) x = (β, 0, …).</summary>
    private static double Reflection(Span<double> x, out double beta)
    {
        double alpha = x[0], largest = 0;
        foreach (double v in x[1..]) largest = Math.Max(largest, Math.Abs(v));
        beta = alpha;
        x[0] = 1;
        if (largest == 0) return 0;
        double sum = 0;
        foreach (double v in x[1..]) sum += v / largest * (v / largest);
        beta = -Math.CopySign(double.Hypot(alpha, largest * Math.Sqrt(sum)), alpha);
        double divisor = alpha - beta;
        for (int i = 1; i < x.Length; i++) x[i] /= divisor;
        return -divisor / beta;
    }

    private static void Rows3(double[] a, int i0, int i1, int i2, int length, ReadOnlySpan<double> v, double tau)
    {
        int step = Vector<double>.Count, j = 0;
        double v1 = v[1], v2 = v[2];
        Vector<double> w1 = new(v1), w2 = new(v2), t = new(tau);
        for (; j <= length - step; j += step)
        {
            Vector<double> x = new(a, i0 + j), y = new(a, i1 + j), z = new(a, i2 + j);
            Vector<double> sum = t * (x + w1 * y + w2 * z);
            (x - sum).CopyTo(a, i0 + j);
            (y - sum * w1).CopyTo(a, i1 + j);
            (z - sum * w2).CopyTo(a, i2 + j);
        }

        for (; j < length; j++)
        {
            double sum = tau * (a[i0 + j] + v1 * a[i1 + j] + v2 * a[i2 + j]);
            a[i0 + j] -= sum;
            a[i1 + j] -= sum * v1;
            a[i2 + j] -= sum * v2;
        }
    }

    private static void Rows2(double[] a, int i0, int i1, int length, ReadOnlySpan<double> v, double tau)
    {
        for (int j = 0; j < length; j++)
        {
            double sum = tau * (a[i0 + j] + v[1] * a[i1 + j]);
            a[i0 + j] -= sum;
            a[i1 + j] -= sum * v[1];
        }
    }

    private static void Turn(Span<double> x, Span<double> y, double cosine, double sine)
    {
        for (int j = 0; j < x.Length; j++) (x[j], y[j]) = (cosine * x[j] + sine * y[j], cosine * y[j] - sine * x[j]);
    }

    private static double Square(double x) => x * x;
}
