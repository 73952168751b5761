using System.Collections.Immutable;
using CircuitSpecs.Components;
using CircuitSpecs.Prompts;
using CircuitSpecs.Statistics;

namespace CircuitSpecs.Claims;

/// <summary>A verdict with what it rests on, before the controls are added.</summary>
internal sealed record Judgement
{
    /// <summary>The joint verdict of all conditions.</summary>
    public required Verdict Verdict { get; init; }

    /// <summary>The first condition, whose numbers are the claim's numbers.</summary>
    public required ConditionResult Primary { get; init; }

    /// <summary>All conditions, the first included.</summary>
    public required ImmutableArray<ConditionResult> Conditions { get; init; }

    /// <summary>The measurement, for claims over prompts.</summary>
    public PerPrompt? Samples { get; init; }

    /// <summary>The prompts, for claims over prompts.</summary>
    public PromptSet? Prompts { get; init; }

    /// <summary>The unit of the value.</summary>
    public string Unit { get; init; } = "";

    /// <summary>The comparison with the others of the component's kind.</summary>
    public SpecificityResult? Specificity { get; init; }

    /// <summary>The component that the claim found itself.</summary>
    public Component? Found { get; init; }

    /// <summary>What the claim wants compared with a snapshot.</summary>
    public ImmutableArray<SnapshotRequest> Snapshots { get; init; } = [];

    /// <summary>What the numbers depend on.</summary>
    public ImmutableSortedDictionary<string, string> Conventions { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>All supported: supported. One refuted: refuted. Otherwise open.</summary>
    /// <param name="conditions">At least one.</param>
    public static Verdict Join(IEnumerable<ConditionResult> conditions)
    {
        Verdict[] verdicts = [.. conditions.Select(condition => condition.Verdict)];
        return verdicts.Contains(Verdict.Refuted) ? Verdict.Refuted
            : verdicts.All(verdict => verdict == Verdict.Supported) ? Verdict.Supported
            : Verdict.Inconclusive;
    }
}
