namespace CircuitSpecs.Models;

/// <summary>How a model knows positions.</summary>
public enum PositionScheme
{
    /// <summary>A learned vector a position, added to the embedding.</summary>
    Learned,

    /// <summary>Queries and keys are rotated by angles that grow with the position (Su et al. 2021, RoFormer).</summary>
    Rotary,

    /// <summary>Scores fall linearly with the distance, by a slope of each head's own (Press et al. 2021, ALiBi).</summary>
    Alibi,

    /// <summary>Not at all.</summary>
    None,
}
