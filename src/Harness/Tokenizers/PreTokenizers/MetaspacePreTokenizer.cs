using CircuitSpecs.Tokenizers.Normalizers;
using CircuitSpecs.Tokenizers.Patterns;

namespace CircuitSpecs.Tokenizers.PreTokenizers;

/// <summary>Where a metaspace is put in front. The names are those of <c>tokenizer.json</c>.</summary>
internal enum PrependScheme
{
    /// <summary>Of every piece.</summary>
    Always,

    /// <summary>Nowhere.</summary>
    Never,

    /// <summary>Of the piece that the text begins with.</summary>
    First,
}

/// <summary>Sentencepiece's step: spaces become a visible character (<c>▁</c>), which begins each piece.</summary>
internal sealed class MetaspacePreTokenizer(string replacement, PrependScheme scheme, bool split) : PreTokenizer
{
    private readonly ReplaceNormalizer spaces = new(new UnicodePattern(" "), replacement);
    private readonly SplitPreTokenizer words = new(new UnicodePattern(UnicodePattern.Escape(replacement)), SplitBehavior.MergedWithNext, invert: false);

    /// <inheritdoc/>
    public override bool Rewrites => true;

    /// <inheritdoc/>
    public override void Split(in Piece piece, PieceReceiver next)
    {
        AlignedText text = spaces.Apply(piece.Origin!.Slice(piece.Start, piece.End));
        bool wanted = scheme == PrependScheme.Always || (scheme == PrependScheme.First && text.Starts[0] == 0);
        if (wanted && !text.Text.StartsWith(replacement, StringComparison.Ordinal))
        {
            text = text.Prepend(replacement);
        }

        var whole = new Piece(text.Text, 0, text.Text.Length, text);
        if (split)
        {
            words.Split(whole, next);
        }
        else
        {
            next.Take(whole);
        }
    }
}
