using CircuitSpecs.Tokenizers.Patterns;

namespace CircuitSpecs.Tokenizers.Normalizers;

/// <summary>Replaces every match of a pattern; the replacement comes from where the last replaced character comes from.</summary>
internal sealed class ReplaceNormalizer(UnicodePattern pattern, string content) : Normalizer
{
    /// <inheritdoc/>
    public override bool LeavesAlone(ReadOnlySpan<char> text)
    {
        UnicodePattern.Matcher matches = pattern.In(text);
        try
        {
            return !matches.Next(out _, out _);
        }
        finally
        {
            matches.Dispose();
        }
    }

    /// <inheritdoc/>
    public override AlignedText Apply(AlignedText text)
    {
        var builder = new AlignedText.Builder(text.Text.Length);
        int done = 0;
        UnicodePattern.Matcher matches = pattern.In(text.Text);
        try
        {
            while (matches.Next(out int start, out int end))
            {
                builder.Append(text, done, start);
                if (text.Text.Length > 0)
                {
                    int origin = Math.Max(end - 1, 0);
                    builder.Append(content, text.Starts[origin], text.Ends[origin]);
                }

                done = end;
            }
        }
        finally
        {
            matches.Dispose();
        }

        builder.Append(text, done, text.Text.Length);
        return builder.Build();
    }
}
