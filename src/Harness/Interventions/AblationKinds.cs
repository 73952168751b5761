using System.Collections.Immutable;
using CircuitSpecs.Components;

namespace CircuitSpecs.Interventions;

/// <summary>
/// Kinds of ablation that a claim is judged under together. Which kind one takes can turn a result around (Miller et al.
/// 2024, arXiv 2407.08734), so a claim of necessity is worth what survives more than one.
/// </summary>
public static class AblationKinds
{
    private const int ResampleSeed = 1;

    /// <summary>
    /// Mean ablation (mean over the measured prompts, at each position) and resample ablation (the value on another of
    /// the measured prompts, of equal length).
    /// </summary>
    public static ImmutableArray<KeyValuePair<string, Func<Component, Intervention>>> MeanAndResample { get; } =
    [
        KeyValuePair.Create<string, Func<Component, Intervention>>("mean", component => Ablate.Mean(component)),
        KeyValuePair.Create<string, Func<Component, Intervention>>("resample", component => Ablate.Resample(component, ResampleSeed)),
    ];
}
