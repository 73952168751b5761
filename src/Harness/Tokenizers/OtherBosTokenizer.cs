using System.Collections.Immutable;

namespace CircuitSpecs.Tokenizers;

/// <summary>A tokenizer whose prompts begin with another token than its own BOS, or with none.</summary>
internal sealed class OtherBosTokenizer(Tokenizer inner, int? bos) : Tokenizer
{
    /// <summary>The tokenizer underneath.</summary>
    public Tokenizer Inner => inner;

    /// <inheritdoc/>
    public override int VocabularySize => inner.VocabularySize;

    /// <inheritdoc/>
    public override int? BosToken => bos;

    /// <inheritdoc/>
    public override int? EosToken => inner.EosToken;

    /// <inheritdoc/>
    public override ImmutableArray<int> SpecialTokens => bos is { } id ? [.. inner.SpecialTokens.Append(id).Distinct().Order()] : inner.SpecialTokens;

    /// <inheritdoc/>
    public override ImmutableArray<EncodedToken> Encode(string text) => inner.Encode(text);

    /// <inheritdoc/>
    public override string Decode(IEnumerable<int> ids) => inner.Decode(ids);
}
