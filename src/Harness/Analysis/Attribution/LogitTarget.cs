namespace CircuitSpecs.Analysis;

/// <summary>Which number at the answer position is attributed.</summary>
public enum LogitTarget
{
    /// <summary>Logit of the answer minus logit of the foil.</summary>
    Difference,

    /// <summary>The answer's logit alone. What is written in the direction of all tokens counts too, unless the unembedding is centred.</summary>
    Answer,

    /// <summary>The foil's logit alone.</summary>
    Foil,
}
