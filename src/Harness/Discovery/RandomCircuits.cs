using System.Collections.Immutable;
using CircuitSpecs.Statistics;

namespace CircuitSpecs.Discovery;

/// <summary>Circuits drawn at random, to compare a found one with.</summary>
public static class RandomCircuits
{
    /// <summary>
    /// A circuit with as many edges as another, into each kind of input (queries, keys, values, MLP, logits) of each layer: what differs is which ones.
    /// </summary>
    /// <param name="circuit">The circuit.</param>
    /// <param name="random">Where the draws come from.</param>
    /// <param name="fromComplement">Whether only edges that the circuit lacks are drawn; otherwise the two can share edges.</param>
    /// <exception cref="ArgumentException">The complement has too few edges of a kind.</exception>
    public static Circuit Like(Circuit circuit, SeededRandom random, bool fromComplement = false)
    {
        ArgumentNullException.ThrowIfNull(circuit);
        ArgumentNullException.ThrowIfNull(random);
        ILookup<(CircuitInputKind Kind, int Layer), CircuitEdge> all = circuit.Graph.Edges.Where(edge => !fromComplement || !circuit.Contains(edge)).ToLookup(Place);
        return Circuit.Of(circuit.Graph, circuit.Edges.GroupBy(Place).SelectMany(group =>
        {
            CircuitEdge[] pool = [.. all[group.Key]];
            return pool.Length >= group.Count()
                ? random.Sample(pool, group.Count())
                : throw new ArgumentException($"The circuit has {group.Count()} edges into {group.Key.Kind} of layer {group.Key.Layer} and leaves out {pool.Length}: no other circuit of its make can be drawn from the rest. Draw from the whole model.", nameof(circuit));
        }));
    }

    /// <summary>A path from the input to the logits: from each node to one of the inputs that read it, all equally likely.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="random">Where the draws come from.</param>
    /// <returns>Its edges, in order.</returns>
    public static ImmutableArray<CircuitEdge> Path(CircuitGraph graph, SeededRandom random)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(random);
        ILookup<CircuitNode, CircuitEdge> from = graph.Edges.ToLookup(edge => edge.Source);
        var path = ImmutableArray.CreateBuilder<CircuitEdge>();
        for (CircuitNode node = CircuitNode.Input; node != CircuitNode.Logits; node = random.Choose(path[^1].Destination.Nodes))
        {
            path.Add(random.Choose([.. from[node]]));
        }

        return path.ToImmutable();
    }

    private static (CircuitInputKind Kind, int Layer) Place(CircuitEdge edge) => (edge.Destination.Kind, edge.Destination.Layer);
}
