using CircuitSpecs.Models;
using static TorchSharp.torch;

namespace CircuitSpecs.Analysis;

/// <summary>Lists of tokens that index the embedding.</summary>
internal static class TokenIds
{
    /// <summary>The tokens as int64 [token].</summary>
    /// <exception cref="ArgumentException">There is none, or one is not in the vocabulary.</exception>
    public static Tensor Of(ModelWeights weights, IReadOnlyList<int> tokens)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        int vocabulary = weights.Config.Vocabulary;
        if (tokens.Count == 0)
        {
            throw new ArgumentException("The list of tokens is empty.", nameof(tokens));
        }

        int wrong = tokens.FirstOrDefault(token => token < 0 || token >= vocabulary, -1);
        return tokens.All(token => token >= 0 && token < vocabulary)
            ? tensor(tokens.Select(token => (long)token).ToArray())
            : throw new ArgumentException($"Token {wrong} is not in the vocabulary of '{weights.Name}', which has ids 0 to {vocabulary - 1}.", nameof(tokens));
    }
}
