namespace CircuitSpecs.Discovery;

/// <summary>What reads the residual stream at the end of an edge.</summary>
public enum CircuitInputKind
{
    /// <summary>A head's queries.</summary>
    Queries,

    /// <summary>The keys of a head, or of a group of heads that share them.</summary>
    Keys,

    /// <summary>The values of a head, or of a group of heads that share them.</summary>
    Values,

    /// <summary>An MLP.</summary>
    Mlp,

    /// <summary>The logits.</summary>
    Logits,
}
