namespace CircuitSpecs.Tokenizers.Decoders;

/// <summary>Several decoders, one after the other.</summary>
internal sealed class DecoderSequence(IReadOnlyList<TokenDecoder> decoders) : TokenDecoder
{
    /// <inheritdoc/>
    public override List<string> Apply(List<string> spellings) => decoders.Aggregate(spellings, (current, decoder) => decoder.Apply(current));
}
