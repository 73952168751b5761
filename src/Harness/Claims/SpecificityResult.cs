namespace CircuitSpecs.Claims;

/// <summary>How a named component compares with all others of its kind in the same sweep.</summary>
/// <param name="Peers">How many others were measured.</param>
/// <param name="AlsoPass">How many of them meet the claim's threshold too.</param>
/// <param name="Rank">The named component's place, 1 = the strongest in the claim's direction.</param>
/// <param name="Best">The strongest other component.</param>
/// <param name="BestValue">Its value.</param>
/// <param name="MaxStatisticP">
/// Permutation p of the named component's value against the maximum over all components, labels permuted within each
/// prompt, (1 + hits)/(1 + permutations): honest over the whole family. Null for exact values.
/// </param>
public sealed record SpecificityResult(int Peers, int AlsoPass, int Rank, string Best, double BestValue, double? MaxStatisticP);
