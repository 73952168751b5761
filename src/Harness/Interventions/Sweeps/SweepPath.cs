namespace CircuitSpecs.Interventions.Sweeps;

/// <summary>How a change may spread to the logits.</summary>
internal enum SweepPath
{
    /// <summary>Through everything after it, as in a plain run.</summary>
    Everything,

    /// <summary>Through later MLPs, with all attention held.</summary>
    ThroughMlps,

    /// <summary>Only along the residual stream.</summary>
    Direct,
}
