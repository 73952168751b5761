using System.Collections.Immutable;

namespace CircuitSpecs.Claims;

/// <summary>
/// Everything a run learned about one claim on one model; one line of <c>results/*.jsonl</c>. All views (console
/// table, job summary, failure message) are made from this record and from nothing else.
/// </summary>
public sealed record ClaimResult
{
    /// <summary>The claim's stable id, for example <c>2.26/attends-to-the-previous-token</c>; survives a change of its sentence.</summary>
    public required string Claim { get; init; }

    /// <summary>The problem's number in the list, for example <c>2.26</c>.</summary>
    public required string Problem { get; init; }

    /// <summary>The problem's short title, for example <c>Previous-token head</c>.</summary>
    public required string Title { get; init; }

    /// <summary>The claim as a sentence.</summary>
    public required string Sentence { get; init; }

    /// <summary>The model's name.</summary>
    public required string Model { get; init; }

    /// <summary>The label of the named component; null for claims about the whole model.</summary>
    public string? Component { get; init; }

    /// <summary>What the evidence says.</summary>
    public required Verdict Verdict { get; init; }

    /// <summary>What was recorded beforehand.</summary>
    public required Expectation Recorded { get; init; }

    /// <summary>What the test runner shows.</summary>
    public required Outcome Outcome { get; init; }

    /// <summary>The measured value; NaN where nothing could be measured.</summary>
    public double Value { get; init; } = double.NaN;

    /// <summary>Lower end of the interval; equal to <see cref="Value"/> for exact values.</summary>
    public double Low { get; init; } = double.NaN;

    /// <summary>Upper end of the interval.</summary>
    public double High { get; init; } = double.NaN;

    /// <summary>Confidence of the interval; 1 for exact values.</summary>
    public double Confidence { get; init; } = 1;

    /// <summary>Where the claim says that the value lies: <c>≥</c>, <c>≤</c>, <c>≈</c>, <c>largest at</c>.</summary>
    public string Direction { get; init; } = "";

    /// <summary>The number that the value is compared with.</summary>
    public double Threshold { get; init; } = double.NaN;

    /// <summary>What the number measures, for example <c>attention probability</c>, <c>nats</c>, <c>logits</c>.</summary>
    public string Unit { get; init; } = "";

    /// <summary>Number of prompts; 0 for exact values.</summary>
    public int N { get; init; }

    /// <summary>Prompts generated and not used: reason → count.</summary>
    public ImmutableSortedDictionary<string, int> Dropped { get; init; } = ImmutableSortedDictionary<string, int>.Empty;

    /// <summary>Each condition of the claim in words with what was found: <c>exceeds every other head by ≥ 0.1: 0.23 [0.19, 0.27] over 1.4</c>.</summary>
    public ImmutableArray<string> Conditions { get; init; } = [];

    /// <summary>The claim on null models.</summary>
    public ImmutableArray<NullResult> Nulls { get; init; } = [];

    /// <summary>Whether the claim was supported on a null model too; such a claim fails.</summary>
    public bool Vacuous { get; init; }

    /// <summary>The comparison with all other components of the kind; null for claims without a named component.</summary>
    public SpecificityResult? Specificity { get; init; }

    /// <summary>The metric prompt by prompt.</summary>
    public ImmutableArray<SampleRecord> Samples { get; init; } = [];

    /// <summary>Everything that a number depends on: weight processing, BOS, position set, ablation kind and data, aggregation, seeds, dtype, threads.</summary>
    public ImmutableSortedDictionary<string, string> Conventions { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>SHA-256 of the stored weights.</summary>
    public string ModelHash { get; init; } = "";

    /// <summary>Hash of the prompts; empty for exact values.</summary>
    public string PromptsHash { get; init; } = "";

    /// <summary>The tensor engine and its version.</summary>
    public string Engine { get; init; } = "";

    /// <summary>The commit of the working tree, where known.</summary>
    public string Commit { get; init; } = "";

    /// <summary>Wall time in seconds.</summary>
    public double Seconds { get; init; }

    /// <summary>What went wrong, how many prompts would settle it, which command brings the model: whatever the outcome needs said; empty when passed.</summary>
    public string Message { get; init; } = "";

    /// <summary>What the record says about why, in the author's words; empty where nothing is said.</summary>
    public string Because { get; init; } = "";

    /// <summary>The command that reruns just this claim on this model.</summary>
    public string Rerun { get; init; } = "";
}
