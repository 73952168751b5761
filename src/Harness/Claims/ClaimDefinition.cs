using CircuitSpecs.Components;
using CircuitSpecs.Models;

namespace CircuitSpecs.Claims;

/// <summary>A claim as its author wrote it down, before it is applied to a model.</summary>
public sealed record ClaimDefinition
{
    /// <summary>The stable id; survives a change of the sentence.</summary>
    public required string Id { get; init; }

    /// <summary>The problem's number.</summary>
    public required string Problem { get; init; }

    /// <summary>The problem's short title.</summary>
    public required string Title { get; init; }

    /// <summary>The claim as a sentence without its subject: <c>attends to the previous token</c>.</summary>
    public required string Sentence { get; init; }

    /// <summary>The processing of the weights that the claim is about.</summary>
    public WeightProcessing Processing { get; init; } = WeightProcessing.None;

    /// <summary>Whether the claim is about parameters alone and needs no model that runs.</summary>
    public bool WeightsOnly { get; init; }

    /// <summary>Makes the claim for a model and, where it names one, a component. Pure: equal arguments give equal claims.</summary>
    public required Func<ModelUnderTest, Component?, Claim> Build { get; init; }
}
