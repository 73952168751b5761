namespace CircuitSpecs.Analysis;

/// <summary>A stretch of a document that fits into the context.</summary>
internal sealed record CorpusPiece(int Document, int Start, int Length, IReadOnlyList<int> Whole)
{
    public IEnumerable<int> Tokens => Enumerable.Range(Start, Length).Select(index => Whole[index]);

    /// <summary>
    /// Pieces of equal length, so that none is padded. Pieces wait until as many of their length are there as fit into a
    /// batch; where too many tokens wait, the longest waiting line goes, so that memory stays bounded.
    /// </summary>
    /// <param name="corpus">The documents.</param>
    /// <param name="context">The longest piece.</param>
    /// <param name="tokensAtOnce">How many tokens a batch may have.</param>
    /// <returns>Each batch, with the number of documents that were read so far.</returns>
    public static IEnumerable<(IReadOnlyList<CorpusPiece> Pieces, int Documents)> Batches(IEnumerable<IReadOnlyList<int>> corpus, int context, int tokensAtOnce)
    {
        var waiting = new SortedDictionary<int, List<CorpusPiece>>();
        long tokens = 0;
        int document = 0;
        foreach (IReadOnlyList<int> whole in corpus)
        {
            if (whole.Count == 0)
            {
                throw new ArgumentException($"Document {document} of the corpus has no tokens: leave empty texts out.", nameof(corpus));
            }

            for (int start = 0; start < whole.Count; start += context)
            {
                var piece = new CorpusPiece(document, start, Math.Min(context, whole.Count - start), whole);
                if (!waiting.TryGetValue(piece.Length, out List<CorpusPiece>? line))
                {
                    waiting[piece.Length] = line = [];
                }

                line.Add(piece);
                tokens += piece.Length;
                if ((line.Count + 1) * piece.Length > tokensAtOnce)
                {
                    yield return (Take(piece.Length), document + 1);
                }
            }

            document++;
            while (tokens > 32L * tokensAtOnce)
            {
                yield return (Take(waiting.MaxBy(pair => pair.Key * pair.Value.Count).Key), document);
            }
        }

        while (waiting.Count > 0)
        {
            yield return (Take(waiting.First().Key), document);
        }

        List<CorpusPiece> Take(int length)
        {
            waiting.Remove(length, out List<CorpusPiece>? line);
            tokens -= (long)length * line!.Count;
            return line;
        }
    }
}
