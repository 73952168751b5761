using System.Text;
using CircuitSpecs.Tokenizers.Patterns;

namespace CircuitSpecs.Tokenizers.PreTokenizers;

/// <summary>
/// GPT-2's step: a space in front where that is asked for, pieces by GPT-2's pattern where that is asked for, and every
/// byte spelled as a character. As the last step it leaves the spelling to the vocabulary, which looks bytes up directly.
/// </summary>
/// <param name="addPrefixSpace">Whether a piece that does not begin with a space gets one.</param>
/// <param name="useRegex">Whether to cut by <see cref="Gpt2Pattern"/>.</param>
/// <param name="isLast">Whether no step follows.</param>
internal sealed class ByteLevelPreTokenizer(bool addPrefixSpace, bool useRegex, bool isLast) : PreTokenizer
{
    /// <summary>The pattern of Radford et al. 2019 (<c>encoder.py</c>).</summary>
    public const string Gpt2Pattern = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    private static readonly UnicodePattern Words = new(Gpt2Pattern);

    /// <inheritdoc/>
    public override bool Rewrites => addPrefixSpace || !isLast;

    /// <inheritdoc/>
    public override void Split(in Piece piece, PieceReceiver next)
    {
        Piece whole = addPrefixSpace && piece.Span[0] != ' ' ? WithSpace(piece) : piece;
        if (!useRegex)
        {
            Take(whole, next);
            return;
        }

        // Every character belongs to a match of this pattern: the matches are the pieces.
        UnicodePattern.Matcher matches = Words.In(whole.Span);
        try
        {
            while (matches.Next(out int start, out int end))
            {
                Take(whole with { Start = whole.Start + start, End = whole.Start + end }, next);
            }
        }
        finally
        {
            matches.Dispose();
        }
    }

    private static Piece WithSpace(in Piece piece)
    {
        AlignedText spaced = piece.Origin!.Slice(piece.Start, piece.End).Prepend(" ");
        return new Piece(spaced.Text, 0, spaced.Text.Length, spaced);
    }

    private void Take(in Piece piece, PieceReceiver next) => next.Take(isLast ? piece : Spelled(piece));

    private static Piece Spelled(in Piece piece)
    {
        AlignedText origin = piece.Origin!;
        var builder = new AlignedText.Builder(2 * (piece.End - piece.Start));
        Span<byte> utf8 = stackalloc byte[4];
        for (int position = piece.Start; position < piece.End;)
        {
            Rune.DecodeFromUtf16(piece.Text.AsSpan(position..piece.End), out Rune rune, out int length);
            foreach (byte value in utf8[..rune.EncodeToUtf8(utf8)])
            {
                builder.Append([ByteSpelling.CharacterOf(value)], origin.Starts[position], origin.Ends[position]);
            }

            position += length;
        }

        AlignedText spelled = builder.Build();
        return new Piece(spelled.Text, 0, spelled.Text.Length, spelled);
    }
}
