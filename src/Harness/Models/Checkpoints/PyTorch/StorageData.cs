namespace CircuitSpecs.Models.Checkpoints.PyTorch;

/// <summary>The bytes of a storage. Safe to read from several threads.</summary>
internal abstract class StorageData
{
    /// <summary>The byte of the file where they begin.</summary>
    public abstract long Offset { get; }

    /// <summary>Copies bytes.</summary>
    /// <param name="start">The first of them, counted from the storage's beginning.</param>
    /// <param name="destination">Receives them; the caller knows that they lie within the storage.</param>
    /// <exception cref="ModelLoadException">The storage proves to be damaged.</exception>
    public abstract void Read(long start, Span<byte> destination);
}
