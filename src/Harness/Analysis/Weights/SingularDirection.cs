using System.Collections.Immutable;

namespace CircuitSpecs.Analysis;

/// <summary>One pair of singular directions of W_V W_O, read as tokens: what a head takes along the left one it writes along the right one.</summary>
/// <param name="Index">Its place among the singular values, from 0, the largest first.</param>
/// <param name="Value">The singular value.</param>
/// <param name="Writes">The tokens with the largest logits V_i W_U, the largest first.</param>
/// <param name="Reads">The tokens whose embeddings have the largest products W_E U_i, the largest first.</param>
public sealed record SingularDirection(int Index, double Value, ImmutableArray<TokenLogit> Writes, ImmutableArray<TokenLogit> Reads);
