namespace CircuitSpecs.Tokenizers;

/// <summary>One token of an encoded text.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Start">Where it begins in the text, counted in Unicode code points.</param>
/// <param name="End">Where it ends (exclusive), counted in Unicode code points.</param>
public readonly record struct EncodedToken(int Id, int Start, int End);
