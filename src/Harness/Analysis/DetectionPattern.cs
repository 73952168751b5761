using CircuitSpecs.Prompts;

namespace CircuitSpecs.Analysis;

/// <summary>Where a head of some kind would attend on a prompt: a matrix of zeros and ones, [query, key] (<c>transformer_lens.head_detector</c>).</summary>
/// <param name="name">What it detects.</param>
/// <param name="make">Makes the matrix for a prompt.</param>
public sealed class DetectionPattern(string name, Func<Prompt, double[,]> make)
{
    /// <summary>D[q, q − 1] = 1.</summary>
    public static DetectionPattern PreviousToken { get; } = new("previous_token_head", prompt => Where(prompt, (_, query, key) => key == query - 1));

    /// <summary>D[q, k] = 1 where the token at k stands again at q, k before q.</summary>
    public static DetectionPattern DuplicateToken { get; } = new("duplicate_token_head", prompt => Where(prompt, (tokens, query, key) => key < query && tokens[key] == tokens[query]));

    /// <summary>D[q, k] = 1 where the token before k stands again at q: what followed it the last times. k is at most q.</summary>
    public static DetectionPattern Induction { get; } = new("induction_head", prompt => Where(prompt, (tokens, query, key) => key > 0 && key <= query && tokens[key - 1] == tokens[query]));

    /// <summary>What it detects.</summary>
    public string Name { get; } = name;

    /// <summary>The matrix for a prompt.</summary>
    /// <param name="prompt">The prompt.</param>
    /// <returns>[query, key], zero above the diagonal.</returns>
    /// <exception cref="InvalidOperationException">The matrix is not of the prompt's length, or asks for attention to later tokens.</exception>
    public double[,] Of(Prompt prompt)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        double[,] pattern = make(prompt);
        int length = prompt.Tokens.Length;
        if (pattern.GetLength(0) != length || pattern.GetLength(1) != length)
        {
            throw new InvalidOperationException($"Detection pattern '{Name}' is {pattern.GetLength(0)} × {pattern.GetLength(1)} for a prompt of {length} tokens; it has to be [query, key] over them.");
        }

        for (int query = 0; query < length; query++)
        {
            for (int key = query + 1; key < length; key++)
            {
                if (pattern[query, key] != 0)
                {
                    throw new InvalidOperationException($"Detection pattern '{Name}' asks for attention from token {query} to the later token {key}, which a causal mask rules out.");
                }
            }
        }

        return pattern;
    }

    private static double[,] Where(Prompt prompt, Func<IReadOnlyList<int>, int, int, bool> condition)
    {
        int length = prompt.Tokens.Length;
        double[,] pattern = new double[length, length];
        for (int query = 0; query < length; query++)
        {
            for (int key = 0; key < length; key++)
            {
                pattern[query, key] = condition(prompt.Tokens, query, key) ? 1 : 0;
            }
        }

        return pattern;
    }
}
