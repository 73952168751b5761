using System.Collections.Immutable;
using CircuitSpecs.Prompts;
using CircuitSpecs.Transformer;

namespace CircuitSpecs.TestData;

/// <summary>Twelve prompts of eight words and the same eight again, made without any of the library's families.</summary>
internal static class Repeats
{
    public static EvaluationSet Of(HookedTransformer model, int count = 12)
    {
        ImmutableArray<int> pool = OrganismPools.Trained(model.Tokenizer);
        return new("test data", 1, Enumerable.Range(0, count).Select(index => Make(index, pool)));
    }

    private static Prompt Make(int index, ImmutableArray<int> pool)
    {
        // A step that shares no factor with the number of words visits each of them once.
        int[] words = [.. Enumerable.Range(0, 8).Select(word => pool[((index * 31) + (word * 17)) % pool.Length])];
        ImmutableArray<int> tokens = [0, .. words, .. words];
        return new Prompt
        {
            Tokens = tokens,
            Text = $"repeat {index}",
            Answer = words[0],
            Foil = words[1],
            AnswerPosition = 8,
            ScoredPositions = [.. Enumerable.Range(9, 7)],
            Positions = ImmutableSortedDictionary<string, int>.Empty.Add("END", 16),
        };
    }
}
