using System.Buffers;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text;
using CircuitSpecs.Tokenizers.Patterns;

namespace CircuitSpecs.Tokenizers;

/// <summary>Finds added tokens in a text: the leftmost first, of several there the longest.</summary>
internal sealed class AddedTokenFinder
{
    private readonly Dictionary<string, AddedToken> tokens;
    private readonly Dictionary<string, AddedToken>.AlternateLookup<ReadOnlySpan<char>> lookup;
    private readonly SearchValues<string> sought;
    private readonly FrozenDictionary<char, ImmutableArray<int>> lengthsByFirst;

    /// <summary>Prepares the search.</summary>
    /// <param name="tokens">What is looked for, by the text to look for; none of them empty.</param>
    public AddedTokenFinder(IReadOnlyDictionary<string, AddedToken> tokens)
    {
        this.tokens = new Dictionary<string, AddedToken>(tokens, StringComparer.Ordinal);
        lookup = this.tokens.GetAlternateLookup<ReadOnlySpan<char>>();
        sought = SearchValues.Create([.. this.tokens.Keys], StringComparison.Ordinal);
        lengthsByFirst = this.tokens.Keys.GroupBy(text => text[0])
            .ToFrozenDictionary(group => group.Key, group => group.Select(text => text.Length).Distinct().OrderDescending().ToImmutableArray());
    }

    /// <summary>A stretch of text: an added token, or what lies between two of them.</summary>
    public readonly record struct Part(int Start, int End, AddedToken? Token);

    /// <summary>Cuts a text. Where a match does not count, its text stays in what lies between.</summary>
    public List<Part> Split(ReadOnlySpan<char> text, bool takesSpecialLiterally)
    {
        var parts = new List<Part>();
        int done = 0;
        for (int from = 0; tokens.Count > 0 && from < text.Length && text[from..].IndexOfAny(sought) is >= 0 and var found;)
        {
            int start = from + found;
            AddedToken token = LongestAt(text[start..], out int length);
            int end = start + length;
            from = end;
            if ((takesSpecialLiterally && token.IsSpecial) || (token.SingleWord && TouchesWord(text, start, end)))
            {
                continue;
            }

            if (token.StripsLeft)
            {
                while (start > done && char.IsWhiteSpace(text[start - 1]))
                {
                    start--;
                }
            }

            if (token.StripsRight)
            {
                while (end < text.Length && char.IsWhiteSpace(text[end]))
                {
                    end++;
                }
            }

            if (start > done)
            {
                parts.Add(new Part(done, start, null));
            }

            parts.Add(new Part(start, end, token));
            done = end;
        }

        if (done < text.Length)
        {
            parts.Add(new Part(done, text.Length, null));
        }

        return parts;
    }

    private AddedToken LongestAt(ReadOnlySpan<char> text, out int found)
    {
        foreach (int length in lengthsByFirst[text[0]])
        {
            if (length <= text.Length && lookup.TryGetValue(text[..length], out AddedToken? token))
            {
                found = length;
                return token;
            }
        }

        throw new InvalidOperationException("A text was found that is not looked for.");
    }

    private static bool TouchesWord(ReadOnlySpan<char> text, int start, int end)
    {
        bool before = Rune.DecodeLastFromUtf16(text[..start], out Rune left, out _) == OperationStatus.Done && IsWord(left);
        return before || (Rune.DecodeFromUtf16(text[end..], out Rune right, out _) == OperationStatus.Done && IsWord(right));
    }

    private static bool IsWord(Rune rune) => CodePointClass.IsStandardWord(rune.Value);
}
