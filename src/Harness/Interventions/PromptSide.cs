namespace CircuitSpecs.Interventions;

/// <summary>Which twin of each prompt is run.</summary>
public enum PromptSide
{
    /// <summary>The prompts themselves.</summary>
    Clean,

    /// <summary>Their corrupted twins.</summary>
    Corrupt,
}
