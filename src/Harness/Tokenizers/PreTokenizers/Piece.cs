namespace CircuitSpecs.Tokenizers.PreTokenizers;

/// <summary>A stretch of a text that merges do not cross.</summary>
/// <param name="Text">The whole text that it is part of.</param>
/// <param name="Start">Where it begins, in UTF-16 units.</param>
/// <param name="End">Where it ends (exclusive).</param>
/// <param name="Origin">Where the characters of <paramref name="Text"/> come from, once it is not the given text any more.</param>
internal readonly record struct Piece(string Text, int Start, int End, AlignedText? Origin)
{
    public ReadOnlySpan<char> Span => Text.AsSpan(Start, End - Start);
}
