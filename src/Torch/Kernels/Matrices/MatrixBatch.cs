using TorchSharp.Threading;
using static TorchSharp.torch;

namespace TorchSharp.Kernels.Matrices;

/// <summary>
/// A tensor of matrices in float64, column by column as LAPACK and MathNet take them. Whatever the type of the tensor,
/// factorisations are computed in float64 and rounded once.
/// </summary>
internal sealed unsafe class MatrixBatch : IDisposable
{
    private const long Grain = 1 << 15;

    private readonly Tensor _data;

    private MatrixBatch(Tensor data, long[] lead, int rows, int columns)
    {
        _data = data;
        Lead = lead;
        Rows = rows;
        Columns = columns;
        Count = Shapes.Count(lead);
    }

    public long[] Lead { get; }

    public int Rows { get; }

    public int Columns { get; }

    public long Count { get; }

    public static MatrixBatch Read(Tensor x)
    {
        long[] sizes = x._sizes;
        Tensor data = Tensor.AllocateStrided(sizes, ColumnStrides(sizes), ScalarType.Float64, track: false);
        Kernels.Convert.Copy(x, data);
        return new MatrixBatch(data, sizes[..^2], checked((int)sizes[^2]), checked((int)sizes[^1]));
    }

    public static MatrixBatch Zeros(long[] lead, int rows, int columns)
    {
        long[] sizes = [.. lead, rows, columns];
        Tensor data = Tensor.AllocateStrided(sizes, ColumnStrides(sizes), ScalarType.Float64, track: false);
        data.Storage.Clear();
        return new MatrixBatch(data, lead, rows, columns);
    }

    /// <summary>Matrix number <paramref name="b"/>, to be read and written in place.</summary>
    public Span<double> this[long b] => new((double*)_data.Bytes + b * Rows * Columns, Rows * Columns);

    /// <summary>Runs over the matrices, on several threads when they are many; <paramref name="cost"/> is the work on one.</summary>
    public void ForEach(Action<long> body, long cost)
    {
        if (Count == 1 || Count * cost <= Grain)
        {
            for (long b = 0; b < Count; b++) body(b);
            return;
        }

        ParallelFor.Run(checked((int)Count), b => body(b));
    }

    /// <summary>
    /// The matrices as a new tensor, laid out by columns as torch gives the results of LAPACK: each transposed, or a single
    /// column as a vector.
    /// </summary>
    public Tensor ToTensor(ScalarType type, bool transposed = false, bool vector = false)
    {
        using Tensor shaped = vector ? _data.SelectUntracked(_data._sizes.Length - 1, 0) : _data.Untracked();
        using Tensor turned = transposed ? _data.View(Swapped(shaped._sizes), Swapped(shaped._strides), 0, track: false) : shaped.Untracked();
        Tensor result = Tensor.AllocateStrided(turned._sizes, turned._strides, type);
        Kernels.Convert.Copy(turned, result);
        return result;
    }

    public bool IsFinite(long b)
    {
        foreach (double v in this[b])
            if (!double.IsFinite(v)) return false;
        return true;
    }

    public void Dispose() => _data.Dispose();

    private static long[] Swapped(long[] values) => [.. values[..^2], values[^1], values[^2]];

    private static long[] ColumnStrides(long[] sizes)
    {
        long[] strides = Shapes.Contiguous(sizes);
        strides[^2] = 1;
        strides[^1] = Math.Max(sizes[^2], 1);
        return strides;
    }
}
