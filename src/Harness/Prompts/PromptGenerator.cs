using System.Collections.Immutable;
using CircuitSpecs.Statistics;

namespace CircuitSpecs.Prompts;

/// <summary>
/// Draws the prompts of a family. A family's prompts fall into two halves by a hash of their tokens, one to search with
/// and one to judge on: whatever the seeds, no prompt is ever in both. What was drawn and could not be used is counted by reason.
/// </summary>
internal static class PromptGenerator
{
    public static EvaluationSet Evaluation(string family, int seed, int count, Func<SeededRandom, Drawn> draw)
    {
        (List<Prompt> prompts, SortedDictionary<string, int> dropped) = Draw(family, seed, count, half: 0, draw);
        return new EvaluationSet(family, seed, prompts, dropped);
    }

    public static DiscoverySet Discovery(string family, int seed, int count, Func<SeededRandom, Drawn> draw)
    {
        (List<Prompt> prompts, SortedDictionary<string, int> dropped) = Draw(family, seed, count, half: 1, draw);
        return new DiscoverySet(family, seed, prompts, dropped);
    }

    private static (List<Prompt> Prompts, SortedDictionary<string, int> Dropped) Draw(string family, int seed, int count, ulong half, Func<SeededRandom, Drawn> draw)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var random = SeededRandom.For(seed, $"prompts/{family}/{half}");
        var prompts = new List<Prompt>();
        var dropped = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var known = new HashSet<ImmutableArray<int>>(new SameTokens());
        int attempts = 10_000 + (100 * count);
        while (prompts.Count < count)
        {
            if (attempts-- == 0)
            {
                throw new InvalidOperationException($"Prompt family '{family}' (seed {seed}) has only {prompts.Count} of the {count} prompts asked for: {string.Join(", ", dropped.Select(pair => $"{pair.Value} dropped: {pair.Key}").DefaultIfEmpty("the draws gave no others"))}.");
            }

            Drawn drawn = draw(random);
            if (drawn.Prompt is { } candidate && SameTokens.Mixed(candidate.Tokens) % 2 != half)
            {
                continue;
            }

            string reason = drawn.Prompt is { } prompt ? Fault(prompt, known) : drawn.Reason;
            if (reason.Length == 0)
            {
                prompts.Add(drawn.Prompt!);
            }
            else
            {
                dropped[reason] = dropped.GetValueOrDefault(reason) + 1;
            }
        }

        return (prompts, dropped);
    }

    private static string Fault(Prompt prompt, HashSet<ImmutableArray<int>> known)
    {
        if (prompt.Corrupt is { } corrupt && corrupt.SequenceEqual(prompt.Tokens))
        {
            return "clean equals corrupt";
        }

        if (prompt.Corrupt is { } twin && twin.Length != prompt.Tokens.Length)
        {
            return "clean and corrupt differ in length";
        }

        return prompt.Answer is { } answer && answer == prompt.Foil ? "answer equals foil"
            : known.Add(prompt.Tokens) ? ""
            : "drawn before";
    }

    private sealed class SameTokens : IEqualityComparer<ImmutableArray<int>>
    {
        public bool Equals(ImmutableArray<int> x, ImmutableArray<int> y) => x.SequenceEqual(y);

        public int GetHashCode(ImmutableArray<int> obj) => (int)Mixed(obj);

        // Fixed for good, unlike HashCode, whose values differ from process to process. The generator's output mixes the bits.
        public static ulong Mixed(ImmutableArray<int> tokens)
        {
            ulong hash = 0xcbf29ce484222325;
            foreach (int token in tokens)
            {
                hash = (hash ^ (uint)token) * 0x100000001b3;
            }

            return new SeededRandom(hash).NextUInt64();
        }
    }
}
