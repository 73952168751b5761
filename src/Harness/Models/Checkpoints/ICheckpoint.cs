using CircuitSpecs.Models.Architectures;

namespace CircuitSpecs.Models.Checkpoints;

/// <summary>The stored tensors of a model, in whatever container. Safe to read from several threads.</summary>
public interface ICheckpoint : IDisposable
{
    /// <summary>The file that names the tensors: the only one, or the index of several.</summary>
    string File { get; }

    /// <summary>The tensors by their name in the checkpoint.</summary>
    IReadOnlyDictionary<string, StoredTensor> Tensors { get; }

    /// <summary>What the checkpoint itself says of its model, under the keys of a <c>config.json</c>; null for formats that leave it to that file.</summary>
    ConfigFile? Configuration => null;

    /// <summary>Copies bytes of a tensor: its elements as they are stored, little-endian, in row-major order, however they lie in the file.</summary>
    /// <param name="tensor">One of <see cref="Tensors"/>.</param>
    /// <param name="start">The first byte, counted from the tensor's beginning.</param>
    /// <param name="destination">Receives the bytes; must not reach beyond the tensor.</param>
    /// <exception cref="ModelLoadException">The bytes prove to be damaged, where the format has checksums.</exception>
    void CopyBytes(StoredTensor tensor, long start, Span<byte> destination);

    /// <summary>Copies bytes of a tensor as the file packs them, which tells tensors apart without computing their elements.</summary>
    /// <param name="tensor">One of <see cref="Tensors"/>.</param>
    /// <param name="start">The first byte, counted from the tensor's beginning, of <see cref="StoredTensor.EncodedBytes"/>.</param>
    /// <param name="destination">Receives the bytes; must not reach beyond the tensor.</param>
    void CopyEncoded(StoredTensor tensor, long start, Span<byte> destination) => CopyBytes(tensor, start, destination);
}
