using System.Text;

namespace CircuitSpecs.Tests.Tokenizers;

/// <summary>Random texts of letters, spaces, marks, symbols and special tokens from every part of Unicode.</summary>
internal static class RandomText
{
    private static readonly string[] Snippets = ["the", " words", "'s", "'LL", "  ", "\n", "\r\n", "\t", "1234", "e\u0301", "\u0301", "<|endoftext|>", "<s>", "▁", "日本", "😀", "𝟐", "ﬁ", "\u212B", "...", "\u00A0", "\u0085", "\0"];

    /// <summary>A text of about so many parts; surrogates are always paired.</summary>
    public static string Of(Random random, int parts)
    {
        var text = new StringBuilder();
        for (int part = 0; part < parts; part++)
        {
            text.Append(random.Next(4) switch
            {
                0 => ((char)random.Next(0x80)).ToString(),
                1 => RuneBelow(random, 0x3000),
                2 => RuneBelow(random, 0x11_0000),
                _ => Snippets[random.Next(Snippets.Length)],
            });
        }

        return text.ToString();
    }

    private static string RuneBelow(Random random, int limit)
    {
        while (true)
        {
            if (Rune.TryCreate(random.Next(limit), out Rune rune))
            {
                return rune.ToString();
            }
        }
    }
}
