namespace CircuitSpecs.Analysis;

/// <summary>How far a search through a corpus is.</summary>
/// <param name="Documents">Documents that are done.</param>
/// <param name="Tokens">Tokens that are done.</param>
public readonly record struct CorpusProgress(int Documents, long Tokens);
