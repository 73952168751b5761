using CircuitSpecs.Discovery;
using CircuitSpecs.Models.Compiled;
using CircuitSpecs.Statistics;

namespace CircuitSpecs.Tests.Models.Compiled;

/// <summary>What a method of discovery found of a known circuit.</summary>
/// <param name="Method">Its name.</param>
/// <param name="Known">The circuit's edges.</param>
/// <param name="Found">What it calls the circuit, by its own threshold or by a share of the logit difference.</param>
/// <param name="Top">Of methods that score edges: the best n that have a score at all, n being the size of the circuit.</param>
/// <param name="Greedy">Of methods that score edges: the same, chosen from the logits backwards.</param>
/// <param name="AreaUnderCurve">Of methods that score edges: the chance that an edge of the circuit has a larger magnitude than another one.</param>
internal sealed record EdgeRecovery(string Method, IReadOnlySet<string> Known, IReadOnlySet<string> Found, IReadOnlySet<string>? Top, IReadOnlySet<string>? Greedy, double? AreaUnderCurve)
{
    /// <summary>Of a method that chooses edges.</summary>
    public static EdgeRecovery Of(string method, CompiledModel compiled, Circuit found) => new(method, compiled.Circuit.ToHashSet(), Names(found), null, null, null);

    /// <summary>Of a method that scores edges.</summary>
    /// <param name="method">Its name.</param>
    /// <param name="compiled">The model.</param>
    /// <param name="scores">The scores.</param>
    /// <param name="threshold">The magnitude from which an edge is found.</param>
    /// <param name="floor">The magnitude below which a score is rounding error, or a gradient that a softmax has all but flattened: it counts as 0.</param>
    public static EdgeRecovery Of(string method, CompiledModel compiled, EdgeScores scores, double threshold, double floor)
    {
        HashSet<string> known = [.. compiled.Circuit];
        var rounded = new EdgeScores(scores.Name, scores.Graph, scores.Values.Select(score => Math.Abs(score) < floor ? 0 : score));
        IReadOnlySet<string> scored = Names(rounded.AtLeast(floor));
        return new EdgeRecovery(
            method,
            known,
            Names(rounded.AtLeast(threshold)),
            Names(rounded.Top(known.Count)).Intersect(scored).ToHashSet(),
            Names(rounded.Greedy(known.Count)).Intersect(scored).ToHashSet(),
            Auroc.Of([.. rounded.Graph.Edges.Select(edge => known.Contains(edge.Name))], [.. rounded.Values.Select(Math.Abs)]));
    }

    /// <summary>The share of the circuit that is among some edges.</summary>
    public double Recall(IReadOnlySet<string> edges) => (double)edges.Count(Known.Contains) / Known.Count;

    /// <summary>The share of some edges that is in the circuit; NaN of none.</summary>
    public double Precision(IReadOnlySet<string> edges) => (double)edges.Count(Known.Contains) / edges.Count;

    private static IReadOnlySet<string> Names(Circuit circuit) => circuit.Edges.Select(edge => edge.Name).ToHashSet();
}
