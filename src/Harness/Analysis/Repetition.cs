using CircuitSpecs.Prompts;

namespace CircuitSpecs.Analysis;

/// <summary>The repeated end of a prompt: a sequence of L tokens twice.</summary>
internal static class Repetition
{
    /// <summary>The length L of the longest sequence that stands twice at the end of a prompt.</summary>
    /// <param name="prompt">The prompt.</param>
    /// <param name="claimed">L as the caller knows it, to be checked; null searches.</param>
    /// <exception cref="ArgumentException">The prompt does not end with a repetition (of that length).</exception>
    public static int LengthIn(Prompt prompt, int? claimed)
    {
        ReadOnlySpan<int> tokens = prompt.Tokens.AsSpan();
        for (int length = claimed ?? tokens.Length / 2; length >= (claimed ?? 2); length--)
        {
            if (2 * length <= tokens.Length && tokens[^length..].SequenceEqual(tokens[^(2 * length)..^length]))
            {
                return length;
            }
        }

        throw new ArgumentException($"'{prompt.Text}' ({tokens.Length} tokens) does not end with {(claimed is int wanted ? $"a sequence of {wanted} tokens" : "a sequence")} twice; a score over the second copy needs that.");
    }
}
