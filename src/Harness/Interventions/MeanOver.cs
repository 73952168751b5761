namespace CircuitSpecs.Interventions;

/// <summary>What a mean ablation averages over.</summary>
public enum MeanOver
{
    /// <summary>Over prompts, position by position.</summary>
    EachPosition,

    /// <summary>Over prompts and positions, BOS included, which is replaced too.</summary>
    AllPositions,
}
