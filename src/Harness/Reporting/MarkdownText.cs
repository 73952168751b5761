using System.Text;

namespace CircuitSpecs.Reporting;

/// <summary>Text that stands in Markdown as itself.</summary>
internal static class MarkdownText
{
    private const string Special = "\\`*_{}[]<>()#+-.!|~&@";

    /// <summary>Escapes every character that GitHub gives a meaning, line breaks and mentions included.</summary>
    public static string Escape(string text)
    {
        StringBuilder escaped = new();
        foreach (char c in ResultText.OneLine(text))
        {
            // An escaped @ would still mention somebody; an entity does not, nor does one for < open a tag.
            string? entity = c switch { '@' => "&#64;", '<' => "&lt;", '>' => "&gt;", '&' => "&amp;", _ => null };
            escaped.Append(entity ?? (NeedsBackslash(c) ? "\\" + c : c.ToString()));
        }

        return escaped.ToString();
    }

    /// <summary>Code on one line, whatever back-ticks it holds; for use outside tables.</summary>
    public static string Code(string text)
    {
        string line = ResultText.OneLine(text);
        int longest = 0;
        int run = 0;
        foreach (char c in line)
        {
            run = c == '`' ? run + 1 : 0;
            longest = Math.Max(longest, run);
        }

        string fence = new('`', longest + 1);
        string space = line.StartsWith('`') || line.EndsWith('`') ? " " : "";
        return $"{fence}{space}{line}{space}{fence}";
    }

    // Dots, dashes and parentheses mean something only at the start of a line or after ], where nothing of ours begins.
    private static bool NeedsBackslash(char c) => Special.Contains(c, StringComparison.Ordinal) && c is not ('.' or '-' or '(' or ')' or '+' or '!');
}
