using CircuitSpecs.Claims;

namespace CircuitSpecs;

/// <summary>The claim is known to be supported on this model; the test fails when it is not.</summary>
public sealed class HoldsOnAttribute : RecordAttribute
{
    /// <summary>Records the claim for a model.</summary>
    /// <param name="model">The model's name.</param>
    public HoldsOnAttribute(string model)
        : base(model, Expectation.Holds)
    {
    }
}
