using System.Text;

namespace CircuitSpecs.Tokenizers.Normalizers;

/// <summary>
/// Normalisation form C (Unicode Standard Annex 15), which .NET has only where ICU is installed and not in the invariant
/// mode this project runs in. A composed character comes from where its first part comes from, as in Hugging Face's
/// tokenizers; a part that a character is taken apart into comes from that character.
/// </summary>
internal sealed class ComposeNormalizer : Normalizer
{
    private const char FirstAffected = '\u0300';

    /// <summary>Below U+0300 every text is in form C already.</summary>
    public override bool LeavesAlone(ReadOnlySpan<char> text) => !text.ContainsAnyInRange(FirstAffected, char.MaxValue);

    /// <inheritdoc/>
    public override AlignedText Apply(AlignedText text)
    {
        if (LeavesAlone(text.Text))
        {
            return text;
        }

        List<(int CodePoint, int Change)> composed = Compose(Decompose(text.Text));
        return Align(text, composed);
    }

    /// <summary>The fully decomposed code points in canonical order. A change of 0 stands for a character of the text, 1 for one that was added.</summary>
    private static List<(int CodePoint, int Change)> Decompose(string text)
    {
        var parts = new List<(int CodePoint, int Change)>(text.Length);
        var mapped = new List<int>();
        int firstOfMarks = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            mapped.Clear();
            CanonicalMappings.Decompose(rune.Value, mapped);
            for (int index = 0; index < mapped.Count; index++)
            {
                if (CanonicalMappings.CombiningClass(mapped[index]) == 0)
                {
                    SortMarks(parts, firstOfMarks);
                    parts.Add((mapped[index], index == 0 ? 0 : 1));
                    firstOfMarks = parts.Count;
                }
                else
                {
                    parts.Add((mapped[index], index == 0 ? 0 : 1));
                }
            }
        }

        SortMarks(parts, firstOfMarks);
        return parts;
    }

    /// <summary>Stable insertion into the order of combining classes; a long run of marks goes through a stable sort.</summary>
    private static void SortMarks(List<(int CodePoint, int Change)> parts, int from)
    {
        if (parts.Count - from > 1)
        {
            List<(int CodePoint, int Change)> sorted = [.. parts[from..].OrderBy(part => CanonicalMappings.CombiningClass(part.CodePoint))];
            parts.RemoveRange(from, parts.Count - from);
            parts.AddRange(sorted);
        }
    }

    private static List<(int CodePoint, int Change)> Compose(List<(int CodePoint, int Change)> parts)
    {
        var composed = new List<(int CodePoint, int Change)>(parts.Count);
        int starter = -1;
        int lastClass = -1; // of what stands between the starter and the current part; −1 for nothing
        foreach ((int codePoint, int change) in parts)
        {
            int combiningClass = CanonicalMappings.CombiningClass(codePoint);
            bool reachesStarter = starter >= 0 && lastClass < combiningClass;
            if (reachesStarter && CanonicalMappings.TryCompose(composed[starter].CodePoint, codePoint, out int whole))
            {
                // One part fewer: a part that was in the text is removed, one that was added is taken back.
                composed[starter] = (whole, composed[starter].Change + change - 1);
                continue;
            }

            if (combiningClass == 0)
            {
                starter = composed.Count;
                lastClass = -1;
            }
            else
            {
                lastClass = combiningClass;
            }

            composed.Add((codePoint, change));
        }

        return composed;
    }

    private static AlignedText Align(AlignedText text, List<(int CodePoint, int Change)> composed)
    {
        var builder = new AlignedText.Builder(text.Text.Length);
        Span<char> units = stackalloc char[2];
        int read = 0;
        int last = 0;
        foreach ((int codePoint, int change) in composed)
        {
            int origin = change > 0 ? last : read;
            for (int taken = change; taken <= 0; taken++)
            {
                last = read;
                read += CodePoints.LengthAt(text.Text, read);
            }

            int length = new Rune(codePoint).EncodeToUtf16(units);
            builder.Append(units[..length], text.Starts[origin], text.Ends[origin]);
        }

        return builder.Build();
    }
}
