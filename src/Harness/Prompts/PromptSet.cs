using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;

namespace CircuitSpecs.Prompts;

/// <summary>
/// The prompts of one measurement. A component is searched with a <see cref="DiscoverySet"/> and judged on an
/// <see cref="EvaluationSet"/>; they are different types so that judging on the prompts of the search does not compile.
/// </summary>
public abstract class PromptSet
{
    private protected PromptSet(string family, int seed, IEnumerable<Prompt> prompts, IReadOnlyDictionary<string, int>? dropped)
    {
        Family = family;
        Seed = seed;
        Prompts = [.. prompts];
        Dropped = (dropped ?? ImmutableSortedDictionary<string, int>.Empty).ToImmutableSortedDictionary(StringComparer.Ordinal);
        if (Prompts.IsEmpty)
        {
            string why = Dropped.IsEmpty ? "none was generated" : string.Join(", ", Dropped.Select(pair => $"{pair.Value} dropped: {pair.Key}"));
            throw new ArgumentException($"Prompt family '{family}' (seed {seed}) is empty: {why}.", nameof(prompts));
        }

        Hash = HashOf(Prompts);
    }

    /// <summary>The name of the prompt family.</summary>
    public string Family { get; }

    /// <summary>The seed that it was generated with.</summary>
    public int Seed { get; }

    /// <summary>The prompts, in the order of every per-prompt result.</summary>
    public ImmutableArray<Prompt> Prompts { get; }

    /// <summary>Why prompts that were generated are not here: reason → count.</summary>
    public ImmutableSortedDictionary<string, int> Dropped { get; }

    /// <summary>SHA-256 over tokens, corrupted tokens, answers and positions, first 16 hexadecimal digits.</summary>
    public string Hash { get; }

    /// <summary>Number of prompts.</summary>
    public int Count => Prompts.Length;

    /// <summary>The prompts grouped by length, so that no batch needs padding; within a group in the order of the set.</summary>
    public IEnumerable<PromptBatch> Batches()
    {
        return from index in Enumerable.Range(0, Count)
               group index by Prompts[index].Tokens.Length into group_
               orderby group_.Key
               select new PromptBatch(this, [.. group_]);
    }

    private static string HashOf(ImmutableArray<Prompt> prompts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> word = stackalloc byte[4];
        foreach (Prompt prompt in prompts)
        {
            IEnumerable<int> words = [prompt.Tokens.Length, .. prompt.Tokens, .. prompt.Corrupt ?? [], prompt.Answer ?? -1, prompt.Foil ?? -1, prompt.AnswerPosition, .. prompt.AnswerSet, -2, .. prompt.FoilSet, -3, .. prompt.ScoredPositions];
            foreach (int value in words)
            {
                BinaryPrimitives.WriteInt32LittleEndian(word, value);
                hash.AppendData(word);
            }

            hash.AppendData(Encoding.UTF8.GetBytes(string.Join(';', prompt.Positions.Select(pair => $"{pair.Key}={pair.Value}"))));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }
}
