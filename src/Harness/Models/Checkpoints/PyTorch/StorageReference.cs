namespace CircuitSpecs.Models.Checkpoints.PyTorch;

/// <summary>What a pickle says of a storage: a row of elements that lie elsewhere in the file.</summary>
/// <param name="Key">Its name in the file.</param>
/// <param name="Type">Its elements' type; bytes in a <c>torch.UntypedStorage</c>.</param>
/// <param name="Count">The number of its elements.</param>
internal sealed record StorageReference(string Key, ElementType Type, long Count)
{
    /// <summary>The number of its bytes; the count is known to be small enough.</summary>
    public long ByteCount => Count * Type.Size;

    /// <inheritdoc/>
    public override string ToString() => $"{Quoted.Of(Key)} of {Count} elements {Type}";
}
