namespace CircuitSpecs.Prompts;

/// <summary>A part of a text that becomes a named position.</summary>
/// <param name="Name">The position's name.</param>
/// <param name="Start">Where it begins in the text.</param>
/// <param name="End">Where it ends (exclusive).</param>
/// <param name="MaySpread">Whether it may be several tokens.</param>
internal readonly record struct NamedSpan(string Name, int Start, int End, bool MaySpread);
