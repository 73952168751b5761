namespace CircuitSpecs.Tokenizers.Normalizers;

/// <summary>Puts a string in front of every text that is not empty: the <c>▁</c> of sentencepiece vocabularies.</summary>
internal sealed class PrependNormalizer(string prefix) : Normalizer
{
    /// <inheritdoc/>
    public override bool LeavesAlone(ReadOnlySpan<char> text) => prefix.Length == 0 || text.IsEmpty;

    /// <inheritdoc/>
    public override AlignedText Apply(AlignedText text) => text.Prepend(prefix);
}
