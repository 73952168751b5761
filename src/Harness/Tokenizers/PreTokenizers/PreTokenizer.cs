namespace CircuitSpecs.Tokenizers.PreTokenizers;

/// <summary>Cuts pieces of text into smaller ones, and may rewrite them.</summary>
internal abstract class PreTokenizer
{
    /// <summary>Whether it makes new texts, and so needs to know where the characters of a piece come from.</summary>
    public virtual bool Rewrites => false;

    /// <summary>Cuts a piece.</summary>
    /// <param name="piece">The piece; never empty.</param>
    /// <param name="next">Takes the parts in order, empty ones included.</param>
    public abstract void Split(in Piece piece, PieceReceiver next);
}
