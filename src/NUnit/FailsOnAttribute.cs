using CircuitSpecs.Claims;

namespace CircuitSpecs;

/// <summary>The claim is known to be refuted on this model; the test fails when it is suddenly supported. Say why with <see cref="RecordAttribute.Because"/>.</summary>
public sealed class FailsOnAttribute : RecordAttribute
{
    /// <summary>Records the claim for a model.</summary>
    /// <param name="model">The model's name.</param>
    public FailsOnAttribute(string model)
        : base(model, Expectation.Fails)
    {
    }
}
