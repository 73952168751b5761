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
        Wanting(requiresGrad, Floats("rand", size, dtype, device).uniform_(0, 1, generator));

    public static Tensor Randn(ReadOnlySpan<long> size, ScalarType? dtype, Device? device, bool requiresGrad, Generator? generator) =>
        Wanting(requiresGrad, Floats("randn", size, dtype, device).normal_(0, 1, generator));

    public static Tensor Randint(long low, long high, ReadOnlySpan<long> size, ScalarType? dtype, Device? device, bool requiresGrad, Generator? generator)
    {
        if (low >= high) throw new TorchException("randint", $"random_ expects 'from' to be less than 'to', but got from={low} >= to={high}");
        Tensor result = Empty(size, dtype ?? ScalarType.Int64, device, false);
        ulong range = unchecked((ulong)(high - low));
        RandomNumbers.Integers(result, generator, g => unchecked((long)(g.NextBelow(range) + (ulong)low)));
        return Wanting(requiresGrad, result);
    }

    public static ScalarType NumberType(Scalar value) => value.Type.Category() switch
    {
        0 => ScalarType.Bool,
        1 => ScalarType.Int64,
        _ => get_default_dtype(),
    };

    /// <summary>The finished tensor, as a leaf that wants a gradient or not.</summary>
    public static Tensor Wanting(bool requiresGrad, Tensor result) => requiresGrad ? result.requires_grad_() : result;

    private static Tensor Floats(string operation, ReadOnlySpan<long> size, ScalarType? dtype, Device? device)
    {
        ScalarType type = dtype ?? get_default_dtype();
        if (!type.IsFloat()) throw new TorchException(operation, $"not implemented for {type}");
        return Empty(size, type, device, false);
    }
}
