using CircuitSpecs.Claims;
using CircuitSpecs.Components;
using CircuitSpecs.Models;
using CircuitSpecs.Prompts;
using CircuitSpecs.Statistics;
using CircuitSpecs.Tests.Transformer;

namespace CircuitSpecs.Tests.Claims;

/// <summary>Measurements whose every number is known, and what it takes to judge claims about them without a model.</summary>
internal static class Synthetic
{
    public const int Seed = 7;
    public const int Count = 12;

    /// <summary>3 layers of 3 heads.</summary>
    public static ModelConfig Config => SmallTransformer.Config;

    /// <summary>Mean 0.5, all different, a little skewed.</summary>
    public static PerPrompt Samples { get; } = new([0.1, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.7, 0.9, 1.3]);

    public static EvaluationSet Prompts(int count = Count, int seed = 1, Func<int, string?>? template = null, IReadOnlyDictionary<string, int>? dropped = null) =>
        new("synthetic", seed, PromptsOf(count, seed, template), dropped);

    public static DiscoverySet Discovery(int count = Count, int seed = 2) => new("synthetic", seed, PromptsOf(count, seed, null));

    /// <summary>The samples with another mean.</summary>
    public static PerPrompt WithMean(double mean) => new(Samples.Numerators.Select(value => value - 0.5 + mean));

    /// <summary>The same number on every prompt.</summary>
    public static PerPrompt Constant(double value, int count = Count) => new(Enumerable.Repeat(value, count));

    public static JudgementContext Context(
        JudgementOptions? options = null, Component? component = null, Func<Component, Claim>? claimFor = null, ModelConfig? config = null, CancellationToken cancellation = default) =>
        new(options ?? new JudgementOptions(), Seed, config ?? Config, component, claimFor, cancellation);

    /// <summary>A context in which every other component's measurement is known.</summary>
    public static JudgementContext Against(Component component, Func<Component, PerPrompt> others, JudgementOptions? options = null, ModelConfig? config = null) =>
        Context(options, component, other => Claim.That(Prompts(others(other).Count), _ => others(other)).IsAtLeast(0), config);

    /// <summary>The interval that a judgement in <see cref="Context"/> has to come to.</summary>
    public static Interval IntervalOf(PerPrompt samples, double confidence = 0.95) =>
        Bootstrap.BiasCorrectedAccelerated(samples, confidence: confidence, seed: Seed, resamples: new JudgementOptions().Resamples);

    /// <summary>A claim whose measurement is known.</summary>
    public static MeasuredClaim Claimed(PerPrompt samples) => Claim.That(Prompts(samples.Count), _ => samples);

    private static IEnumerable<Prompt> PromptsOf(int count, int seed, Func<int, string?>? template) =>
        Enumerable.Range(0, count).Select(index => new Prompt { Tokens = [seed, index, 3], Text = $"prompt {index}", Template = template?.Invoke(index) });
}
