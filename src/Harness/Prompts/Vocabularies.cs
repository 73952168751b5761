namespace CircuitSpecs.Prompts;

/// <summary>Kinds of vocabularies that prompts can be drawn for.</summary>
[Flags]
public enum Vocabularies
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Those that cut any text: byte-pair encoding and its like.</summary>
    Text = 1,

    /// <summary>The words of the model organisms.</summary>
    Organism = 2,

    /// <summary>The tags and small letters of the tinychat models.</summary>
    Dialogue = 4,
}
