using System.Runtime.InteropServices;

namespace TorchSharp;

public static partial class torch
{
    public static Tensor from_array(Array rawArray, Device? device = null) => from_array(rawArray, null, device);

    public static Tensor from_array(Array rawArray, ScalarType? dtype, Device? device = null, bool requires_grad = false, string[]? names = null)
    {
        ArgumentNullException.ThrowIfNull(rawArray);
        Type type = rawArray.GetType().GetElementType()!;
        if (type == typeof(float)) return TensorFactory.Create<float>(rawArray, dtype, device, requires_grad);
        if (type == typeof(double)) return TensorFactory.Create<double>(rawArray, dtype, device, requires_grad);
        if (type == typeof(long)) return TensorFactory.Create<long>(rawArray, dtype, device, requires_grad);
        if (type == typeof(int)) return TensorFactory.Create<int>(rawArray, dtype, device, requires_grad);
        if (type == typeof(short)) return TensorFactory.Create<short>(rawArray, dtype, device, requires_grad);
        if (type == typeof(sbyte)) return TensorFactory.Create<sbyte>(rawArray, dtype, device, requires_grad);
        if (type == typeof(byte)) return TensorFactory.Create<byte>(rawArray, dtype, device, requires_grad);
        if (type == typeof(bool)) return TensorFactory.Create<bool>(rawArray, dtype, device, requires_grad);
        if (type == typeof(Half)) return TensorFactory.Create<Half>(rawArray, dtype, device, requires_grad);
        if (type == typeof(BFloat16)) return TensorFactory.Create<BFloat16>(rawArray, dtype, device, requires_grad);
        throw new NotSupportedException($"A tensor cannot be made from an array of {type}.");
    }

    public static Tensor as_tensor(Array data, ScalarType? dtype = null, Device? device = null) => from_array(data, dtype, device);

    public static Tensor as_tensor(Tensor data, ScalarType? dtype = null, Device? device = null)
    {
        Tensor.RequireCpu(device);
        return data.to_type(dtype ?? data.dtype);
    }

    /// <summary>A tensor of the bytes of an array from an offset in bytes; the engine copies them.</summary>
    public static unsafe Tensor frombuffer(Array rawArray, ScalarType dtype, long count = -1, long offset = 0, bool requires_grad = false)
    {
        Tensor.RequireCpu(null);
        long bytes = (long)rawArray.Length * Dtypes.Of(rawArray.GetType().GetElementType()!).Size();
        long n = count < 0 ? (bytes - offset) / dtype.Size() : count;
        if (offset < 0 || n < 0 || offset + n * dtype.Size() > bytes)
            throw new TorchException("frombuffer", $"{count} elements of {dtype} from offset {offset} do not lie in a buffer of {bytes} bytes");
        Tensor result = Tensor.Allocate([n], dtype);
        fixed (byte* source = &MemoryMarshal.GetArrayDataReference(rawArray))
            Buffer.MemoryCopy(source + offset, result.Bytes, n * dtype.Size(), n * dtype.Size());
        GC.KeepAlive(result);
        return TensorFactory.Wanting(requires_grad, result);
    }
}
