using System.Globalization;
using System.Text;

namespace CircuitSpecs.Tokenizers;

/// <summary>
/// Cuts a text into the pieces that byte-pair encoding never merges across: GPT-2's pattern
/// <c>'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+</c>. Written out by hand because .NET's
/// regular expressions see UTF-16 units, and so take letters and digits above U+FFFF for symbols.
/// </summary>
internal static class Gpt2Words
{
    private static readonly string[] Contractions = ["s", "t", "re", "ve", "m", "ll", "d"];

    private enum Kind
    {
        Space,
        Letter,
        Number,
        Other,
    }

    /// <summary>Where each piece ends (exclusive), as indices of runes; the first one begins at 0.</summary>
    public static IEnumerable<int> Ends(IReadOnlyList<Rune> text)
    {
        for (int start = 0; start < text.Count;)
        {
            start = EndOfPiece(text, start);
            yield return start;
        }
    }

    private static int EndOfPiece(IReadOnlyList<Rune> text, int start)
    {
        if (ContractionLength(text, start) is > 0 and var length)
        {
            return start + length;
        }

        int first = text[start].Value == ' ' && start + 1 < text.Count ? start + 1 : start;
        if (KindOf(text[first]) is not Kind.Space and var kind)
        {
            return EndOfRun(text, first, kind);
        }

        // The last white space before a word is left to the word, or stands alone when it is the only one.
        int end = EndOfRun(text, start, Kind.Space);
        return end == text.Count || end == start + 1 ? end : end - 1;
    }

    private static int EndOfRun(IReadOnlyList<Rune> text, int start, Kind kind)
    {
        int end = start + 1;
        while (end < text.Count && KindOf(text[end]) == kind)
        {
            end++;
        }

        return end;
    }

    private static int ContractionLength(IReadOnlyList<Rune> text, int start)
    {
        if (text[start].Value != '\'')
        {
            return 0;
        }

        foreach (string ending in Contractions)
        {
            int matched = 0;
            while (matched < ending.Length && start + 1 + matched < text.Count && text[start + 1 + matched].Value == ending[matched])
            {
                matched++;
            }

            if (matched == ending.Length)
            {
                return 1 + matched;
            }
        }

        return 0;
    }

    private static Kind KindOf(Rune rune) => Rune.IsWhiteSpace(rune) ? Kind.Space : Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter
            or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter => Kind.Letter,
        UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => Kind.Number,
        _ => Kind.Other,
    };
}
