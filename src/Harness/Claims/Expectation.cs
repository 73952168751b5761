namespace CircuitSpecs.Claims;

/// <summary>What is recorded about a claim on a model.</summary>
public enum Expectation
{
    /// <summary>The claim is known to be supported: <c>[HoldsOn]</c>.</summary>
    Holds,

    /// <summary>The claim is known to be refuted: <c>[FailsOn]</c>.</summary>
    Fails,
}
