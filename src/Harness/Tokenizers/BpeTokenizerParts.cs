using System.Collections.Immutable;
using CircuitSpecs.Tokenizers.Decoders;
using CircuitSpecs.Tokenizers.Normalizers;
using CircuitSpecs.Tokenizers.PreTokenizers;

namespace CircuitSpecs.Tokenizers;

/// <summary>What a <see cref="BpeTokenizer"/> is made of.</summary>
internal sealed record BpeTokenizerParts
{
    public required BpeModel Model { get; init; }

    public Normalizer? Normalizer { get; init; }

    public required ImmutableArray<PreTokenizer> PreTokenizers { get; init; }

    /// <summary>Without one, decoded tokens are joined by spaces.</summary>
    public required TokenDecoder? Decoder { get; init; }

    public ImmutableArray<AddedToken> Added { get; init; } = [];

    public int? BosToken { get; init; }

    public int? EosToken { get; init; }
}
