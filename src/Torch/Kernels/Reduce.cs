using System.Numerics;
using TorchSharp.Threading;
using static TorchSharp.torch;

namespace TorchSharp.Kernels;

/// <summary>
/// Reductions of rows. Sums of floats are taken in blocks of fixed size by vectors, and the blocks' sums in float64,
/// in an order that depends on the length alone.
/// </summary>
internal static unsafe class Reduce
{
    private const int ChunkLength = 1 << 15;
    private const int SumBlock = 128;

    public static void Sum(Rows rows, Tensor y)
    {
        switch (y._dtype)
        {
            case ScalarType.Float32: SumFloats<float>(rows, y, 1); break;
            case ScalarType.Float64: SumFloats<double>(rows, y, 1); break;
            case ScalarType.Int64: Fold<long, SumOf<long>>(rows, y, 0); break;
            case ScalarType.Int32: Fold<int, SumOf<int>>(rows, y, 0); break;
            case ScalarType.Int16: Fold<short, SumOf<short>>(rows, y, 0); break;
            case ScalarType.Int8: Fold<sbyte, SumOf<sbyte>>(rows, y, 0); break;
            case ScalarType.Byte: Fold<byte, SumOf<byte>>(rows, y, 0); break;
            default: throw Dtypes.Unsupported(y._dtype);
        }
    }

    public static void Mean(Rows rows, Tensor y)
    {
        if (y._dtype == ScalarType.Float32) SumFloats<float>(rows, y, rows.Length);
        else SumFloats<double>(rows, y, rows.Length);
    }

    public static void Product(Rows rows, Tensor y)
    {
        switch (y._dtype)
        {
            case ScalarType.Float32: Fold<float, ProductOf<float>>(rows, y, 1); break;
            case ScalarType.Float64: Fold<double, ProductOf<double>>(rows, y, 1); break;
            case ScalarType.Int64: Fold<long, ProductOf<long>>(rows, y, 1); break;
            case ScalarType.Int32: Fold<int, ProductOf<int>>(rows, y, 1); break;
            case ScalarType.Int16: Fold<short, ProductOf<short>>(rows, y, 1); break;
            case ScalarType.Int8: Fold<sbyte, ProductOf<sbyte>>(rows, y, 1); break;
            case ScalarType.Byte: Fold<byte, ProductOf<byte>>(rows, y, 1); break;
            default: throw Dtypes.Unsupported(y._dtype);
        }
    }

    public static void Variance(Rows rows, Tensor y, int correction)
    {
        if (y._dtype == ScalarType.Float32) Variance<float>(rows, y, correction);
        else Variance<double>(rows, y, correction);
    }

    /// <summary>The largest or smallest element of each row and where it first stands; NaN beats everything.</summary>
    public static void Extreme(Rows rows, Tensor values, Tensor? indices, bool largest)
    {
        switch (values._dtype)
        {
            case ScalarType.Float32: Extreme<float>(rows, values, indices, largest); break;
            case ScalarType.Float64: Extreme<double>(rows, values, indices, largest); break;
            case ScalarType.Int64: Extreme<long>(rows, values, indices, largest); break;
            case ScalarType.Int32: Extreme<int>(rows, values, indices, largest); break;
            case ScalarType.Int16: Extreme<short>(rows, values, indices, largest); break;
            case ScalarType.Int8: Extreme<sbyte>(rows, values, indices, largest); break;
            case ScalarType.Byte or ScalarType.Bool: Extreme<byte>(rows, values, indices, largest); break;
            default: throw Dtypes.Unsupported(values._dtype);
        }
    }

    /// <summary>Whether a row of flags contains the value; the result is the value itself where it does.</summary>
    public static void Any(Rows rows, Tensor y, byte value)
    {
        byte* x = rows.Data.Bytes, to = y.Bytes;
        long length = rows.Length, count = rows.Count, across = rows.ByColumns ? 1 : length, along = rows.ByColumns ? count : 1;
        ForRows(count, length, r =>
        {
            byte* row = x + r * across;
            byte found = (byte)(1 - value);
            if (along == 1)
            {
                for (long i = 0; i < length && found != value; i += 1 << 20)
                    if (new ReadOnlySpan<byte>(row + i, (int)Math.Min(1 << 20, length - i)).Contains(value)) found = value;
            }
            else
            {
                for (long i = 0; i < length && found != value; i++)
                    if (row[i * along] == value) found = value;
            }

            to[r] = found;
        });
        GC.KeepAlive(y);
    }

    public static void Cumulate(Tensor x, Tensor y, bool product)
    {
        switch (y._dtype)
        {
            case ScalarType.Float32: CumulateFloats<float>(x, y, product); break;
            case ScalarType.Float64: CumulateFloats<double>(x, y, product); break;
            case ScalarType.Int64: CumulateIntegers<long>(x, y, product); break;
            case ScalarType.Int32: CumulateIntegers<int>(x, y, product); break;
            case ScalarType.Int16: CumulateIntegers<short>(x, y, product); break;
            case ScalarType.Int8: CumulateIntegers<sbyte>(x, y, product); break;
            case ScalarType.Byte: CumulateIntegers<byte>(x, y, product); break;
            default: throw Dtypes.Unsupported(y._dtype);
        }
    }

    /// <summary>The sum of consecutive elements, in float64 over blocks of 128.</summary>
    public static double Sum<T>(T* x, long n) where T : unmanaged, INumber<T>
    {
        double total = 0;
        for (long i = 0; i < n; i += SumBlock)
        {
            int count = (int)Math.Min(SumBlock, n - i);
            total += BlockSum(x + i, count);
        }

        return total;
    }

    /// <summary>The sum of squared distances from a centre.</summary>
    public static double SquaredDistance<T>(T* x, long n, T centre) where T : unmanaged, INumber<T>
    {
        double total = 0;
        int step = Vector<T>.Count;
        var c = new Vector<T>(centre);
        for (long start = 0; start < n; start += SumBlock)
        {
            int count = (int)Math.Min(SumBlock, n - start), i = 0;
            T* at = x + start;
            Vector<T> a = Vector<T>.Zero, b = Vector<T>.Zero;
            for (; i <= count - 2 * step; i += 2 * step)
            {
                Vector<T> d = Vector.Load(at + i) - c, e = Vector.Load(at + i + step) - c;
                a += d * d;
                b += e * e;
            }

            T rest = T.Zero;
            for (; i < count; i++)
            {
                T d = at[i] - centre;
                rest += d * d;
            }

            total += double.CreateTruncating(Vector.Sum(a + b) + rest);
        }

        return total;
    }

    private static double BlockSum<T>(T* x, int n) where T : unmanaged, INumber<T>
    {
        int step = Vector<T>.Count, i = 0;
        Vector<T> a = Vector<T>.Zero, b = Vector<T>.Zero;
        for (; i <= n - 2 * step; i += 2 * step)
        {
            a += Vector.Load(x + i);
            b += Vector.Load(x + i + step);
        }

        T rest = T.Zero;
        for (; i < n; i++) rest += x[i];
        return double.CreateTruncating(Vector.Sum(a + b) + rest);
    }

    private static void SumFloats<T>(Rows rows, Tensor y, long divisor) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var x = (T*)rows.Data.Bytes;
        var to = (T*)y.Bytes;
        long length = rows.Length, count = rows.Count;
        if (rows.ByColumns)
        {
            ColumnSums(x, to, count, length, divisor);
        }
        else if (count == 1 && length > ChunkLength)
        {
            int chunks = (int)((length + ChunkLength - 1) / ChunkLength);
            var partial = new double[chunks];
            ParallelFor.Run(chunks, c =>
            {
                long start = (long)c * ChunkLength;
                partial[c] = Sum(x + start, Math.Min(ChunkLength, length - start));
            });
            double total = 0;
            foreach (double p in partial) total += p;
            *to = T.CreateTruncating(total / divisor);
        }
        else
        {
            ForRows(count, length, r => to[r] = T.CreateTruncating(Sum(x + r * length, length) / divisor));
        }

        GC.KeepAlive(y);
    }

    private static void ColumnSums<T>(T* x, T* to, long columns, long length, long divisor) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        const int Width = 256;
        int pieces = (int)((columns + Width - 1) / Width);
        void Piece(int piece)
        {
            long c0 = (long)piece * Width;
            int n = (int)Math.Min(Width, columns - c0);
            double* sums = stackalloc double[Width];
            new Span<double>(sums, n).Clear();
            for (long r = 0; r < length; r++)
            {
                T* row = x + r * columns + c0;
                for (int c = 0; c < n; c++) sums[c] += double.CreateTruncating(row[c]);
            }

            for (int c = 0; c < n; c++) to[c0 + c] = T.CreateTruncating(sums[c] / divisor);
        }

        if (columns * length <= ChunkLength)
            for (int p = 0; p < pieces; p++) Piece(p);
        else ParallelFor.Run(pieces, Piece);
    }

    private static void Variance<T>(Rows rows, Tensor y, int correction) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var x = (T*)rows.Data.Bytes;
        var to = (T*)y.Bytes;
        long length = rows.Length, count = rows.Count;
        double divisor = Math.Max(length - correction, 0);
        if (!rows.ByColumns)
        {
            ForRows(count, length, r =>
            {
                T* row = x + r * length;
                T mean = T.CreateTruncating(Sum(row, length) / length);
                to[r] = T.CreateTruncating(SquaredDistance(row, length, mean) / divisor);
            });
        }
        else
        {
            ForRows(count, length, r =>
            {
                double mean = 0, squares = 0;
                for (long i = 0; i < length; i++) mean += double.CreateTruncating(x[i * count + r]);
                mean /= length;
                for (long i = 0; i < length; i++)
                {
                    double d = double.CreateTruncating(x[i * count + r]) - mean;
                    squares += d * d;
                }

                to[r] = T.CreateTruncating(squares / divisor);
            });
        }

        GC.KeepAlive(y);
    }

    private static void Extreme<T>(Rows rows, Tensor values, Tensor? indices, bool largest) where T : unmanaged, INumber<T>
    {
        var x = (T*)rows.Data.Bytes;
        var to = (T*)values.Bytes;
        long* at = indices is null ? null : (long*)indices.Bytes;
        long length = rows.Length, across = rows.ByColumns ? 1 : length, along = rows.ByColumns ? rows.Count : 1;
        ForRows(rows.Count, length, r =>
        {
            T* row = x + r * across;
            T best = row[0];
            long place = 0;
            for (long i = 1; i < length && !T.IsNaN(best); i++)
            {
                T v = row[i * along];
                if (largest ? v > best : v < best)
                {
                    best = v;
                    place = i;
                }
                else if (T.IsNaN(v))
                {
                    best = v;
                    place = i;
                }
            }

            to[r] = best;
            if (at != null) at[r] = place;
        });
        GC.KeepAlive(values);
        GC.KeepAlive(indices);
    }

    private static void Fold<T, TOp>(Rows rows, Tensor y, int identity)
        where T : unmanaged, INumber<T> where TOp : struct, IFold<T>
    {
        var x = (T*)rows.Data.Bytes;
        var to = (T*)y.Bytes;
        long length = rows.Length, across = rows.ByColumns ? 1 : length, along = rows.ByColumns ? rows.Count : 1;
        T start = T.CreateTruncating(identity);
        ForRows(rows.Count, length, r =>
        {
            T* row = x + r * across;
            T total = start;
            for (long i = 0; i < length; i++) total = TOp.Combine(total, row[i * along]);
            to[r] = total;
        });
        GC.KeepAlive(y);
    }

    private static void CumulateFloats<T>(Tensor x, Tensor y, bool product) where T : unmanaged, INumber<T>
    {
        var px = (T*)x.Bytes;
        var py = (T*)y.Bytes;
        long n = x._sizes[^1], count = n == 0 ? 0 : x.numel() / n;
        ForRows(count, n, r =>
        {
            T* from = px + r * n, to = py + r * n;
            double total = product ? 1 : 0;
            for (long i = 0; i < n; i++)
            {
                double v = double.CreateTruncating(from[i]);
                total = product ? total * v : total + v;
                to[i] = T.CreateTruncating(total);
            }
        });
        GC.KeepAlive(x);
        GC.KeepAlive(y);
    }

    private static void CumulateIntegers<T>(Tensor x, Tensor y, bool product) where T : unmanaged, INumber<T>
    {
        var px = (T*)x.Bytes;
        var py = (T*)y.Bytes;
        long n = x._sizes[^1], count = n == 0 ? 0 : x.numel() / n;
        ForRows(count, n, r =>
        {
            T* from = px + r * n, to = py + r * n;
            T total = product ? T.One : T.Zero;
            for (long i = 0; i < n; i++) to[i] = total = unchecked(product ? total * from[i] : total + from[i]);
        });
        GC.KeepAlive(x);
        GC.KeepAlive(y);
    }

    /// <summary>Runs rows one by one, on several threads when they hold enough elements together.</summary>
    internal static void ForRows(long count, long length, Action<long> body, int cost = 1)
    {
        if (count * Math.Max(length, 1) * cost <= ChunkLength)
        {
            for (long r = 0; r < count; r++) body(r);
            return;
        }

        long each = Math.Max(1, ChunkLength / Math.Max(length * cost, 1));
        int pieces = checked((int)((count + each - 1) / each));
        ParallelFor.Run(pieces, p =>
        {
            long end = Math.Min(count, (p + 1) * each);
            for (long r = p * each; r < end; r++) body(r);
        });
    }

    private interface IFold<T>
    {
        static abstract T Combine(T a, T b);
    }

    private readonly struct SumOf<T> : IFold<T> where T : INumber<T>
    {
        public static T Combine(T a, T b) => unchecked(a + b);
    }

    private readonly struct ProductOf<T> : IFold<T> where T : INumber<T>
    {
        public static T Combine(T a, T b) => unchecked(a * b);
    }
}
