using CircuitSpecs.Claims;
using CircuitSpecs.Components;
using CircuitSpecs.Models;
using CircuitSpecs.Prompts;
using CircuitSpecs.Statistics;
using CircuitSpecs.Tests.Transformer;

namespace CircuitSpecs.Tests.Claims;

/// <summary>Claims whose measurements are numbers written down in the test.</summary>
internal static class Synthetic
{
    public static JudgementOptions Options { get; } = new() { Strict = false };

    public static EvaluationSet Prompts(int count, int seed = 1) => new("synthetic", seed, Enumerable.Range(0, count).Select(index => PromptOf(index, seed)));

    public static DiscoverySet Discovery(int count, int seed = 2) => new("synthetic", seed, Enumerable.Range(0, count).Select(index => PromptOf(index, seed)));

    public static MeasuredClaim Claim(params double[] values) => CircuitSpecs.Claims.Claim.That(Prompts(values.Length), _ => new PerPrompt(values));

    /// <summary>Values of mean 1 with a spread that makes intervals wide enough to test their ends.</summary>
    public static double[] Spread(int count, double mean = 1, int seed = 7)
    {
        SeededRandom random = SeededRandom.For(seed, "spread");
        return [.. Enumerable.Range(0, count).Select(_ => mean + (random.NextDouble() - 0.5))];
    }

    public static Interval IntervalOf(double[] values, double confidence) => Bootstrap.BiasCorrectedAccelerated(
        new PerPrompt(values), [.. values.Select(_ => (string?)null)], confidence, seed: 3, Options.Resamples);

    public static JudgementContext Context(Component? component = null, Func<Component, Claim>? claimFor = null, CancellationToken cancellation = default) =>
        new(Options, 3, SmallTransformer.Config, component, claimFor, cancellation);

    private static Prompt PromptOf(int index, int seed) => new() { Tokens = [0, 1 + (index % 16), 1 + ((index / 16) % 16), 1 + (seed % 16)], Text = $"prompt {index}" };
}
