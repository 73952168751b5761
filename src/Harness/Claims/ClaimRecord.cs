using System.Collections.Immutable;
using CircuitSpecs.Components;

namespace CircuitSpecs.Claims;

/// <summary>What is recorded about a claim on one model: one test case.</summary>
public sealed record ClaimRecord
{
    /// <summary>The model's name in the store.</summary>
    public required string Model { get; init; }

    /// <summary>Whether the claim is known to hold or to fail there.</summary>
    public required Expectation Expectation { get; init; }

    /// <summary>The component that the claim names there; null for claims about the whole model.</summary>
    public Component? Component { get; init; }

    /// <summary>Components of which the same is recorded to hold on the same model; they are no fair stand-ins for a random one.</summary>
    public ImmutableArray<Component> AlsoHoldsFor { get; init; } = [];

    /// <summary>Why, in a sentence that a reader learns from.</summary>
    public string Because { get; init; } = "";

    /// <summary>The command that runs just this case again.</summary>
    public string Rerun { get; init; } = "";
}
