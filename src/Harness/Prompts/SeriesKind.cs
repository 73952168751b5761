namespace CircuitSpecs.Prompts;

/// <summary>Lists whose items follow each other.</summary>
public enum SeriesKind
{
    /// <summary>1, 2, 3 …</summary>
    Numerals,

    /// <summary>one, two, three …, up to twenty.</summary>
    NumberWords,

    /// <summary>January … December, and January again.</summary>
    Months,

    /// <summary>Monday … Sunday, and Monday again.</summary>
    Days,

    /// <summary>A … Z.</summary>
    Letters,
}
