using CircuitSpecs.Discovery;

namespace CircuitSpecs.Tests.Models.Compiled;

/// <summary>What a method of discovery found of a known circuit.</summary>
/// <param name="Method">Its name.</param>
/// <param name="Known">The circuit.</param>
/// <param name="Found">What it calls the circuit, by its own threshold or by a share of the logit difference.</param>
/// <param name="Top">Of methods that score edges: the best n that have a score at all, n being the size of the circuit.</param>
/// <param name="Greedy">Of methods that score edges: the same, chosen from the logits backwards.</param>
/// <param name="AreaUnderCurve">Of methods that score edges: the chance that an edge of the circuit has a larger magnitude than another one.</param>
internal sealed record EdgeRecovery(string Method, Circuit Known, Circuit Found, Circuit? Top, Circuit? Greedy, double? AreaUnderCurve)
{
    /// <summary>Of a method that chooses edges.</summary>
    public static EdgeRecovery Of(string method, IEnumerable<string> known, Circuit found) => new(method, Circuit.Of(found.Graph, known), found, null, null, null);

    /// <summary>Of a method that scores edges.</summary>
    /// <param name="method">Its name.</param>
    /// <param name="known">The circuit's edges.</param>
    /// <param name="scores">The scores.</param>
    /// <param name="threshold">The magnitude from which an edge is found.</param>
    /// <param name="floor">The magnitude below which a score is rounding error, or a gradient that a softmax has all but flattened: it counts as 0.</param>
    public static EdgeRecovery Of(string method, IEnumerable<string> known, EdgeScores scores, double threshold, double floor)
    {
        var circuit = Circuit.Of(scores.Graph, known);
        var rounded = new EdgeScores(scores.Name, scores.Graph, scores.Values.Select(score => Math.Abs(score) < floor ? 0 : score));
        Circuit scored = rounded.AtLeast(floor);
        return new EdgeRecovery(
            method,
            circuit,
            rounded.AtLeast(threshold),
            rounded.Top(circuit.Count).Intersect(scored),
            rounded.Greedy(circuit.Count).Intersect(scored),
            EdgeRoc.Of(rounded, circuit).Area);
    }
}
