namespace CircuitSpecs.Interventions.Sweeps;

/// <summary>What the MLPs after the sender do in path patching; the heads are always held at their unpatched output.</summary>
public enum MlpTreatment
{
    /// <summary>They read what the sender wrote and are computed anew: the path may run through them (Wang et al. 2022, arXiv 2211.00593, appendix B).</summary>
    Recomputed,

    /// <summary>They too are held at their unpatched output: the direct path alone.</summary>
    Frozen,
}
