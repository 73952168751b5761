using System.Collections.Immutable;
using System.Globalization;

namespace CircuitSpecs.Statistics;

/// <summary>
/// Does every edge of the circuit matter (Shi et al. 2024, minimality)? An edge's effect is how much its removal changes
/// the circuit's scores. The reference is what the removal of an edge that is there by chance changes: a random path is
/// added to the circuit, and one of the added edges is taken out again, N times. The null hypothesis of each edge, "it
/// matters", is P(effect > reference) ≥ q*, with p = P(X ≤ W), X ~ Binomial(N, q*), W the number of references below;
/// Holm over the edges. Rejecting it says that the edge is removable, and refutes minimality. Minimality is
/// <i>supported</i> where P(effect > reference) ≤ q* is rejected for every edge (an intersection-union test, which needs
/// no correction); not rejecting anything, the paper's pass, is what small N always achieves.
/// </summary>
public static class CircuitMinimality
{
    /// <summary>Tests all edges of a circuit.</summary>
    /// <param name="edges">Each edge taken out of the circuit.</param>
    /// <param name="references">Random edges taken out of inflated circuits; they are drawn once for all edges.</param>
    /// <param name="quantile">q*, .9 in the paper.</param>
    /// <param name="level">α.</param>
    /// <param name="distance">How effects are read; the same for edges and references.</param>
    /// <exception cref="ArgumentException">No edge, no reference, or scores that do not fit; the message names the edge.</exception>
    public static CircuitMinimalityResult Test(IReadOnlyList<EdgeRemoval> edges, IReadOnlyList<EdgeRemoval> references, double quantile = 0.9, double level = 0.05, ScoreDistance distance = ScoreDistance.MeanAbsolute)
    {
        ArgumentNullException.ThrowIfNull(edges);
        ArgumentNullException.ThrowIfNull(references);
        CircuitScores.CheckDraws(references.Count, quantile, level, nameof(references));
        if (edges.Count == 0)
        {
            throw new ArgumentException("The circuit has no edge, so there is nothing to be minimal: lower the threshold that it was found with.", nameof(edges));
        }

        double[] chance = [.. references.Select(reference => reference.Effect(distance))];
        double[] effects = [.. edges.Select(edge => edge.Effect(distance))];
        int[] wins = [.. effects.Select(effect => chance.Count(reference => effect > reference))];
        double[] p = [.. wins.Select(count => BinomialTest.P(count, chance.Length, quantile, Alternative.Less))];
        ImmutableArray<double> adjusted = MultipleTesting.Holm(p);
        ImmutableArray<EdgeMinimality> found = [.. edges.Select((edge, index) => new EdgeMinimality(edge.Edge, effects[index], wins[index], p[index], adjusted[index]))];
        int removable = adjusted.Count(value => value <= level);
        int fewest = wins.Min();
        double refuted = adjusted.Min();
        return new CircuitMinimalityResult(
            string.Create(CultureInfo.InvariantCulture, $"every edge matters more than the share {quantile} of random edges"),
            fewest,
            refuted,
            BinomialTest.P(fewest, chance.Length, quantile, Alternative.Greater),
            level,
            string.Create(CultureInfo.InvariantCulture, $"{removable} of {edges.Count} edges are removable (smallest adjusted p = {refuted:G3}); the weakest edge, {found.MinBy(edge => edge.Wins)!.Edge}, changes more than {fewest} of {chance.Length} random ones"),
            found);
    }
}
