using System.Collections.Immutable;

namespace CircuitSpecs.Models.Checkpoints.Gguf;

/// <summary>How a GGUF file stores a tensor: plain numbers, or rows of blocks that share a scale.</summary>
public sealed record GgufTensorType
{
    /// <summary>Every type that is read, by its number in the file.</summary>
    public static readonly ImmutableSortedDictionary<uint, GgufTensorType> Read = new GgufTensorType[]
    {
        Plain(0, ElementType.Float32),
        Plain(1, ElementType.Float16),
        Quantised(2, "Q4_0", 32, 18, LegacyBlocks.ReadQ4Zero),
        Quantised(3, "Q4_1", 32, 20, LegacyBlocks.ReadQ4One),
        Quantised(6, "Q5_0", 32, 22, LegacyBlocks.ReadQ5Zero),
        Quantised(7, "Q5_1", 32, 24, LegacyBlocks.ReadQ5One),
        Quantised(8, "Q8_0", 32, 34, LegacyBlocks.ReadQ8Zero),
        Quantised(10, "Q2_K", 256, 84, SuperBlocks.ReadQ2),
        Quantised(11, "Q3_K", 256, 110, SuperBlocks.ReadQ3),
        Quantised(12, "Q4_K", 256, 144, SuperBlocks.ReadQ4),
        Quantised(13, "Q5_K", 256, 176, SuperBlocks.ReadQ5),
        Quantised(14, "Q6_K", 256, 210, SuperBlocks.ReadQ6),
        Plain(24, ElementType.ByName["I8"]),
        Plain(25, ElementType.ByName["I16"]),
        Plain(26, ElementType.ByName["I32"]),
        Plain(27, ElementType.ByName["I64"]),
        Plain(28, ElementType.Float64),
        Plain(30, ElementType.BFloat16),
    }.ToImmutableSortedDictionary(type => type.Id, type => type);

    private static readonly ImmutableSortedDictionary<uint, string> Unread = new Dictionary<uint, string>
    {
        [4] = "Q4_2, which llama.cpp itself has given up",
        [5] = "Q4_3, which llama.cpp itself has given up",
        [9] = "Q8_1",
        [15] = "Q8_K",
        [16] = "IQ2_XXS",
        [17] = "IQ2_XS",
        [18] = "IQ3_XXS",
        [19] = "IQ1_S",
        [20] = "IQ4_NL",
        [21] = "IQ3_S",
        [22] = "IQ2_S",
        [23] = "IQ4_XS",
        [29] = "IQ1_M",
        [34] = "TQ1_0",
        [35] = "TQ2_0",
        [39] = "MXFP4",
    }.ToImmutableSortedDictionary();

    private GgufTensorType()
    {
    }

    internal delegate void BlockReader(ReadOnlySpan<byte> blocks, Span<float> values);

    /// <summary>Its number in the file.</summary>
    public required uint Id { get; init; }

    /// <summary>Its name, for example <c>Q4_1</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Elements a block; 1 for plain numbers.</summary>
    public required int BlockElements { get; init; }

    /// <summary>Bytes a block.</summary>
    public required int BlockBytes { get; init; }

    /// <summary>The type of the elements as they are read: float32 for quantised tensors.</summary>
    public required ElementType Elements { get; init; }

    /// <summary>Turns whole blocks into float32; null for plain numbers.</summary>
    internal BlockReader? Dequantise { get; private init; }

    /// <summary>What a type is called that is not read.</summary>
    /// <param name="id">Its number in the file.</param>
    internal static string NameOf(uint id) => Unread.TryGetValue(id, out string? name) ? $"{id} ({name})" : $"{id}, which is unknown";

    /// <inheritdoc/>
    public override string ToString() => Name;

    private static GgufTensorType Plain(uint id, ElementType type) => new() { Id = id, Name = type.Name, BlockElements = 1, BlockBytes = type.Size, Elements = type };

    private static GgufTensorType Quantised(uint id, string name, int elements, int bytes, BlockReader reader) =>
        new() { Id = id, Name = name, BlockElements = elements, BlockBytes = bytes, Elements = ElementType.Float32, Dequantise = reader };
}
