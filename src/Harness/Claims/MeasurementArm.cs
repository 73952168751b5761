using CircuitSpecs.Prompts;
using CircuitSpecs.Statistics;

namespace CircuitSpecs.Claims;

/// <summary>One way of measuring the same thing: the metric under one kind of ablation.</summary>
/// <param name="Name">The kind of ablation; empty where there is only one way.</param>
/// <param name="Metric">One number per prompt.</param>
internal sealed record MeasurementArm(string Name, Func<EvaluationSet, PerPrompt> Metric);
