namespace CircuitSpecs.Discovery;

/// <summary>What a node of the edge graph is.</summary>
public enum CircuitNodeKind
{
    /// <summary>The token embedding, without positions.</summary>
    Input,

    /// <summary>An attention head.</summary>
    Head,

    /// <summary>An MLP.</summary>
    Mlp,

    /// <summary>The final residual stream, which the logits are read from.</summary>
    Logits,
}
