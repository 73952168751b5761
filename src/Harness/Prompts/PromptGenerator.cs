using System.Collections.Immutable;
using CircuitSpecs.Statistics;

namespace CircuitSpecs.Prompts;

/// <summary>
/// Draws the prompts of a family. A family's prompts fall into two halves by a hash of their tokens, one to search with
/// and one to judge on: whatever the seeds, no prompt is ever in both. What was drawn and could not be used is counted by reason.
/// </summary>
internal static class PromptGenerator
{
    private const string DrawnBefore = "drawn before";
    private const string CleanEqualsCorrupt = "clean equals corrupt";
    private const string DifferentLengths = "clean and corrupt differ in length";
    internal const string AnswerEqualsFoil = "answer equals foil";

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
                throw new InvalidOperationException($"Prompt family '{family}' (seed {seed}) has only {prompts.Count} of the {count} prompts asked for: {string.Join(", ", dropped.Select(pair => $"{pair.Value} dropped: {pair.Key}").DefaultIfEmpty("the draws gave no others"))}. {Advice(dropped.Count == 0 ? "" : dropped.MaxBy(pair => pair.Value).Key)}");
            }

            Drawn drawn = draw(random);
            if (drawn.Prompt is { } candidate && SameTokens.Mixed(candidate.Tokens) % 2 != half)
            {
                continue;
            }

            string reason = drawn.Prompt is { } prompt ? Fault(prompt) : drawn.Reason;
            if (reason.Length == 0 && !known.Add(drawn.Prompt!.Tokens))
            {
                reason = DrawnBefore;
            }

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

    /// <summary>What is wrong with a prompt; empty if nothing is.</summary>
    public static string Fault(Prompt prompt)
    {
        if (prompt.Corrupt is { } corrupt && corrupt.SequenceEqual(prompt.Tokens))
        {
            return CleanEqualsCorrupt;
        }

        if (prompt.Corrupt is { } twin && twin.Length != prompt.Tokens.Length)
        {
            return DifferentLengths;
        }

        return prompt.Answer is { } answer && answer == prompt.Foil ? AnswerEqualsFoil : "";
    }

    /// <summary>What to change about a prompt, or about a request for too many of them.</summary>
    public static string Advice(string reason) => reason switch
    {
        DrawnBefore or "" => "Ask for fewer prompts; the family has no more.",
        DifferentLengths => "Take words of as many tokens in the corrupted text as in the clean one.",
        CleanEqualsCorrupt => "Change a word in the corrupted text.",
        AnswerEqualsFoil => "Take another foil.",
        _ when reason.Contains("several tokens", StringComparison.Ordinal) => "Take words that are one token in this vocabulary (Tokenizer.ToStringTokens shows the tokens), or ask for fewer prompts.",
        _ => "Take other words, or ask for fewer prompts.",
    };

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
