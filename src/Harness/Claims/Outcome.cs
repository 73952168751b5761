namespace CircuitSpecs.Claims;

/// <summary>What a test runner shows for a claim on a model.</summary>
public enum Outcome
{
    /// <summary>The verdict is the recorded one, and the claim is not vacuous.</summary>
    Passed,

    /// <summary>The verdict differs from the recorded one, or the claim also holds on a null model (vacuous).</summary>
    Failed,

    /// <summary>The evidence does not decide; failed under <c>CIRCUITSPECS_STRICT=1</c>.</summary>
    Inconclusive,

    /// <summary>The experiment could not be carried out.</summary>
    Error,

    /// <summary>The model is not on this machine.</summary>
    Ignored,
}
