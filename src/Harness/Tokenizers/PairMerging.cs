using System.Buffers;

namespace CircuitSpecs.Tokenizers;

/// <summary>Byte-pair encoding of one word: the earliest merge in the table is done first, from the left, until none applies.</summary>
internal static class PairMerging
{
    private const int Gone = -1;
    private const int None = int.MaxValue;
    private const int ShortWord = 48;

    /// <summary>Merges in O(n log n), so that a very long word (a line of dashes, a base64 block) stays cheap.</summary>
    /// <param name="symbols">The word as tokens of one character each; on return the first ones are what is left.</param>
    /// <param name="lengths">How long each symbol is, in whatever unit; added up where symbols are joined.</param>
    /// <param name="merges">The merges.</param>
    /// <returns>How many symbols are left.</returns>
    public static int Merge(Span<int> symbols, Span<int> lengths, MergeTable merges) =>
        symbols.Length <= ShortWord ? MergeShort(symbols, lengths, merges) : MergeLong(symbols, lengths, merges);

    /// <summary>Looks for the least rank each time: for short words quicker than keeping the ranks in order.</summary>
    private static int MergeShort(Span<int> symbols, Span<int> lengths, MergeTable merges)
    {
        int count = symbols.Length;
        Span<int> ranks = stackalloc int[ShortWord];
        Span<int> results = stackalloc int[ShortWord];
        for (int left = 0; left + 1 < count; left++)
        {
            ranks[left] = merges.TryGet(symbols[left], symbols[left + 1], out int rank, out results[left]) ? rank : None;
        }

        while (count > 1)
        {
            int best = 0;
            for (int left = 1; left + 1 < count; left++)
            {
                best = ranks[left] < ranks[best] ? left : best;
            }

            if (ranks[best] == None)
            {
                break;
            }

            symbols[best] = results[best];
            lengths[best] += lengths[best + 1];
            for (int index = best + 1; index + 1 < count; index++)
            {
                symbols[index] = symbols[index + 1];
                lengths[index] = lengths[index + 1];
                ranks[index] = ranks[index + 1];
                results[index] = results[index + 1];
            }

            count--;
            if (best + 1 < count)
            {
                ranks[best] = merges.TryGet(symbols[best], symbols[best + 1], out int rank, out results[best]) ? rank : None;
            }

            if (best > 0)
            {
                ranks[best - 1] = merges.TryGet(symbols[best - 1], symbols[best], out int rank, out results[best - 1]) ? rank : None;
            }
        }

        return count;
    }

    private static int MergeLong(Span<int> symbols, Span<int> lengths, MergeTable merges)
    {
        int[] rented = ArrayPool<int>.Shared.Rent(2 * symbols.Length);
        Span<int> next = rented.AsSpan(0, symbols.Length);
        Span<int> previous = rented.AsSpan(symbols.Length, symbols.Length);
        var queue = new PriorityQueue<(int Left, int Rank), long>(symbols.Length);
        for (int index = 0; index < symbols.Length; index++)
        {
            next[index] = index + 1;
            previous[index] = index - 1;
        }

        for (int left = 0; left + 1 < symbols.Length; left++)
        {
            Consider(left, symbols, next);
        }

        while (queue.TryDequeue(out (int Left, int Rank) merge, out _))
        {
            int left = merge.Left;
            int right = next[left];
            if (symbols[left] == Gone || right >= symbols.Length || !merges.TryGet(symbols[left], symbols[right], out int rank, out int result) || rank != merge.Rank)
            {
                continue; // one of the two has been merged away since
            }

            symbols[left] = result;
            lengths[left] += lengths[right];
            symbols[right] = Gone;
            next[left] = next[right];
            if (next[right] < symbols.Length)
            {
                previous[next[right]] = left;
            }

            Consider(left, symbols, next);
            Consider(previous[left], symbols, next);
        }

        int kept = 0;
        for (int index = 0; index < symbols.Length; index = next[index])
        {
            symbols[kept] = symbols[index];
            lengths[kept++] = lengths[index];
        }

        ArrayPool<int>.Shared.Return(rented);
        return kept;

        void Consider(int left, Span<int> current, Span<int> following)
        {
            if (left >= 0 && following[left] < current.Length && merges.TryGet(current[left], current[following[left]], out int rank, out _))
            {
                queue.Enqueue((left, rank), ((long)rank << 32) | (uint)left);
            }
        }
    }
}
