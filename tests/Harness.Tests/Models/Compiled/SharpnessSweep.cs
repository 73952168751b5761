using System.Collections.Immutable;
using CircuitSpecs.Analysis;
using CircuitSpecs.Components;
using CircuitSpecs.Discovery;
using CircuitSpecs.Models;
using CircuitSpecs.Models.Compiled;
using CircuitSpecs.Prompts;
using CircuitSpecs.Transformer;

namespace CircuitSpecs.Tests.Models.Compiled;

/// <summary>The induction model with heads that are more and less sharp: the circuit stays, the gradients go.</summary>
internal static class SharpnessSweep
{
    public static readonly ImmutableArray<float> Scores = [6, 10, 20, 40, 80];
    public static readonly ImmutableArray<int> Steps = [5, 15];

    private static readonly Lazy<ImmutableArray<Row>> Measured = new(() => [.. Scores.Select(Measure)]);

    /// <summary>What one sharpness gives.</summary>
    /// <param name="Score">The score of a key that matches.</param>
    /// <param name="Attention">What the induction head gives to the token after the earlier occurrence.</param>
    /// <param name="Difference">The mean logit difference.</param>
    /// <param name="Exact">What exact edge patching finds.</param>
    /// <param name="Attribution">What EAP finds.</param>
    /// <param name="Integrated">What EAP-IG finds, by <see cref="Steps"/>.</param>
    internal sealed record Row(float Score, double Attention, double Difference, EdgeRecovery Exact, EdgeRecovery Attribution, ImmutableArray<EdgeRecovery> Integrated);

    public static ImmutableArray<Row> Rows => Measured.Value;

    private static Row Measure(float score)
    {
        CompiledModel compiled = InductionModel.Create(score);
        using ModelWeights weights = compiled.CreateWeights();
        using var model = new HookedTransformer(weights, compiled.Tokenizer);
        DiscoverySet prompts = compiled.Discovery(GroundTruthRun.Prompts);
        double difference = model.LogitDifference(prompts).Value;
        return new Row(
            score,
            model.AttentionTo(new Head(1, 0), prompts, from: "END", to: "NEXT").Value,
            difference,
            Of("exact", model.ExactEdgeEffects(prompts)),
            Of("EAP", model.EdgeAttribution(prompts)),
            [.. Steps.Select(steps => Of("EAP-IG", model.EdgeAttributionWithIntegratedGradients(prompts, steps)))]);

        EdgeRecovery Of(string method, EdgeScores scores) => EdgeRecovery.Of(method, compiled.Circuit, scores, GroundTruthRun.Threshold * difference, GroundTruthRun.Floor * difference);
    }
}
