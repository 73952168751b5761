namespace CircuitSpecs.Statistics;

/// <summary>One edge in <see cref="CircuitMinimality"/>.</summary>
/// <param name="Edge">Its name.</param>
/// <param name="Effect">How much its removal changes the scores.</param>
/// <param name="Wins">Number of references below that.</param>
/// <param name="P">Of "it matters".</param>
/// <param name="AdjustedP">Holm-adjusted over the circuit's edges; the edge is removable where it is at most the level.</param>
public sealed record EdgeMinimality(string Edge, double Effect, int Wins, double P, double AdjustedP);
