using System.Collections.Immutable;
using CircuitSpecs.Components;
using CircuitSpecs.Interventions;
using CircuitSpecs.Prompts;
using CircuitSpecs.Transformer;

namespace CircuitSpecs.Analysis;

/// <summary>
/// All heads of a model sorted by what they attend to on random tokens repeated twice, where each role has one position
/// that no other role has: previous, current and first token, the first copy of the token (duplicate), and what followed
/// it there (induction). Duplicate and induction scores are over the second copy, the others over the whole prompt: a
/// head that rests on the first token until something repeats has a share of that too. Attention is no effect: a head
/// with a role need not do anything with it.
/// </summary>
public sealed class HeadTaxonomy
{
    /// <summary>The share of attention from which on a head is counted to a role, unless said otherwise: a convention, no finding.</summary>
    public const double DefaultShare = 0.4;

    private readonly ImmutableSortedDictionary<Head, HeadProfile> profiles;

    private HeadTaxonomy(IEnumerable<HeadProfile> profiles) => this.profiles = profiles.ToImmutableSortedDictionary(profile => profile.Head, profile => profile);

    /// <summary>All heads, by layer and head.</summary>
    public IEnumerable<HeadProfile> Profiles => profiles.Values;

    /// <summary>One head.</summary>
    /// <param name="head">The head.</param>
    /// <exception cref="KeyNotFoundException">The model has no such head.</exception>
    public HeadProfile this[Head head] => profiles.TryGetValue(head, out HeadProfile? profile)
        ? profile
        : throw new KeyNotFoundException($"The model has no head {head}; its heads are {profiles.Keys.First()} to {profiles.Keys.Last()}.");

    /// <summary>The heads of a role, the strongest first.</summary>
    /// <param name="role">The role.</param>
    /// <param name="least">The share of attention that makes a head one of them.</param>
    public IReadOnlyList<HeadProfile> With(HeadRole role, double least = DefaultShare) => [.. Profiles.Where(profile => profile.Scores[role] >= least).OrderByDescending(profile => profile.Scores[role])];

    /// <summary>Sorts the heads of a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="repeated">Random tokens twice, for example <c>RepeatedRandomTokens</c>.</param>
    /// <param name="interventions">Changes to the runs.</param>
    /// <exception cref="ArgumentException">A prompt does not end with a repetition.</exception>
    public static HeadTaxonomy Of(HookedTransformer model, PromptSet repeated, params Intervention[] interventions)
    {
        ArgumentNullException.ThrowIfNull(model);
        var summary = AttentionSummary.Of(model, repeated, interventions);
        HeadScoreTable duplicate = AttentionScores.DuplicateToken(model, repeated, null, interventions);
        HeadScoreTable induction = AttentionScores.Induction(model, repeated, null, interventions);
        return new HeadTaxonomy(Head.AllIn(model.Config).Select(head => new HeadProfile(head, new Dictionary<HeadRole, double>
        {
            [HeadRole.PreviousToken] = summary.PreviousToken[head].Value,
            [HeadRole.CurrentToken] = summary.CurrentToken[head].Value,
            [HeadRole.FirstToken] = summary.FirstToken[head].Value,
            [HeadRole.DuplicateToken] = duplicate[head].Value,
            [HeadRole.Induction] = induction[head].Value,
        }.ToImmutableSortedDictionary())));
    }
}
