namespace CircuitSpecs.Prompts;

/// <summary>The order of the names in a prompt of indirect object identification (Wang et al. 2022, section 2 and appendix E).</summary>
public enum IndirectObjectOrder
{
    /// <summary>ABBA and BABA with equal chance.</summary>
    Mixed,

    /// <summary>The indirect object is named first: A and B …, B gave … to A.</summary>
    Abba,

    /// <summary>The subject is named first: B and A …, B gave … to A.</summary>
    Baba,

    /// <summary>Three different names, A and B …, C gave … to: nothing says which is right. The reference distribution of mean ablations; no corrupted twins.</summary>
    Abc,
}
