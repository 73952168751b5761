namespace CircuitSpecs.Tokenizers.Normalizers;

/// <summary>Several normalisers, one after the other.</summary>
internal sealed class NormalizerSequence(IReadOnlyList<Normalizer> normalizers) : Normalizer
{
    /// <inheritdoc/>
    public override bool LeavesAlone(ReadOnlySpan<char> text)
    {
        foreach (Normalizer normalizer in normalizers)
        {
            if (!normalizer.LeavesAlone(text))
            {
                return false;
            }
        }

        return true;
    }

    /// <inheritdoc/>
    public override AlignedText Apply(AlignedText text) => normalizers.Aggregate(text, (current, normalizer) => normalizer.Apply(current));
}
