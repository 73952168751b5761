using CircuitSpecs.Components;
using CircuitSpecs.Models;

namespace CircuitSpecs.Analysis;

/// <summary>
/// Copy and successor scores of OV circuits. Copy score (Wang et al. 2022, "Interpretability in the Wild", §3.1): the token's vector
/// after the first MLP goes through W_V W_O of the head, ln_final and the unembedding; the score is the share of tokens that are among
/// their own top 5. Successor score (Gould et al. 2023, "Successor Heads"): the same for the next member of an ordered family.
/// </summary>
public static class CopyScores
{
    /// <summary>Share of tokens that are among the top logits when the head attends to them.</summary>
    /// <param name="weights">The parameters.</param>
    /// <param name="head">The head.</param>
    /// <param name="tokens">The tokens, for example names.</param>
    /// <param name="count">How many logits are the top.</param>
    /// <param name="among">The tokens that are ranked; null for the whole vocabulary.</param>
    /// <param name="path">The path; null for <see cref="OvPath.CopyScore"/>.</param>
    /// <exception cref="ArgumentException">The model has no such head or token.</exception>
    public static double CopyScore(this ModelWeights weights, Head head, IReadOnlyList<int> tokens, int count = 5, IReadOnlyList<int>? among = null, OvPath? path = null) =>
        Copy(weights, [head], tokens, count, among, path, 1)[head];

    /// <summary><see cref="CopyScore"/> of every head.</summary>
    /// <param name="weights">The parameters.</param>
    /// <param name="tokens">The tokens, for example names.</param>
    /// <param name="count">How many logits are the top.</param>
    /// <param name="among">The tokens that are ranked; null for the whole vocabulary.</param>
    /// <param name="path">The path; null for <see cref="OvPath.CopyScore"/>.</param>
    /// <param name="heads">Which heads; null for all.</param>
    public static HeadTable CopyScoresOf(this ModelWeights weights, IReadOnlyList<int> tokens, int count = 5, IReadOnlyList<int>? among = null, OvPath? path = null, IReadOnlyList<Head>? heads = null) =>
        Copy(weights, heads ?? All(weights), tokens, count, among, path, 1);

    /// <summary>The copy score of −W_V W_O, the sign set before ln_final: of a head that writes against what it reads (Wang et al. 2022, §3.3).</summary>
    /// <param name="weights">The parameters.</param>
    /// <param name="head">The head.</param>
    /// <param name="tokens">The tokens, for example names.</param>
    /// <param name="count">How many logits are the top.</param>
    /// <param name="among">The tokens that are ranked; null for the whole vocabulary.</param>
    /// <param name="path">The path; null for <see cref="OvPath.CopyScore"/>.</param>
    /// <exception cref="ArgumentException">The model has no such head or token.</exception>
    public static double NegativeCopyScore(this ModelWeights weights, Head head, IReadOnlyList<int> tokens, int count = 5, IReadOnlyList<int>? among = null, OvPath? path = null) =>
        Copy(weights, [head], tokens, count, among, path, -1)[head];

    /// <summary><see cref="NegativeCopyScore"/> of every head.</summary>
    /// <param name="weights">The parameters.</param>
    /// <param name="tokens">The tokens, for example names.</param>
    /// <param name="count">How many logits are the top.</param>
    /// <param name="among">The tokens that are ranked; null for the whole vocabulary.</param>
    /// <param name="path">The path; null for <see cref="OvPath.CopyScore"/>.</param>
    /// <param name="heads">Which heads; null for all.</param>
    public static HeadTable NegativeCopyScoresOf(this ModelWeights weights, IReadOnlyList<int> tokens, int count = 5, IReadOnlyList<int>? among = null, OvPath? path = null, IReadOnlyList<Head>? heads = null) =>
        Copy(weights, heads ?? All(weights), tokens, count, among, path, -1);

    /// <summary>Share of members of an ordered family whose successor is among the top logits when the head attends to them.</summary>
    /// <param name="weights">The parameters.</param>
    /// <param name="head">The head.</param>
    /// <param name="family">The members in their order, for example the months; each but the last has the next as its successor.</param>
    /// <param name="count">How many logits are the top; 1 with the family as candidates is the score of Gould et al.</param>
    /// <param name="among">The tokens that are ranked; null for the whole vocabulary.</param>
    /// <param name="path">The path; null for <see cref="OvPath.CopyScore"/>, from the effective embedding.</param>
    /// <exception cref="ArgumentException">The model has no such head or token, or the family has fewer than two members.</exception>
    public static double SuccessorScore(this ModelWeights weights, Head head, IReadOnlyList<int> family, int count = 5, IReadOnlyList<int>? among = null, OvPath? path = null) =>
        Successor(weights, [head], family, count, among, path)[head];

    /// <summary><see cref="SuccessorScore"/> of every head.</summary>
    /// <param name="weights">The parameters.</param>
    /// <param name="family">The members in their order.</param>
    /// <param name="count">How many logits are the top.</param>
    /// <param name="among">The tokens that are ranked; null for the whole vocabulary.</param>
    /// <param name="path">The path; null for <see cref="OvPath.CopyScore"/>, from the effective embedding.</param>
    /// <param name="heads">Which heads; null for all.</param>
    public static HeadTable SuccessorScoresOf(this ModelWeights weights, IReadOnlyList<int> family, int count = 5, IReadOnlyList<int>? among = null, OvPath? path = null, IReadOnlyList<Head>? heads = null) =>
        Successor(weights, heads ?? All(weights), family, count, among, path);

    private static HeadTable Copy(ModelWeights weights, IReadOnlyList<Head> heads, IReadOnlyList<int> tokens, int count, IReadOnlyList<int>? among, OvPath? path, int sign) =>
        OvRanks.Shares(weights, heads, tokens, tokens, among, count, path ?? OvPath.CopyScore, sign, $"{(sign < 0 ? "negative " : string.Empty)}copy score (top {count})");

    private static HeadTable Successor(ModelWeights weights, IReadOnlyList<Head> heads, IReadOnlyList<int> family, int count, IReadOnlyList<int>? among, OvPath? path)
    {
        ArgumentNullException.ThrowIfNull(family);
        if (family.Count < 2)
        {
            throw new ArgumentException($"A family of {family.Count} has no successors: list its members in their order.", nameof(family));
        }

        return OvRanks.Shares(weights, heads, [.. family.SkipLast(1)], [.. family.Skip(1)], among, count, path ?? OvPath.CopyScore, 1, $"successor score (top {count})");
    }

    private static IReadOnlyList<Head> All(ModelWeights weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        return Head.AllIn(weights.Config);
    }
}
