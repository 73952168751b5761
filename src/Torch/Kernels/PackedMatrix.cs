using System.Runtime.Intrinsics;
using TorchSharp.Storage;

namespace TorchSharp.Kernels;

/// <summary>
/// The right operand of a product in the order in which the inner loop reads it: panels of a tile's width, each with
/// all of k, padded with zeros. Its memory goes back at the latest when the collector finds it unused.
/// </summary>
internal sealed unsafe class PackedMatrix : IDisposable
{
    private readonly long _capacity;
    private byte* _data;

    private PackedMatrix(long bytes) => _data = StoragePool.Rent(bytes, out _capacity);

    ~PackedMatrix() => Dispose();

    public byte* Data => _data;

    /// <summary>Room for a matrix of k rows and n columns, not filled yet.</summary>
    public static PackedMatrix For<T>(long k, long n) where T : unmanaged => new(BytesFor<T>(k, n));

    public static long BytesFor<T>(long k, long n) where T : unmanaged
    {
        long tile = TileColumns<T>();
        return (n + tile - 1) / tile * tile * k * sizeof(T);
    }

    /// <summary>Two of the widest vectors of this machine.</summary>
    public static int TileColumns<T>() where T : unmanaged =>
        2 * (Vector512.IsHardwareAccelerated ? Vector512<T>.Count : Vector256.IsHardwareAccelerated ? Vector256<T>.Count : Vector128<T>.Count);

    public void Dispose()
    {
        byte* data = _data;
        _data = null;
        if (data != null) StoragePool.Return(data, _capacity);
        GC.SuppressFinalize(this);
    }
}
