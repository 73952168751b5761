using System.Text;

namespace CircuitSpecs.Tokenizers.Patterns;

/// <summary>
/// A set of Unicode code points, given by a test and kept as bits below U+10000 so that asking is one look-up. Half a
/// surrogate pair that stands alone in a text counts as U+FFFD, which is what it is encoded as.
/// </summary>
internal sealed class CodePointSet
{
    private const int Plane = 0x1_0000;
    private readonly Func<int, bool> contains;
    private readonly ulong low;
    private readonly ulong high;
    private ulong[]? plane;

    public CodePointSet(Func<int, bool> contains)
    {
        this.contains = contains;
        for (int codePoint = 0; codePoint < 64; codePoint++)
        {
            low |= contains(codePoint) ? 1UL << codePoint : 0;
            high |= contains(64 + codePoint) ? 1UL << codePoint : 0;
        }
    }

    public bool Contains(int codePoint) => codePoint < 128 ? ContainsAscii(codePoint)
        : codePoint < Plane ? ((plane ?? Fill())[codePoint >> 6] >> codePoint & 1) != 0
        : contains(codePoint);

    /// <summary>Whether an ASCII character belongs to the set.</summary>
    public bool ContainsAscii(int codePoint) => ((codePoint < 64 ? low : high) >> codePoint & 1) != 0;

    /// <summary>How many UTF-16 units at <paramref name="position"/> one member of the set takes: 0 where none begins there.</summary>
    public int LengthAt(ReadOnlySpan<char> text, int position)
    {
        if (position >= text.Length)
        {
            return 0;
        }

        char unit = text[position];
        if (unit < 128)
        {
            return ContainsAscii(unit) ? 1 : 0;
        }

        if (!char.IsSurrogate(unit))
        {
            return Contains(unit) ? 1 : 0;
        }

        Rune.DecodeFromUtf16(text[position..], out Rune rune, out int length);
        return Contains(rune.Value) ? length : 0;
    }

    /// <summary>Where the longest run of at most <paramref name="most"/> members from <paramref name="position"/> ends, and how many there are.</summary>
    public int EndOfRun(ReadOnlySpan<char> text, int position, int most, out int count)
    {
        count = 0;
        while (count < most && LengthAt(text, position) is > 0 and var length)
        {
            position += length;
            count++;
        }

        return position;
    }

    private ulong[] Fill()
    {
        ulong[] bits = new ulong[Plane / 64];
        for (int codePoint = 0; codePoint < Plane; codePoint++)
        {
            bits[codePoint >> 6] |= contains(codePoint) ? 1UL << codePoint : 0;
        }

        return plane = bits; // two threads may both fill it: with the same bits
    }
}
