using System.Collections.Immutable;

namespace CircuitSpecs.Models.Checkpoints.Gguf;

/// <summary>A tensor of a GGUF file. Its elements are read as float32 where they are quantised, as stored otherwise.</summary>
/// <param name="Name">Its name.</param>
/// <param name="File">The file that holds it.</param>
/// <param name="StoredAs">How the file stores it.</param>
/// <param name="Shape">Its dimensions, outermost first: the reverse of the file's order.</param>
/// <param name="Offset">The byte of the file where its first block lies.</param>
/// <param name="Count">The number of its elements.</param>
public sealed record GgufTensor(string Name, string File, GgufTensorType StoredAs, ImmutableArray<long> Shape, long Offset, long Count)
    : StoredTensor(Name, File, StoredAs.Elements, Shape, Offset, Count * StoredAs.Elements.Size)
{
    /// <inheritdoc/>
    public override string Encoding => StoredAs.Name;

    /// <inheritdoc/>
    public override long EncodedBytes => Count / StoredAs.BlockElements * StoredAs.BlockBytes;

    /// <summary>
    /// For rows that llama.cpp keeps in the order of its rotary embedding, the pairs that are turned together side by side: the number of heads they are of.
    /// They are read in Hugging Face's order, where the first halves of all pairs come before the second halves. Null for every other tensor.
    /// </summary>
    internal int? PairedHeads { get; init; }
}
