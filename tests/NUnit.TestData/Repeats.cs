using System.Collections.Immutable;
using CircuitSpecs.Prompts;

namespace CircuitSpecs.TestData;

/// <summary>Twelve prompts of eight words and the same eight again, made without any of the library's families.</summary>
internal static class Repeats
{
    public static EvaluationSet Of(int count = 12) => new("test data", 1, Enumerable.Range(0, count).Select(Make));

    private static Prompt Make(int index)
    {
        // Ids of the organisms' word pool; a step that shares no factor with the range visits each word once.
        int[] words = [.. Enumerable.Range(0, 8).Select(word => 60 + (((index * 31) + (word * 17)) % 150))];
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
