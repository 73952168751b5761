using System.Runtime.InteropServices;
using TorchSharp.Kernels;
using static TorchSharp.torch;

namespace TorchSharp;

/// <summary>What all the overloads of the factories come down to.</summary>
internal static unsafe class TensorFactory
{
    public static Tensor Create<T>(ReadOnlySpan<T> data, ReadOnlySpan<long> sizes, ScalarType? dtype, Device? device, bool requiresGrad) where T : unmanaged
    {
        Tensor.RequireCpu(device);
        if (Shapes.Count(sizes) != data.Length)
            throw new ArgumentException($"tensor(): {data.Length} elements do not fill the shape {Shapes.Text(sizes)}.", nameof(data));
        ScalarType own = Dtypes.Of(typeof(T));
        Tensor result = Tensor.Allocate(sizes, own);
        data.CopyTo(new Span<T>(result.Bytes, data.Length));
        GC.KeepAlive(result);
        return Wanting(requiresGrad, dtype is null || dtype == own ? result : result.to_type(dtype.Value, disposeAfter: true));
    }

    /// <summary>An array of two or more dimensions.</summary>
    public static Tensor Create<T>(Array data, ScalarType? dtype, Device? device, bool requiresGrad) where T : unmanaged
    {
        var sizes = new long[data.Rank];
        for (int d = 0; d < sizes.Length; d++) sizes[d] = data.GetLongLength(d);
        ref byte first = ref MemoryMarshal.GetArrayDataReference(data);
        return Create(MemoryMarshal.CreateReadOnlySpan(ref System.Runtime.CompilerServices.Unsafe.As<byte, T>(ref first), data.Length), sizes, dtype, device, requiresGrad);
    }

    public static Tensor Create<T>(T scalar, ScalarType? dtype, Device? device, bool requiresGrad) where T : unmanaged =>
        Create<T>([scalar], [], dtype, device, requiresGrad);

    public static ReadOnlySpan<T> Span<T>(IList<T> list) => list switch
    {
        T[] array => array,
        List<T> own => CollectionsMarshal.AsSpan(own),
        _ => list.ToArray(),
    };

    public static Tensor Empty(ReadOnlySpan<long> size, ScalarType? dtype, Device? device, bool requiresGrad)
    {
        Tensor.RequireCpu(device);
        return Wanting(requiresGrad, Tensor.Allocate(size, dtype ?? get_default_dtype()));
    }

    public static Tensor Zeros(ReadOnlySpan<long> size, ScalarType? dtype, Device? device, bool requiresGrad)
    {
        Tensor result = Empty(size, dtype, device, requiresGrad);
        result.Storage.Clear();
        return result;
    }

    public static Tensor Ones(ReadOnlySpan<long> size, ScalarType? dtype, Device? device, bool requiresGrad) =>
        Wanting(requiresGrad, Empty(size, dtype, device, false).fill_(1));

    public static Tensor Full(ReadOnlySpan<long> size, Scalar value, ScalarType? dtype, Device? device, bool requiresGrad) =>
        Wanting(requiresGrad, Empty(size, dtype ?? NumberType(value), device, false).fill_(value));

    public static Tensor Rand(ReadOnlySpan<long> size, ScalarType? dtype, Device? device, bool requiresGrad, Generator? generator) =>
        Random("rand", size, dtype, device, requiresGrad, generator, g => g.NextUniform());

    public static Tensor Randn(ReadOnlySpan<long> size, ScalarType? dtype, Device? device, bool requiresGrad, Generator? generator) =>
        Random("randn", size, dtype, device, requiresGrad, generator, g => g.NextNormal());

    public static Tensor Randint(long low, long high, ReadOnlySpan<long> size, ScalarType? dtype, Device? device, bool requiresGrad, Generator? generator)
    {
        if (low >= high) throw new TorchException("randint", $"expects 'from' to be less than 'to', but got from={low} >= to={high}");
        Tensor.RequireCpu(device);
        Tensor result = Tensor.Allocate(size, ScalarType.Int64);
        Generator g = generator ?? Generator.Default;
        long n = result.numel();
        long* to = (long*)result.Bytes;
        lock (g.Gate)
            for (long i = 0; i < n; i++) to[i] = low + (long)g.NextBelow((ulong)(high - low));
        GC.KeepAlive(result);
        return Wanting(requiresGrad, dtype is null or ScalarType.Int64 ? result : result.to_type(dtype.Value, disposeAfter: true));
    }

    public static ScalarType NumberType(Scalar value) => value.Type.Category() switch
    {
        0 => ScalarType.Bool,
        1 => ScalarType.Int64,
        _ => get_default_dtype(),
    };

    /// <summary>The finished tensor, as a leaf that wants a gradient or not.</summary>
    public static Tensor Wanting(bool requiresGrad, Tensor result) => requiresGrad ? result.requires_grad_() : result;

    public static void Fill(Tensor target, Generator? generator, Func<Generator, double> next)
    {
        Generator g = generator ?? Generator.Default;
        using Tensor values = Tensor.Allocate(target._sizes, target._dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32, track: false);
        long n = values.numel();
        lock (g.Gate)
        {
            if (values._dtype == ScalarType.Float64)
            {
                double* to = (double*)values.Bytes;
                for (long i = 0; i < n; i++) to[i] = next(g);
            }
            else
            {
                float* to = (float*)values.Bytes;
                for (long i = 0; i < n; i++) to[i] = (float)next(g);
            }
        }

        Kernels.Convert.Copy(values, target);
        target.ForgetHistory();
    }

    private static Tensor Random(
        string operation, ReadOnlySpan<long> size, ScalarType? dtype, Device? device, bool requiresGrad, Generator? generator, Func<Generator, double> next)
    {
        ScalarType type = dtype ?? get_default_dtype();
        if (!type.IsFloat()) throw new TorchException(operation, $"not implemented for {type}");
        Tensor result = Empty(size, type, device, false);

        // A uniform number below 1 must not round up to 1.
        if (operation == "rand" && type != ScalarType.Float64) next = g => g.NextSingle();
        Fill(result, generator, next);
        return Wanting(requiresGrad, result);
    }
}
