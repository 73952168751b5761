namespace CircuitSpecs.Tokenizers.Normalizers;

/// <summary>Rewrites a text before it is cut into pieces, keeping track of where each character comes from.</summary>
internal abstract class Normalizer
{
    /// <summary>Whether <see cref="Apply"/> would surely change nothing: a quick look, so that plain texts cost nothing.</summary>
    public abstract bool LeavesAlone(ReadOnlySpan<char> text);

    /// <summary>The rewritten text.</summary>
    public abstract AlignedText Apply(AlignedText text);
}
