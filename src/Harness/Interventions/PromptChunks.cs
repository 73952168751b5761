using CircuitSpecs.Prompts;

namespace CircuitSpecs.Interventions;

/// <summary>Batches of a size that keeps memory bounded, whatever the size of the prompt set.</summary>
internal static class PromptChunks
{
    private const int TokensAtOnce = 2048;
    private const long LogitsAtOnce = 8L << 20;

    /// <summary>Splits a set into batches of equal length and bounded size, each with its prompts in the order of the set.</summary>
    /// <param name="prompts">The set.</param>
    /// <param name="logitsPerToken">How many logits are read for each token; 0 where only few positions are read.</param>
    public static IEnumerable<PromptBatch> Of(PromptSet prompts, long logitsPerToken = 0)
    {
        foreach (PromptBatch batch in prompts.Batches())
        {
            long rows = TokensAtOnce / batch.Length;
            if (logitsPerToken > 0)
            {
                rows = Math.Min(rows, LogitsAtOnce / (logitsPerToken * batch.Length));
            }

            foreach (int[] indices in batch.Indices.Chunk((int)Math.Max(rows, 1)))
            {
                yield return new PromptBatch(prompts, [.. indices]);
            }
        }
    }
}
