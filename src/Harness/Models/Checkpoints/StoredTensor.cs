using System.Collections.Immutable;

namespace CircuitSpecs.Models.Checkpoints;

/// <summary>Where a tensor lies in a checkpoint, and what it is. A format that needs to know more about the place derives from it.</summary>
/// <param name="Name">Its name in the checkpoint.</param>
/// <param name="File">The file that holds it.</param>
/// <param name="Type">How its elements are stored.</param>
/// <param name="Shape">Its dimensions; none for a single number.</param>
/// <param name="Offset">The byte of the file where its first element lies; only the checkpoint that made it knows where the others are.</param>
/// <param name="ByteCount">The number of its bytes, every element counted, also those that share their place.</param>
public record StoredTensor(string Name, string File, ElementType Type, ImmutableArray<long> Shape, long Offset, long ByteCount)
{
    private const int MostShown = 64;

    /// <summary>How the file packs the elements: the name of <see cref="Type"/>, unless the format computes them from something else, for example <c>Q4_1</c> in GGUF.</summary>
    public virtual string Encoding => Type.Name;

    /// <summary>The number of its bytes as the file packs them.</summary>
    public virtual long EncodedBytes => ByteCount;

    /// <summary>The dimensions as messages show them: <c>[32, 96]</c>.</summary>
    public string ShapeText => ShapeTextOf(Shape);

    /// <summary>Dimensions as messages show them: <c>[32, 96]</c>; the first ones only where there are more than any tensor has.</summary>
    /// <param name="shape">The dimensions.</param>
    public static string ShapeTextOf(IReadOnlyCollection<long> shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        return $"[{string.Join(", ", shape.Take(MostShown))}{(shape.Count > MostShown ? $", … {shape.Count - MostShown} more" : "")}]";
    }
}
