using CircuitSpecs.Components;
using CircuitSpecs.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Analysis;

/// <summary>Where a head's OV circuit puts one token when it attends to another.</summary>
public static class OvRanks
{
    /// <summary>For each attended token, how many candidates get a larger logit than the target does: 0 is the highest.</summary>
    /// <param name="weights">The parameters.</param>
    /// <param name="head">The head.</param>
    /// <param name="attended">The tokens attended to.</param>
    /// <param name="targets">A target for each of them: the token itself (copying), its successor.</param>
    /// <param name="among">The candidates, the targets among them; null for the whole vocabulary.</param>
    /// <param name="path">The path; null for <see cref="OvPath.CopyScore"/>.</param>
    /// <param name="negative">Whether to count from the lowest: the ranks for −W_V W_O, the sign set before ln_final.</param>
    /// <exception cref="ArgumentException">The model has no such head or token, the lists differ in length, or a target is not among the candidates.</exception>
    public static int[] Of(ModelWeights weights, Head head, IReadOnlyList<int> attended, IReadOnlyList<int> targets, IReadOnlyList<int>? among = null, OvPath? path = null, bool negative = false)
    {
        HeadCircuits.Require(weights, head);
        using DisposeScope scope = NewDisposeScope();
        var readout = new OvReadout(weights, attended, path ?? OvPath.CopyScore);
        return readout.Ranks(head, Targets(weights, attended, targets, among), among is null ? null : TokenIds.Of(weights, among), negative ? -1 : 1);
    }

    /// <summary>For some heads the share of attended tokens whose target ranks below <paramref name="count"/>.</summary>
    internal static HeadTable Shares(ModelWeights weights, IReadOnlyList<Head> heads, IReadOnlyList<int> attended, IReadOnlyList<int> targets, IReadOnlyList<int>? among, int count, OvPath path, int sign, string name)
    {
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        foreach (Head head in heads)
        {
            HeadCircuits.Require(weights, head);
        }

        using DisposeScope scope = NewDisposeScope();
        var readout = new OvReadout(weights, attended, path);
        Tensor goals = Targets(weights, attended, targets, among);
        Tensor? candidates = among is null ? null : TokenIds.Of(weights, among);
        return new HeadTable(name, heads.Select(head => KeyValuePair.Create(head, readout.Ranks(head, goals, candidates, sign).Average(rank => rank < count ? 1.0 : 0.0))));
    }

    private static Tensor Targets(ModelWeights weights, IReadOnlyList<int> attended, IReadOnlyList<int> targets, IReadOnlyList<int>? among)
    {
        ArgumentNullException.ThrowIfNull(attended);
        ArgumentNullException.ThrowIfNull(targets);
        if (attended.Count != targets.Count)
        {
            throw new ArgumentException($"{attended.Count} tokens are attended to and {targets.Count} targets given: each needs its own.", nameof(targets));
        }

        if (among is not null && targets.Except(among).Any())
        {
            throw new ArgumentException($"Token {targets.Except(among).First()} is a target and not among the {among.Count} candidates.", nameof(among));
        }

        return TokenIds.Of(weights, targets);
    }
}
