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

    public PackedMatrix(long k, long n, int tileColumns, int elementSize)
    {
        TileColumns = tileColumns;
        Bytes = (n + tileColumns - 1) / tileColumns * tileColumns * k * elementSize;
        _data = StoragePool.Rent(Bytes, out _capacity);
    }

    ~PackedMatrix() => Dispose();

    public int TileColumns { get; }

    public long Bytes { get; }

    public byte* Data => _data;

    public void Dispose()
    {
        byte* data = _data;
        _data = null;
        if (data != null) StoragePool.Return(data, _capacity);
        GC.SuppressFinalize(this);
    }
}
