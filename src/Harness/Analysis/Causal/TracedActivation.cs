namespace CircuitSpecs.Analysis;

/// <summary>What causal tracing restores.</summary>
public enum TracedActivation
{
    /// <summary>The residual stream after a block (<c>hook_resid_post</c>).</summary>
    Residual,

    /// <summary>What MLPs write (<c>hook_mlp_out</c>).</summary>
    Mlp,

    /// <summary>What attention layers write (<c>hook_attn_out</c>).</summary>
    Attention,
}
