namespace CircuitSpecs.Prompts;

/// <summary>Which part of an email address is asked for.</summary>
public enum EmailPart
{
    /// <summary>The surname.</summary>
    Surname,

    /// <summary>The first name.</summary>
    FirstName,
}
