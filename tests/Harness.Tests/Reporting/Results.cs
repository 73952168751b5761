using System.Collections.Immutable;
using CircuitSpecs.Claims;

namespace CircuitSpecs.Tests.Reporting;

/// <summary>Results for tests that care about one thing in them.</summary>
internal static class Results
{
    public static ClaimResult Passed { get; } = new()
    {
        Claim = "2.26/attends-to-the-previous-token",
        Problem = "2.26",
        Title = "Previous-token head",
        Sentence = "attends to the previous token",
        Model = "gpt2",
        Component = "4.11",
        Verdict = Verdict.Supported,
        Recorded = Expectation.Holds,
        Outcome = Outcome.Passed,
        Value = 0.8732,
        Low = 0.8451,
        High = 0.8969,
        Confidence = 0.95,
        Direction = "≥",
        Threshold = 0.8,
        Unit = "attention probability",
        N = 64,
        Nulls = [new NullResult("shuffled-weights", Verdict.Refuted, 0.02, "seed 1")],
        Engine = "embedded 0.1",
        Commit = "abc123",
        Seconds = 0.25,
    };

    public static ClaimResult Failed { get; } = Passed with
    {
        Claim = "2.11/induction",
        Problem = "2.11",
        Title = "Induction heads",
        Sentence = "attends behind the previous occurrence",
        Model = "organism-a",
        Component = "3.0",
        Verdict = Verdict.Refuted,
        Outcome = Outcome.Failed,
        Value = 0.412,
        Low = 0.38,
        High = 0.45,
        N = 4,
        Dropped = ImmutableSortedDictionary<string, int>.Empty.Add("clean = corrupt", 3).Add("answer of several tokens", 7),
        Conditions = ["exceeds every other head by ≥ 0.1: 0.23 [0.19, 0.27] over 1.4"],
        Nulls = [new NullResult("shuffled-weights", Verdict.Refuted, 0.02, "seed 1"), new NullResult("swapped-component", Verdict.Supported, 0.9, "2.2 for 3.0")],
        Vacuous = true,
        Specificity = new SpecificityResult(19, 2, 3, "2.2", 0.91, 0.004),
        Samples =
        [
            new SampleRecord("first", 0.1),
            new SampleRecord("second\nline", -0.5),
            new SampleRecord("third", 0.9),
            new SampleRecord("fourth", 0.7999),
        ],
        Conventions = ImmutableSortedDictionary<string, string>.Empty.Add("bos", "prepended").Add("aggregation", "ratio of means"),
        Message = "The claim was recorded to hold.",
        Rerun = "dotnet test specs --filter \"TestCategory=2.11\"",
    };

    public static ClaimResult Ignored { get; } = Passed with
    {
        Model = "smollm2-135m",
        Component = "8.1",
        Verdict = Verdict.Skipped,
        Outcome = Outcome.Ignored,
        Value = double.NaN,
        Low = double.NaN,
        High = double.NaN,
        N = 0,
        Nulls = [],
        Message = "Not on this machine: circuits pull HuggingFaceTB/SmolLM2-135M",
    };

    public static ClaimResult ExpectedFailure { get; } = Passed with { Component = "5.5", Recorded = Expectation.Fails, Verdict = Verdict.Refuted, Value = 0.2, Low = 0.18, High = 0.22, Nulls = [] };

    public static ClaimResult Exact { get; } = Passed with
    {
        Claim = "2.1/largest-qk-norm",
        Problem = "2.1",
        Title = "Norms",
        Sentence = "‖W_QK‖ is largest at 4.11",
        Value = 135.25,
        Low = 135.25,
        High = 135.25,
        Confidence = 1,
        Direction = "largest at",
        Threshold = double.NaN,
        N = 0,
        Nulls = [],
    };

    public static ClaimResult Broken { get; } = Ignored with { Verdict = Verdict.Invalid, Outcome = Outcome.Error, Message = "Hook blocks.4.attn.hook_pattern never fired.", Model = "gpt2" };

    public static ClaimResult Unsettled { get; } = Passed with { Verdict = Verdict.Inconclusive, Outcome = Outcome.Inconclusive, Value = 0.8, Low = 0.7, High = 0.9, Message = "About 310 prompts would settle it." };
}
