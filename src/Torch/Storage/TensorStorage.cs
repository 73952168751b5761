using System.Runtime.InteropServices;
using TorchSharp.Kernels;

namespace TorchSharp.Storage;

/// <summary>
/// A 64-byte aligned block outside the managed heap, shared by every view of it. The last view that is disposed
/// gives it back; one that was never disposed is given back by the finaliser.
/// </summary>
internal sealed unsafe class TensorStorage
{
    private readonly long _capacity;
    private byte* _data;
    private int _references = 1;
    private int _handouts;
    private PackedForms? _packed;

    public TensorStorage(long bytes)
    {
        if (bytes < 0) throw new ArgumentOutOfRangeException(nameof(bytes), bytes, "A storage cannot have a negative size.");
        Bytes = bytes;
        _data = StoragePool.Rent(bytes, out _capacity);
    }

    ~TensorStorage() => Free();

    public long Bytes { get; }

    public byte* Data => _data;

    /// <summary>The number of writes so far, which tells autograd and caches of derived forms that what they hold is out of date.</summary>
    public int Version { get; set; }

    /// <summary>Changes with every write, and every time that somebody is given the means to write unseen.</summary>
    public long Stamp => ((long)Version << 32) + Volatile.Read(ref _handouts);

    /// <summary>What was packed from this storage for products; goes with it.</summary>
    public PackedForms Packed =>
        Volatile.Read(ref _packed) ?? Interlocked.CompareExchange(ref _packed, new PackedForms(), null) ?? _packed!;

    /// <summary>Notes that a span or accessor of the elements was handed out, or written through.</summary>
    public void HandOut() => Interlocked.Increment(ref _handouts);

    public bool IsShared => Volatile.Read(ref _references) > 1;

    public TensorStorage Share()
    {
        Interlocked.Increment(ref _references);
        return this;
    }

    public void Release()
    {
        if (Interlocked.Decrement(ref _references) != 0) return;
        Free();
        GC.SuppressFinalize(this);
    }

    public void Clear() => NativeMemory.Clear(_data, (nuint)Bytes);

    private void Free()
    {
        byte* data = _data;
        _data = null;
        if (data == null) return;
        _packed?.Dispose();
        StoragePool.Return(data, _capacity);
    }
}
