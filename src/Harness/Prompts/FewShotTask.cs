namespace CircuitSpecs.Prompts;

/// <summary>A relation between words that examples show.</summary>
public enum FewShotTask
{
    /// <summary>hot → cold.</summary>
    Antonyms,

    /// <summary>river → rivers.</summary>
    Plurals,

    /// <summary>go → went.</summary>
    PastTense,

    /// <summary>France → Paris.</summary>
    Capitals,
}
