namespace CircuitSpecs.Interventions;

/// <summary>What the scale of noise counts.</summary>
public enum NoiseUnit
{
    /// <summary>Standard deviations of the activation: of all entries of the component's activation together, over prompts and positions.</summary>
    StandardDeviations,

    /// <summary>The activation's own units.</summary>
    Absolute,
}
