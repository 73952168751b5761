using CircuitSpecs.Components;
using CircuitSpecs.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Analysis;

/// <summary>
/// What a head would write about a token that it attends to, by the weights alone, along an <see cref="OvPath"/>: by default from the
/// token's embedding through ln1, W_V and W_O (without biases) and the linear part of ln_final to the unembedding.
/// The path leaves out what earlier layers add to the token.
/// </summary>
public static class TokenCopying
{
    /// <summary>Logits over a set of tokens when each of them is attended to.</summary>
    /// <param name="weights">The parameters.</param>
    /// <param name="head">The head.</param>
    /// <param name="tokens">The tokens, for example all names.</param>
    /// <param name="path">The path; null for <see cref="OvPath.FromEmbedding"/>.</param>
    /// <returns>[attended, predicted], both in the order of <paramref name="tokens"/>.</returns>
    /// <exception cref="ArgumentException">The model has no such head or token, or there are fewer than two tokens.</exception>
    public static double[,] OvLogits(this ModelWeights weights, Head head, IReadOnlyList<int> tokens, OvPath? path = null)
    {
        HeadCircuits.Require(weights, head);
        RequireSeveral(tokens);
        using DisposeScope scope = NewDisposeScope();
        var readout = new OvReadout(weights, tokens, path ?? OvPath.FromEmbedding);
        float[] logits = readout.Logits(head, TokenIds.Of(weights, tokens)).contiguous().data<float>().ToArray();
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
    /// <param name="path">The path; null for <see cref="OvPath.FromEmbedding"/>.</param>
    public static double OvLowestShare(this ModelWeights weights, Head head, IReadOnlyList<int> tokens, int count = 5, OvPath? path = null) => Shares(weights, [head], tokens, count, path, -1)[head];

    /// <summary>Share of tokens that the head, attending to them, puts among the highest of the set: it copies what it reads.</summary>
    /// <param name="weights">The parameters.</param>
    /// <param name="head">The head.</param>
    /// <param name="tokens">The tokens.</param>
    /// <param name="count">How many are the highest.</param>
    /// <param name="path">The path; null for <see cref="OvPath.FromEmbedding"/>.</param>
    public static double OvHighestShare(this ModelWeights weights, Head head, IReadOnlyList<int> tokens, int count = 5, OvPath? path = null) => Shares(weights, [head], tokens, count, path, 1)[head];

    /// <summary><see cref="OvLowestShare"/> of every head.</summary>
    /// <param name="weights">The parameters.</param>
    /// <param name="tokens">The tokens.</param>
    /// <param name="count">How many are the lowest.</param>
    /// <param name="path">The path; null for <see cref="OvPath.FromEmbedding"/>.</param>
    public static HeadTable OvLowestShares(this ModelWeights weights, IReadOnlyList<int> tokens, int count = 5, OvPath? path = null) => Shares(weights, AllHeads(weights), tokens, count, path, -1);

    /// <summary><see cref="OvHighestShare"/> of every head.</summary>
    /// <param name="weights">The parameters.</param>
    /// <param name="tokens">The tokens.</param>
    /// <param name="count">How many are the highest.</param>
    /// <param name="path">The path; null for <see cref="OvPath.FromEmbedding"/>.</param>
    public static HeadTable OvHighestShares(this ModelWeights weights, IReadOnlyList<int> tokens, int count = 5, OvPath? path = null) => Shares(weights, AllHeads(weights), tokens, count, path, 1);

    private static IReadOnlyList<Head> AllHeads(ModelWeights weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        return Head.AllIn(weights.Config);
    }

    private static HeadTable Shares(ModelWeights weights, IReadOnlyList<Head> heads, IReadOnlyList<int> tokens, int count, OvPath? path, int sign)
    {
        ArgumentNullException.ThrowIfNull(weights);
        RequireSeveral(tokens);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(count, tokens.Count);
        return OvRanks.Shares(weights, heads, tokens, tokens, tokens, count, path ?? OvPath.FromEmbedding, sign, $"share of tokens among their {(sign > 0 ? "highest" : "lowest")} {count} by OV");
    }

    private static void RequireSeveral(IReadOnlyList<int> tokens)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        if (tokens.Count < 2)
        {
            throw new ArgumentException($"Ranks within a set need at least two tokens; there {(tokens.Count == 1 ? "is one" : "are none")}.", nameof(tokens));
        }
    }
}
