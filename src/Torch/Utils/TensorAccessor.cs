using System.Collections;

namespace TorchSharp.Utils;

/// <summary>The elements of a tensor, in order of their indices, as .NET values. It reads the tensor itself, not a copy.</summary>
public sealed unsafe class TensorAccessor<T> : IDisposable, IEnumerable<T> where T : unmanaged
{
    private readonly torch.Tensor _tensor;

    internal TensorAccessor(torch.Tensor tensor) => _tensor = tensor;

    public long Count => _tensor.numel();

    public bool IsReadOnly => false;

    /// <summary>One index counts through the elements in order; several address an element.</summary>
    public T this[params long[] indices]
    {
        get => *Address(indices);
        set
        {
            *Address(indices) = value;
            _tensor.Storage.HandOut();
        }
    }

    public T[] ToArray()
    {
        var result = new T[Count];
        CopyTo(result.AsSpan());
        return result;
    }

    public Array ToNDArray()
    {
        long[] shape = _tensor._sizes;
        if (shape.Length <= 1) return ToArray();
        Array result = Array.CreateInstance(typeof(T), shape);
        T[] flat = ToArray();
        fixed (T* source = flat)
        fixed (byte* target = &System.Runtime.InteropServices.MemoryMarshal.GetArrayDataReference(result))
            Buffer.MemoryCopy(source, target, flat.LongLength * sizeof(T), flat.LongLength * sizeof(T));
        return result;
    }

    public void CopyTo(T[] array, int arrayIndex = 0, long tensorIndex = 0) => CopyTo(array.AsSpan(), arrayIndex, tensorIndex);

    public void CopyTo(Span<T> array, int arrayIndex = 0, long tensorIndex = 0)
    {
        int n = (int)Math.Min(array.Length - arrayIndex, Count - tensorIndex);
        if (n <= 0) return;
        T* data = Data;
        if (_tensor.is_contiguous())
        {
            new ReadOnlySpan<T>(data + tensorIndex, n).CopyTo(array[arrayIndex..]);
        }
        else
        {
            using torch.Tensor all = _tensor.AsContiguous(_tensor._dtype);
            new ReadOnlySpan<T>((T*)all.Bytes + tensorIndex, n).CopyTo(array[arrayIndex..]);
        }

        GC.KeepAlive(_tensor);
    }

    public void CopyFrom(T[] array, int arrayIndex = 0, long tensorIndex = 0) =>
        CopyFrom((ReadOnlySpan<T>)array, arrayIndex, tensorIndex);

    public void CopyFrom(ReadOnlySpan<T> array, int arrayIndex = 0, long tensorIndex = 0)
    {
        T* data = Data;
        for (int i = arrayIndex; i < array.Length && tensorIndex < Count; i++, tensorIndex++)
            data[_tensor.OffsetOf(tensorIndex)] = array[i];
        _tensor.Storage.HandOut();
        GC.KeepAlive(_tensor);
    }

    public IEnumerator<T> GetEnumerator()
    {
        for (long i = 0; i < Count; i++) yield return this[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public void Dispose()
    {
        // The accessor only looks at the tensor, which somebody else disposes.
    }

    private T* Data => (T*)_tensor.Bytes;

    private T* Address(long[] indices)
    {
        if (indices.Length == 1) return Data + _tensor.OffsetOf(indices[0]);
        if (indices.Length != _tensor._sizes.Length)
            throw new ArgumentException($"{indices.Length} indices for a tensor of {_tensor._sizes.Length} dimensions.");
        T* address = Data;
        for (int d = 0; d < indices.Length; d++)
        {
            if (indices[d] < 0 || indices[d] >= _tensor._sizes[d])
                throw new IndexOutOfRangeException($"{indices[d]} >= {_tensor._sizes[d]} in dimension {d}.");
            address += indices[d] * _tensor._strides[d];
        }

        return address;
    }
}
