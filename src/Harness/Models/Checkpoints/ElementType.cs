using System.Collections.Immutable;
using static TorchSharp.torch;

namespace CircuitSpecs.Models.Checkpoints;

/// <summary>How a checkpoint stores the elements of a tensor.</summary>
/// <param name="Name">Its name in a safetensors header, for example <c>BF16</c>.</param>
/// <param name="Size">Bytes an element.</param>
/// <param name="Scalar">The tensor type that holds it unchanged; null where TorchSharp has none.</param>
/// <param name="IsFloatingPoint">Whether a parameter of a model may be stored in it.</param>
public sealed record ElementType(string Name, int Size, ScalarType? Scalar, bool IsFloatingPoint)
{
    /// <summary>IEEE float, 4 bytes.</summary>
    public static readonly ElementType Float32 = new("F32", 4, ScalarType.Float32, true);

    /// <summary>IEEE half, 2 bytes.</summary>
    public static readonly ElementType Float16 = new("F16", 2, ScalarType.Float16, true);

    /// <summary>The upper half of a float, 2 bytes.</summary>
    public static readonly ElementType BFloat16 = new("BF16", 2, ScalarType.BFloat16, true);

    /// <summary>IEEE double, 8 bytes.</summary>
    public static readonly ElementType Float64 = new("F64", 8, ScalarType.Float64, true);

    /// <summary>Every type that the safetensors format gives whole bytes to, by its name there.</summary>
    public static readonly ImmutableSortedDictionary<string, ElementType> ByName = new[]
    {
        Float32,
        Float16,
        BFloat16,
        Float64,
        new("BOOL", 1, ScalarType.Bool, false),
        new("U8", 1, ScalarType.Byte, false),
        new("I8", 1, ScalarType.Int8, false),
        new("I16", 2, ScalarType.Int16, false),
        new("I32", 4, ScalarType.Int32, false),
        new("I64", 8, ScalarType.Int64, false),
        new("U16", 2, null, false),
        new("U32", 4, null, false),
        new("U64", 8, null, false),
        new("C64", 8, null, false),
        new("F8_E4M3", 1, null, false),
        new("F8_E5M2", 1, null, false),
        new("F8_E8M0", 1, null, false),
    }.ToImmutableSortedDictionary(type => type.Name, type => type, StringComparer.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => Name;
}
