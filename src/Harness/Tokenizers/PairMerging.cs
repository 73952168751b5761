namespace CircuitSpecs.Tokenizers;

/// <summary>Byte-pair encoding of one word: the earliest merge in the table is done first, from the left, until none applies.</summary>
internal static class PairMerging
{
    /// <summary>Merges in O(n log n), so that a very long word (a line of dashes, a base64 block) stays cheap.</summary>
    /// <param name="symbols">The word as tokens of one byte each; overwritten.</param>
    /// <param name="merges">The merges.</param>
    public static int[] Merge(int[] symbols, MergeTable merges)
    {
        const int Gone = -1;
        int[] next = [.. Enumerable.Range(1, symbols.Length)];
        int[] previous = [.. Enumerable.Range(-1, symbols.Length)];
        var queue = new PriorityQueue<(int Left, int LeftSymbol, int RightSymbol, int Result), (int Rank, int Position)>();
        for (int left = 0; left + 1 < symbols.Length; left++)
        {
            Consider(left);
        }

        while (queue.TryDequeue(out (int Left, int LeftSymbol, int RightSymbol, int Result) merge, out _))
        {
            int right = next[merge.Left];
            if (symbols[merge.Left] != merge.LeftSymbol || right >= symbols.Length || symbols[right] != merge.RightSymbol)
            {
                continue; // one of the two has been merged away since
            }

            symbols[merge.Left] = merge.Result;
            symbols[right] = Gone;
            next[merge.Left] = next[right];
            if (next[right] < symbols.Length)
            {
                previous[next[right]] = merge.Left;
            }

            Consider(merge.Left);
            Consider(previous[merge.Left]);
        }

        return [.. symbols.Where(symbol => symbol != Gone)];

        void Consider(int left)
        {
            if (left >= 0 && next[left] < symbols.Length && merges.TryGet(symbols[left], symbols[next[left]], out int rank, out int result))
            {
                queue.Enqueue((left, symbols[left], symbols[next[left]], result), (rank, left));
            }
        }
    }
}
