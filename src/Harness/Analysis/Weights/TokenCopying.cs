using CircuitSpecs.Transformer;
using CircuitSpecs.Components;
using CircuitSpecs.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Analysis;

/// <summary>
/// What a head would write about a token that it attends to, by the weights alone: the token's embedding, normalised by
/// the head's ln1, through W_V and W_O (without biases), centred and with ln_final's weight, to the unembedding. Only the
/// order of the logits within a set of tokens is used, so that the final scale, which is not known, does not matter.
/// The path leaves out what earlier layers add to the embedding.
/// </summary>
public static class TokenCopying
{
    /// <summary>Logits over a set of tokens when each of them is attended to.</summary>
    /// <param name="weights">The parameters.</param>
    /// <param name="head">The head.</param>
    /// <param name="tokens">The tokens, for example all names.</param>
    /// <returns>[attended, predicted], both in the order of <paramref name="tokens"/>.</returns>
    /// <exception cref="ArgumentException">The model has no such head, or there are fewer than two tokens.</exception>
    public static double[,] OvLogits(this ModelWeights weights, Head head, IReadOnlyList<int> tokens)
    {
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentNullException.ThrowIfNull(head);
        ArgumentNullException.ThrowIfNull(tokens);
        if (!head.ExistsIn(weights.Config) || tokens.Count < 2)
        {
            throw new ArgumentException($"Head {head} of '{weights.Name}' over {tokens.Count} tokens: the model has {weights.Config.Layers} layers of {weights.Config.Heads} heads, and ranks need at least two tokens.");
        }

        using DisposeScope scope = NewDisposeScope();
        Tensor ids = tensor(tokens.Select(token => (long)token).ToArray());
        Tensor read = Normalization.Of(weights, $"blocks.{head.Layer}.ln1", weights["embed.W_E"].index_select(0, ids));
        Tensor written = read.matmul(weights[$"blocks.{head.Layer}.attn.W_V"].select(0, weights.Config.KeyValueHeadOf(head.Index))).matmul(weights[$"blocks.{head.Layer}.attn.W_O"].select(0, head.Index));
        written = written - written.mean([-1], keepdim: true);
        written = weights.TryGet("ln_final.w", out Tensor? finalGain) ? written * finalGain : written;
        float[] logits = written.matmul(weights["unembed.W_U"].index_select(1, ids)).contiguous().data<float>().ToArray();
        double[,] table = new double[tokens.Count, tokens.Count];
        for (int i = 0; i < logits.Length; i++)
        {
            table[i / tokens.Count, i % tokens.Count] = logits[i];
        }

        return table;
    }

    /// <summary>Share of tokens that the head, attending to them, puts among the lowest of the set: it writes against what it reads.</summary>
    /// <param name="weights">The parameters.</param>
    /// <param name="head">The head.</param>
    /// <param name="tokens">The tokens.</param>
    /// <param name="count">How many are the lowest.</param>
    public static double OvLowestShare(this ModelWeights weights, Head head, IReadOnlyList<int> tokens, int count = 5) => Share(weights.OvLogits(head, tokens), count, -1);

    /// <summary>Share of tokens that the head, attending to them, puts among the highest of the set: it copies what it reads.</summary>
    /// <param name="weights">The parameters.</param>
    /// <param name="head">The head.</param>
    /// <param name="tokens">The tokens.</param>
    /// <param name="count">How many are the highest.</param>
    public static double OvHighestShare(this ModelWeights weights, Head head, IReadOnlyList<int> tokens, int count = 5) => Share(weights.OvLogits(head, tokens), count, 1);

    /// <summary><see cref="OvLowestShare"/> of every head.</summary>
    /// <param name="weights">The parameters.</param>
    /// <param name="tokens">The tokens.</param>
    /// <param name="count">How many are the lowest.</param>
    public static HeadTable OvLowestShares(this ModelWeights weights, IReadOnlyList<int> tokens, int count = 5)
    {
        ArgumentNullException.ThrowIfNull(weights);
        return new HeadTable($"share of tokens among their lowest {count} by OV", Head.AllIn(weights.Config).Select(head => KeyValuePair.Create(head, weights.OvLowestShare(head, tokens, count))));
    }

    /// <summary><see cref="OvHighestShare"/> of every head.</summary>
    /// <param name="weights">The parameters.</param>
    /// <param name="tokens">The tokens.</param>
    /// <param name="count">How many are the highest.</param>
    public static HeadTable OvHighestShares(this ModelWeights weights, IReadOnlyList<int> tokens, int count = 5)
    {
        ArgumentNullException.ThrowIfNull(weights);
        return new HeadTable($"share of tokens among their highest {count} by OV", Head.AllIn(weights.Config).Select(head => KeyValuePair.Create(head, weights.OvHighestShare(head, tokens, count))));
    }

    private static double Share(double[,] logits, int count, int sign)
    {
        int tokens = logits.GetLength(0);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(count, tokens);
        return Enumerable.Range(0, tokens).Count(token => Enumerable.Range(0, tokens).Count(other => sign * logits[token, other] > sign * logits[token, token]) < count) / (double)tokens;
    }
}
