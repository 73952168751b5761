namespace CircuitSpecs.Tokenizers.Decoders;

/// <summary>The visible space of sentencepiece back to a space; in the first token it is dropped where encoding puts one in front.</summary>
internal sealed class MetaspaceDecoder(string replacement, bool dropsFirst) : TokenDecoder
{
    /// <inheritdoc/>
    public override List<string> Apply(List<string> spellings) =>
        [.. spellings.Select((spelling, index) => spelling.Replace(replacement, index == 0 && dropsFirst ? "" : " ", StringComparison.Ordinal))];
}
