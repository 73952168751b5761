namespace CircuitSpecs.Tokenizers.Decoders;

/// <summary>One step from the spellings of tokens to a text.</summary>
internal abstract class TokenDecoder
{
    /// <summary>The spellings after this step; there may be fewer than before.</summary>
    public abstract List<string> Apply(List<string> spellings);
}
