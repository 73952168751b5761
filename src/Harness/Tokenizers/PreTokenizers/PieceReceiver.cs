namespace CircuitSpecs.Tokenizers.PreTokenizers;

/// <summary>Passes the parts of a piece through the steps that are left, and the last parts to what encodes them.</summary>
internal readonly struct PieceReceiver(IReadOnlyList<PreTokenizer> steps, int step, Action<Piece> last)
{
    /// <summary>Takes one part; nothing happens with an empty one.</summary>
    public void Take(in Piece piece)
    {
        if (piece.End == piece.Start)
        {
            return;
        }

        if (step == steps.Count)
        {
            last(piece);
        }
        else
        {
            steps[step].Split(piece, new PieceReceiver(steps, step + 1, last));
        }
    }
}
