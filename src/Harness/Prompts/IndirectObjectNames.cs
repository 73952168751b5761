namespace CircuitSpecs.Prompts;

/// <summary>The names at the three places of a prompt of indirect object identification.</summary>
/// <param name="IndirectObject">At IO.</param>
/// <param name="FirstSubject">At S1.</param>
/// <param name="SecondSubject">At S2.</param>
internal readonly record struct IndirectObjectNames(string IndirectObject, string FirstSubject, string SecondSubject)
{
    /// <summary>How many names a twin may need besides the two of the prompt.</summary>
    public const int Others = 3;

    /// <summary>The names of the corrupted twin of a prompt with this indirect object and subject.</summary>
    public static IndirectObjectNames Of(string io, string subject, IReadOnlyList<string> others, IndirectObjectCorruption corruption) => corruption switch
    {
        IndirectObjectCorruption.SecondSubject => new(io, subject, others[0]),
        IndirectObjectCorruption.SubjectIsIndirectObject => new(io, subject, io),
        IndirectObjectCorruption.FirstSubject => new(io, others[0], subject),
        IndirectObjectCorruption.Subject => new(io, others[0], others[0]),
        IndirectObjectCorruption.IndirectObject => new(others[0], subject, subject),
        IndirectObjectCorruption.AllNames => new(others[0], others[1], others[2]),
        IndirectObjectCorruption.Order => new(subject, io, subject),
        _ => throw new ArgumentOutOfRangeException(nameof(corruption), corruption, "There is no such corruption."),
    };
}
