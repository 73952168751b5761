using System.Globalization;
using System.Text;

namespace CircuitSpecs.Snapshots;

/// <summary>
/// Text in double quotes on one line, unambiguously: backslash, quote, control and format characters, spaces other
/// than U+0020, lone surrogates and U+FFFD are escaped; everything that a person can see stands as it is.
/// </summary>
internal static class QuotedText
{
    /// <summary>The text in quotes.</summary>
    public static string Quote(string text)
    {
        StringBuilder quoted = new("\"");
        for (int i = 0; i < text.Length; i++)
        {
            if (Rune.TryGetRuneAt(text, i, out Rune rune) && IsVisible(rune))
            {
                quoted.Append(rune.ToString());
                i += rune.Utf16SequenceLength - 1;
                continue;
            }

            quoted.Append(text[i] switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                char other => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)other:x4}"),
            });
        }

        return quoted.Append('"').ToString();
    }

    /// <summary>The text as it stands if nothing in it could be misread, otherwise in quotes.</summary>
    public static string Plain(string text)
    {
        string quoted = Quote(text);
        bool plain = text.Length > 0 && quoted.Length == text.Length + 2 && text[0] != ' ' && text[^1] != ' ' && !text.Contains(": ", StringComparison.Ordinal) && text[^1] != ':';
        return plain ? text : quoted;
    }

    /// <summary>Reads quoted text that begins at a position.</summary>
    /// <param name="line">The line.</param>
    /// <param name="position">Where the opening quote stands; afterwards, behind the closing one.</param>
    /// <param name="text">The text.</param>
    public static bool TryRead(string line, ref int position, out string text)
    {
        StringBuilder read = new();
        text = "";
        int i = position;
        if (i >= line.Length || line[i++] != '"')
        {
            return false;
        }

        while (i < line.Length)
        {
            char c = line[i++];
            if (c == '"')
            {
                text = read.ToString();
                position = i;
                return true;
            }

            if (c != '\\')
            {
                read.Append(c);
                continue;
            }

            if (i >= line.Length || !TryUnescape(line, ref i, out char escaped))
            {
                return false;
            }

            read.Append(escaped);
        }

        return false;
    }

    /// <summary>Reads what <see cref="Plain"/> wrote.</summary>
    public static bool TryReadPlain(string written, out string text)
    {
        int position = 0;
        if (!written.StartsWith('"'))
        {
            text = written;
            return written.Length > 0;
        }

        return TryRead(written, ref position, out text) && position == written.Length;
    }

    private static bool TryUnescape(string line, ref int i, out char c)
    {
        char kind = line[i++];
        c = kind switch { 'n' => '\n', 'r' => '\r', 't' => '\t', _ => kind };
        if (kind != 'u')
        {
            return kind is 'n' or 'r' or 't' or '"' or '\\';
        }

        if (i + 4 > line.Length || !ushort.TryParse(line.AsSpan(i, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ushort code))
        {
            return false;
        }

        i += 4;
        c = (char)code;
        return true;
    }

    private static bool IsVisible(Rune rune) => rune.Value is not ('"' or '\\' or 0xFFFD) && (rune.Value == ' ' || Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
        or UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.SpacingCombiningMark));
}
