using System.Text;
using CircuitSpecs.Tokenizers.Patterns;

namespace CircuitSpecs.Tokenizers.Decoders;

/// <summary>Replaces every match of a pattern in each spelling.</summary>
internal sealed class ReplaceDecoder(UnicodePattern pattern, string content) : TokenDecoder
{
    /// <inheritdoc/>
    public override List<string> Apply(List<string> spellings) => spellings.ConvertAll(Replace);

    private string Replace(string spelling)
    {
        var replaced = new StringBuilder(spelling.Length);
        int done = 0;
        UnicodePattern.Matcher matches = pattern.In(spelling);
        try
        {
            while (spelling.Length > 0 && matches.Next(out int start, out int end))
            {
                replaced.Append(spelling, done, start - done).Append(content);
                done = end;
            }
        }
        finally
        {
            matches.Dispose();
        }

        return replaced.Append(spelling, done, spelling.Length - done).ToString();
    }
}
