namespace CircuitSpecs.Prompts;

/// <summary>What differs in the corrupted twin of a prompt with examples.</summary>
public enum FewShotCorruption
{
    /// <summary>Another word is asked about; the foil is its answer.</summary>
    OtherQuery,

    /// <summary>The examples' answers change places, so that the relation cannot be read off (Todd et al. 2024, the prompts of the average indirect effect).</summary>
    ShuffledAnswers,
}
