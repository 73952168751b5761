using System.Numerics;
using System.Runtime.CompilerServices;
using TorchSharp.Modules;
using TorchSharp.Threading;
using static TorchSharp.torch;

namespace TorchSharp.Optim;

/// <summary>Runs a step over all elements of a parameter in one pass, instead of one pass for each operation in it.</summary>
internal static unsafe class ParameterUpdate
{
    private const int Block = 1 << 15;

    /// <summary>True if the parameter is computed in float64; all else is in float32.</summary>
    public static bool IsDouble(Parameter parameter) => parameter._dtype == ScalarType.Float64;

    /// <param name="name">The optimizer, for messages.</param>
    /// <param name="parameter">What is written.</param>
    /// <param name="gradient">Of the shape of the parameter.</param>
    /// <param name="a">What is remembered, of the shape of the parameter; read and written.</param>
    /// <param name="b">More of it.</param>
    /// <param name="c">More of it.</param>
    /// <param name="step">What to do.</param>
    public static void Run<T, TStep>(string name, Parameter parameter, Tensor gradient, Tensor? a, Tensor? b, Tensor? c, TStep step)
        where T : unmanaged
        where TStep : struct, IStep<T>
    {
        ScalarType type = parameter._dtype.Compute();
        using var p = new Elements(name, parameter, type);
        using var x = new Elements(name, a, type);
        using var y = new Elements(name, b, type);
        using var z = new Elements(name, c, type);
        using Tensor g = gradient.AsContiguous(type);
        long n = parameter.numel();
        T* values = (T*)p.Data, slopes = (T*)g.Bytes, first = (T*)x.Data, second = (T*)y.Data, third = (T*)z.Data;
        ParallelFor.Run(checked((int)((n + Block - 1) / Block)), task =>
        {
            long from = (long)task * Block;
            Part<T, TStep>(
                (int)Math.Min(Block, n - from), values + from, slopes + from, first is null ? null : first + from,
                second is null ? null : second + from, third is null ? null : third + from, step);
        });
        GC.KeepAlive(g);
    }

    private static void Part<T, TStep>(int n, T* p, T* g, T* a, T* b, T* c, TStep step)
        where T : unmanaged
        where TStep : struct, IStep<T>
    {
        int i = 0;
        for (; i <= n - Vector<T>.Count; i += Vector<T>.Count)
        {
            Vector<T> value = Vector.Load(p + i), x = Get(a, i), y = Get(b, i), z = Get(c, i);
            step.Apply(ref value, Vector.Load(g + i), ref x, ref y, ref z);
            value.Store(p + i);
            if (a is not null) x.Store(a + i);
            if (b is not null) y.Store(b + i);
            if (c is not null) z.Store(c + i);
        }

        if (i == n) return;

        // The rest by the same instructions, so that an element does not depend on where it lies.
        Vector<T> lastValue = Rest(p, i, n), lastX = Rest(a, i, n), lastY = Rest(b, i, n), lastZ = Rest(c, i, n);
        step.Apply(ref lastValue, Rest(g, i, n), ref lastX, ref lastY, ref lastZ);
        for (int j = i; j < n; j++)
        {
            p[j] = lastValue[j - i];
            if (a is not null) a[j] = lastX[j - i];
            if (b is not null) b[j] = lastY[j - i];
            if (c is not null) c[j] = lastZ[j - i];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<T> Get<T>(T* data, int at)
        where T : unmanaged => data is null ? Vector<T>.Zero : Vector.Load(data + at);

    private static Vector<T> Rest<T>(T* data, int from, int to)
        where T : unmanaged
    {
        Span<T> values = stackalloc T[Vector<T>.Count];
        values.Clear();
        if (data is not null) new ReadOnlySpan<T>(data + from, to - from).CopyTo(values);
        return new Vector<T>(values);
    }

    /// <summary>The elements of a tensor in a row and in the type of the computation, put back at the end where they had to be copied.</summary>
    private readonly struct Elements : IDisposable
    {
        private readonly Tensor? _tensor;
        private readonly Tensor? _row;

        public Elements(string name, Tensor? tensor, ScalarType type)
        {
            tensor?.CheckWritable(name);
            _tensor = tensor;
            _row = tensor?.AsContiguous(type);
        }

        public void* Data => _row is null ? null : _row.Bytes;

        public void Dispose()
        {
            if (_row is null) return;
            if (!ReferenceEquals(_row.Storage, _tensor!.Storage)) Kernels.Convert.Copy(_row, _tensor);
            _row.Dispose();
        }
    }
}
