namespace CircuitSpecs.Statistics;

/// <summary>On which side a test looks for an effect.</summary>
public enum Alternative
{
    /// <summary>On both.</summary>
    TwoSided,

    /// <summary>The value is larger than under the null hypothesis.</summary>
    Greater,

    /// <summary>The value is smaller than under the null hypothesis.</summary>
    Less,
}
