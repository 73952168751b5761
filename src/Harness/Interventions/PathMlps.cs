namespace CircuitSpecs.Interventions;

/// <summary>What the MLPs between sender and receiver do in the first run of path patching; all heads are frozen either way.</summary>
public enum PathMlps
{
    /// <summary>MLPs are recomputed, so that the paths include those through MLPs (Wang et al. 2023, appendix B).</summary>
    Recomputed,

    /// <summary>MLPs keep what they write in the base run, so that only the direct path is left, sender → residual stream → receiver (one path of Goldowsky-Dill et al. 2023).</summary>
    Frozen,
}
