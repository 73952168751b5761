namespace CircuitSpecs.Statistics;

/// <summary>How far the scores of two circuits are apart over the same prompts; results under different readings are not comparable.</summary>
public enum ScoreDistance
{
    /// <summary>mean |s − s′|, prompt by prompt (Shi et al. 2024, §4).</summary>
    MeanAbsolute,

    /// <summary>mean (s − s′)², prompt by prompt: the default of the authors' program.</summary>
    MeanSquared,

    /// <summary>|mean s − mean s′|, in which errors of opposite sign cancel (Wang et al. 2023).</summary>
    BetweenMeans,
}
