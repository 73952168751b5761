namespace CircuitSpecs.Analysis;

/// <summary>What a later head reads an earlier head's output with.</summary>
public enum CompositionKind
{
    /// <summary>Its queries: R = W_Q W_Kᵀ.</summary>
    Query,

    /// <summary>Its keys: R = W_K W_Qᵀ.</summary>
    Key,

    /// <summary>Its values: R = W_V W_O.</summary>
    Value,
}
