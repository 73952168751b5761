using CircuitSpecs.Claims;

namespace CircuitSpecs;

/// <summary>A claim and the record of it that one test case checks.</summary>
/// <param name="Definition">The claim.</param>
/// <param name="Record">The model, the component and what is recorded.</param>
internal sealed record ClaimCase(ClaimDefinition Definition, ClaimRecord Record);
