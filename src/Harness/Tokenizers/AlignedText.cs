using System.Collections.Immutable;

namespace CircuitSpecs.Tokenizers;

/// <summary>
/// A text that was normalised, and where each of its UTF-16 units comes from: <see cref="Starts"/> and <see cref="Ends"/>
/// (exclusive) count code points of the text as it was given.
/// </summary>
internal sealed record AlignedText(string Text, int[] Starts, int[] Ends)
{
    /// <summary>A part of the given text, unchanged.</summary>
    /// <param name="text">The part.</param>
    /// <param name="codePoint">Where it begins in the given text, in code points.</param>
    public static AlignedText Unchanged(string text, int codePoint)
    {
        var builder = new Builder(text.Length);
        for (int position = 0; position < text.Length;)
        {
            int length = CodePoints.LengthAt(text, position);
            builder.Append(text.AsSpan(position, length), codePoint, codePoint + 1);
            position += length;
            codePoint++;
        }

        return builder.Build();
    }

    /// <summary>Part of it.</summary>
    public AlignedText Slice(int start, int end) => new(Text[start..end], Starts[start..end], Ends[start..end]);

    /// <summary>With a string in front, which comes from where the first character comes from.</summary>
    public AlignedText Prepend(string prefix)
    {
        if (Text.Length == 0)
        {
            return this;
        }

        var builder = new Builder(prefix.Length + Text.Length);
        builder.Append(prefix, Starts[0], Ends[0]);
        builder.Append(this, 0, Text.Length);
        return builder.Build();
    }

    /// <summary>Puts an aligned text together.</summary>
    internal sealed class Builder(int capacity)
    {
        private readonly System.Text.StringBuilder text = new(capacity);
        private readonly List<int> starts = new(capacity);
        private readonly List<int> ends = new(capacity);

        /// <summary>Characters that all come from the same place.</summary>
        public void Append(ReadOnlySpan<char> characters, int start, int end)
        {
            text.Append(characters);
            for (int unit = 0; unit < characters.Length; unit++)
            {
                starts.Add(start);
                ends.Add(end);
            }
        }

        /// <summary>A part of another aligned text.</summary>
        public void Append(AlignedText other, int start, int end)
        {
            text.Append(other.Text, start, end - start);
            starts.AddRange(other.Starts.AsSpan(start, end - start));
            ends.AddRange(other.Ends.AsSpan(start, end - start));
        }

        public AlignedText Build() => new(text.ToString(), [.. starts], [.. ends]);
    }
}
