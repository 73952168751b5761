using System.Collections.Immutable;

namespace CircuitSpecs.Models.Checkpoints.PyTorch;

/// <summary>A tensor out of a pickle: a view of a storage, known to lie within it.</summary>
/// <param name="Storage">Where its elements are.</param>
/// <param name="Type">Their type.</param>
/// <param name="Offset">The place of the first one in the storage, in elements.</param>
/// <param name="Shape">The dimensions.</param>
/// <param name="Strides">How many elements apart neighbours lie along each dimension; 0 where they are one and the same.</param>
internal sealed record TensorView(StorageReference Storage, ElementType Type, long Offset, ImmutableArray<long> Shape, ImmutableArray<long> Strides)
{
    // PyTorch's own limit.
    private const int MostDimensions = 64;

    /// <summary>The number of bytes of its elements, written one after the other.</summary>
    public long ByteCount => Shape.Aggregate((long)Type.Size, (product, size) => product * size);

    /// <summary>Checks numbers that a file claims.</summary>
    /// <param name="storage">Where the elements are.</param>
    /// <param name="type">Their type.</param>
    /// <param name="offset">The claimed offset.</param>
    /// <param name="shape">The claimed dimensions.</param>
    /// <param name="strides">The claimed strides.</param>
    /// <param name="problem">What is wrong, where something is.</param>
    /// <returns>The view; null if something is wrong.</returns>
    public static TensorView? TryMake(StorageReference storage, ElementType type, long offset, ImmutableArray<long> shape, ImmutableArray<long> strides, out string problem)
    {
        problem = Problem(storage, type, offset, shape, strides) ?? "";
        return problem.Length == 0 ? new TensorView(storage, type, offset, shape, strides) : null;
    }

    private static string? Problem(StorageReference storage, ElementType type, long offset, ImmutableArray<long> shape, ImmutableArray<long> strides)
    {
        if (Math.Max(shape.Length, strides.Length) > MostDimensions)
        {
            return $"{Math.Max(shape.Length, strides.Length)} dimensions, expected at most {MostDimensions}.";
        }

        string sizes = StoredTensor.ShapeTextOf(shape);
        if (shape.Length != strides.Length)
        {
            return $"{shape.Length} sizes {sizes}, but {strides.Length} strides {StoredTensor.ShapeTextOf(strides)}: expected one stride for each size.";
        }

        if (offset < 0 || shape.Any(size => size < 0) || strides.Any(stride => stride < 0))
        {
            return $"sizes {sizes}, strides {StoredTensor.ShapeTextOf(strides)}, storage offset {offset}: none of them may be negative.";
        }

        UInt128 product = (UInt128)type.Size;
        UInt128 last = (UInt128)offset;
        long held = storage.ByteCount / type.Size;
        for (int dimension = 0; dimension < shape.Length; dimension++)
        {
            product *= (UInt128)Math.Max(shape[dimension], 1);
            if (product > (UInt128)long.MaxValue)
            {
                return $"shape {sizes} overflows: no file holds as many elements.";
            }

            // Beyond the storage already: no further term may make the sum overflow.
            if (last < (UInt128)held)
            {
                last += (UInt128)Math.Max(shape[dimension] - 1, 0) * (UInt128)strides[dimension];
            }
        }

        bool within = shape.Contains(0) ? offset <= held : last < (UInt128)held;
        return within ? null : $"shape {sizes}, strides {StoredTensor.ShapeTextOf(strides)}, storage offset {offset} reach beyond storage {Quoted.Of(storage.Key)}, which holds {held} elements of {type}.";
    }
}
