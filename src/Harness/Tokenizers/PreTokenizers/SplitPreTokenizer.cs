using CircuitSpecs.Tokenizers.Patterns;

namespace CircuitSpecs.Tokenizers.PreTokenizers;

/// <summary>Cuts at the matches of a pattern.</summary>
/// <param name="pattern">The pattern.</param>
/// <param name="behavior">What becomes of its matches.</param>
/// <param name="invert">Whether what lies between the matches counts as the match.</param>
internal sealed class SplitPreTokenizer(UnicodePattern pattern, SplitBehavior behavior, bool invert) : PreTokenizer
{
    /// <inheritdoc/>
    public override void Split(in Piece piece, PieceReceiver next)
    {
        var parts = new Parts(piece, behavior, next);
        int done = 0;
        UnicodePattern.Matcher matches = pattern.In(piece.Span);
        try
        {
            while (matches.Next(out int start, out int end))
            {
                if (start > done)
                {
                    parts.Add(done, start, invert);
                }

                parts.Add(start, end, !invert);
                done = end;
            }
        }
        finally
        {
            matches.Dispose();
        }

        if (done < piece.End - piece.Start)
        {
            parts.Add(done, piece.End - piece.Start, invert);
        }

        parts.Finish();
    }

    /// <summary>Joins matches with their neighbours as the behaviour has it; at most one part waits for the next.</summary>
    private struct Parts(Piece piece, SplitBehavior behavior, PieceReceiver next)
    {
        private int waitingStart;
        private int waitingEnd = -1;
        private bool waitingIsMatch;

        public void Add(int start, int end, bool isMatch)
        {
            bool isWaiting = waitingEnd >= 0;
            switch (behavior)
            {
                case SplitBehavior.Removed when isMatch:
                    return;
                case SplitBehavior.Removed or SplitBehavior.Isolated:
                    Take(start, end);
                    return;
                case SplitBehavior.MergedWithPrevious when isWaiting && isMatch && !waitingIsMatch:
                case SplitBehavior.MergedWithNext when isWaiting && !isMatch && waitingIsMatch:
                case SplitBehavior.Contiguous when isWaiting && isMatch == waitingIsMatch:
                    waitingEnd = end;
                    waitingIsMatch = behavior == SplitBehavior.MergedWithPrevious || (behavior == SplitBehavior.Contiguous && isMatch);
                    return;
                default:
                    Finish();
                    (waitingStart, waitingEnd, waitingIsMatch) = (start, end, isMatch);
                    return;
            }
        }

        public void Finish()
        {
            if (waitingEnd >= 0)
            {
                Take(waitingStart, waitingEnd);
                waitingEnd = -1;
            }
        }

        private readonly void Take(int start, int end) => next.Take(piece with { Start = piece.Start + start, End = piece.Start + end });
    }
}
