using System.Globalization;
using System.Text;

namespace CircuitSpecs.Tokenizers.Decoders;

/// <summary>Tokens <c>&lt;0x00&gt;</c> to <c>&lt;0xFF&gt;</c> in a row to the text that their bytes are in UTF-8, or to U+FFFD for each where they are none.</summary>
internal sealed class ByteFallbackDecoder : TokenDecoder
{
    /// <inheritdoc/>
    public override List<string> Apply(List<string> spellings)
    {
        var decoded = new List<string>(spellings.Count);
        var bytes = new List<byte>();
        foreach (string spelling in spellings)
        {
            if (TryByte(spelling, out byte value))
            {
                bytes.Add(value);
            }
            else
            {
                Flush(bytes, decoded);
                decoded.Add(spelling);
            }
        }

        Flush(bytes, decoded);
        return decoded;
    }

    /// <summary>The byte that a token stands for.</summary>
    public static bool TryByte(string spelling, out byte value)
    {
        value = 0;
        return spelling.Length == 6 && spelling.StartsWith("<0x", StringComparison.Ordinal) && spelling[5] == '>'
            && byte.TryParse(spelling.AsSpan(3, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
    }

    private static void Flush(List<byte> bytes, List<string> decoded)
    {
        if (bytes.Count == 0)
        {
            return;
        }

        byte[] row = [.. bytes];
        bytes.Clear();
        if (System.Text.Unicode.Utf8.IsValid(row))
        {
            decoded.Add(Encoding.UTF8.GetString(row));
        }
        else
        {
            decoded.AddRange(row.Select(_ => "\uFFFD"));
        }
    }
}
