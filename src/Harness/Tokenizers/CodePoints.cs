namespace CircuitSpecs.Tokenizers;

/// <summary>Code points in UTF-16; half a surrogate pair that stands alone counts as one.</summary>
internal static class CodePoints
{
    /// <summary>1, or 2 where a surrogate pair stands.</summary>
    public static int LengthAt(ReadOnlySpan<char> text, int position) =>
        char.IsHighSurrogate(text[position]) && position + 1 < text.Length && char.IsLowSurrogate(text[position + 1]) ? 2 : 1;

    /// <summary>How many there are.</summary>
    public static int Count(ReadOnlySpan<char> text)
    {
        int count = text.Length;
        for (int from = 0; text[from..].IndexOfAnyInRange('\uD800', '\uDBFF') is >= 0 and var found;)
        {
            int pair = LengthAt(text, from + found) - 1;
            count -= pair;
            from += found + 1 + pair;
        }

        return count;
    }
}
