namespace CircuitSpecs.Claims;

/// <summary>What the evidence says about a claim.</summary>
public enum Verdict
{
    /// <summary>The whole interval lies where the claim says, and so do all its further conditions.</summary>
    Supported,

    /// <summary>The whole interval lies outside of where the claim says, or one of its conditions is refuted.</summary>
    Refuted,

    /// <summary>The interval straddles the threshold: more prompts are needed.</summary>
    Inconclusive,

    /// <summary>The experiment did not happen: a hook did not fire, the intervention changed nothing, NaN, too few prompts.</summary>
    Invalid,

    /// <summary>The model is not on this machine.</summary>
    Skipped,
}
