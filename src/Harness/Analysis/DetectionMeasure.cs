namespace CircuitSpecs.Analysis;

/// <summary>How far an attention pattern P is like a detection pattern D.</summary>
public enum DetectionMeasure
{
    /// <summary>Σ P·D/Σ P: the share of attention that goes where it should (<c>mul</c>).</summary>
    Share,

    /// <summary>1 − Σ |P − D|/T for T tokens: 1 for equal patterns, negative for very different ones (<c>abs</c>, unrounded).</summary>
    Distance,
}
