namespace CircuitSpecs.Prompts;

/// <summary>What is asked about a subject.</summary>
public enum FactRelation
{
    /// <summary>The capital of a country.</summary>
    Capital,

    /// <summary>The language of a country.</summary>
    Language,

    /// <summary>The continent of a country.</summary>
    Continent,

    /// <summary>The city of a landmark.</summary>
    Landmark,
}
