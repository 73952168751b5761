namespace CircuitSpecs.Prompts;

/// <summary>The language to translate to.</summary>
public enum TranslationLanguage
{
    /// <summary>French.</summary>
    French = 1,

    /// <summary>Spanish.</summary>
    Spanish,

    /// <summary>German.</summary>
    German,
}
