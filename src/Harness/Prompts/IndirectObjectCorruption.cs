namespace CircuitSpecs.Prompts;

/// <summary>Which names differ in the corrupted twin of a prompt of indirect object identification.</summary>
public enum IndirectObjectCorruption
{
    /// <summary>Another name at S2, so that no name is repeated and both are as likely.</summary>
    SecondSubject,

    /// <summary>The indirect object at S2: answer and foil change places (Zhang and Nanda 2024, symmetric token replacement).</summary>
    SubjectIsIndirectObject,

    /// <summary>Another name at S1: the subject is not named before S2, so that no name is repeated.</summary>
    FirstSubject,

    /// <summary>Another name at S1 and S2: the same problem with another subject.</summary>
    Subject,

    /// <summary>Another name at IO: the same problem with another answer.</summary>
    IndirectObject,

    /// <summary>Three other names at IO, S1 and S2, all different: the ABC distribution of Wang et al. 2022, section 2.1.</summary>
    AllNames,

    /// <summary>IO and S1 change places: ABBA becomes BABA, the answer stays.</summary>
    Order,
}
