using System.Collections.Immutable;
using CircuitSpecs.Statistics;
using CircuitSpecs.Tokenizers;

namespace CircuitSpecs.Prompts;

/// <summary>A pool of token ids to draw different ones from, and the BOS that prompts of them begin with.</summary>
/// <param name="Pool">Different ids.</param>
/// <param name="Bos">One token, or none where the vocabulary has no BOS.</param>
internal sealed record RandomTokens(ImmutableArray<int> Pool, ImmutableArray<int> Bos)
{
    /// <summary>The pool that was asked for, or by default <see cref="OrganismPools.DefaultOf"/>.</summary>
    /// <exception cref="ArgumentException">It has fewer different tokens than are drawn at once.</exception>
    public static RandomTokens Of(Tokenizer tokenizer, IReadOnlyList<int>? pool, int atLeast)
    {
        ImmutableArray<int> different = [.. (pool ?? OrganismPools.DefaultOf(tokenizer)).Distinct()];
        return different.Length >= atLeast
            ? new RandomTokens(different, tokenizer.BosToken is { } bos ? [bos] : [])
            : throw new ArgumentException($"{atLeast} different tokens cannot be drawn from a pool of {different.Length}.", nameof(pool));
    }

    /// <summary>Different tokens of the pool.</summary>
    public int[] Sample(SeededRandom random, int count)
    {
        // A copy of a whole vocabulary for every draw would be most of the work; few are drawn out of many, so try again on a repeat.
        if (Pool.Length < 20 * count)
        {
            return random.Sample(Pool, count);
        }

        var chosen = new HashSet<int>(count);
        int[] row = new int[count];
        for (int index = 0; index < count;)
        {
            int token = random.Choose(Pool);
            if (chosen.Add(token))
            {
                row[index++] = token;
            }
        }

        return row;
    }
}
