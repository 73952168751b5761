using System.Collections.Immutable;

namespace CircuitSpecs.Analysis;

/// <summary>A place in a corpus at which a feature is strongly active.</summary>
/// <param name="Activation">How strongly.</param>
/// <param name="Document">Which document of the corpus, counted from 0 in its order.</param>
/// <param name="Position">At which token of the document.</param>
/// <param name="Tokens">The tokens around it.</param>
/// <param name="Index">Which of <paramref name="Tokens"/> it is.</param>
public sealed record ActivatingExample(double Activation, int Document, int Position, ImmutableArray<int> Tokens, int Index);
