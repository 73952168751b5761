namespace CircuitSpecs.Tokenizers.Decoders;

/// <summary>All spellings to one.</summary>
internal sealed class FuseDecoder : TokenDecoder
{
    /// <inheritdoc/>
    public override List<string> Apply(List<string> spellings) => [string.Concat(spellings)];
}
