using System.Collections.Immutable;

namespace CircuitSpecs.Discovery;

/// <summary>A circuit: a set of edges of a model's edge graph.</summary>
public sealed class Circuit
{
    private readonly bool[] inside;

    private Circuit(CircuitGraph graph, bool[] inside)
    {
        Graph = graph;
        this.inside = inside;
        Edges = [.. graph.Edges.Where(edge => inside[edge.Index])];
    }

    /// <summary>The graph that the edges are of.</summary>
    public CircuitGraph Graph { get; }

    /// <summary>The edges, in the graph's order.</summary>
    public ImmutableArray<CircuitEdge> Edges { get; }

    /// <summary>Number of edges.</summary>
    public int Count => Edges.Length;

    /// <summary>Whether there is no edge.</summary>
    public bool IsEmpty => Edges.IsEmpty;

    /// <summary>The nodes that write along one of the edges, in the graph's order; <c>logits</c> only reads and is not counted, as in EAP-IG.</summary>
    public ImmutableArray<CircuitNode> Nodes
    {
        get
        {
            var writing = Edges.Select(edge => edge.SourceIndex).ToHashSet();
            return [.. Graph.Sources.Where((_, index) => writing.Contains(index))];
        }
    }

    /// <summary>The circuit of some edges.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="edges">Names of edges, for example <c>m0-&gt;a5.h0&lt;v&gt;</c>.</param>
    /// <exception cref="ArgumentException">There is no such edge; the message lists the nearest names.</exception>
    public static Circuit Of(CircuitGraph graph, params IEnumerable<string> edges)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(edges);
        return Of(graph, edges.Select(name => graph[name]));
    }

    /// <summary>The circuit of some edges.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="edges">Edges of it.</param>
    /// <exception cref="ArgumentException">An edge is not one of the graph.</exception>
    public static Circuit Of(CircuitGraph graph, IEnumerable<CircuitEdge> edges)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(edges);
        bool[] inside = new bool[graph.Edges.Length];
        foreach (CircuitEdge edge in edges)
        {
            inside[graph[edge.Name].Index] = true;
        }

        return new Circuit(graph, inside);
    }

    /// <summary>The whole model.</summary>
    /// <param name="graph">The graph.</param>
    public static Circuit Full(CircuitGraph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        return Where(graph, _ => true);
    }

    /// <summary>No edge at all.</summary>
    /// <param name="graph">The graph.</param>
    public static Circuit Empty(CircuitGraph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        return Where(graph, _ => false);
    }

    /// <summary>The edges that run between some nodes: from one of them (or the input) to an input of one of them (or the logits).</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="nodes">The nodes.</param>
    public static Circuit Between(CircuitGraph graph, IEnumerable<CircuitNode> nodes)
    {
        ArgumentNullException.ThrowIfNull(graph);
        HashSet<CircuitNode> chosen = [.. nodes, CircuitNode.Input, CircuitNode.Logits];
        return Where(graph, edge => chosen.Contains(edge.Source) && edge.Destination.Nodes.Any(chosen.Contains));
    }

    /// <summary>Whether an edge is inside.</summary>
    /// <param name="edge">An edge of the graph.</param>
    public bool Contains(CircuitEdge edge)
    {
        ArgumentNullException.ThrowIfNull(edge);
        return inside[edge.Index];
    }

    /// <summary>
    /// Drops, again and again, edges from nodes that nothing is read by (but for the input) and edges to nodes that write nothing (but for the logits), until
    /// every edge lies on a path from the input to the logits (EAP-IG's <c>prune</c>).
    /// </summary>
    public Circuit Pruned()
    {
        bool[] kept = (bool[])inside.Clone();
        bool changed = true;
        while (changed)
        {
            HashSet<CircuitNode> writing = [CircuitNode.Logits];
            HashSet<CircuitNode> reading = [CircuitNode.Input];
            foreach (CircuitEdge edge in Graph.Edges.Where(edge => kept[edge.Index]))
            {
                writing.Add(edge.Source);
                reading.UnionWith(edge.Destination.Nodes);
            }

            changed = false;
            foreach (CircuitEdge edge in Graph.Edges.Where(edge => kept[edge.Index] && !(reading.Contains(edge.Source) && edge.Destination.Nodes.Any(writing.Contains))))
            {
                kept[edge.Index] = false;
                changed = true;
            }
        }

        return new Circuit(Graph, kept);
    }

    /// <summary>The circuit without the edges from and to some nodes. An input that several heads share goes when all of them do.</summary>
    /// <param name="nodes">The nodes.</param>
    public Circuit Without(params IEnumerable<CircuitNode> nodes)
    {
        HashSet<CircuitNode> gone = [.. nodes];
        return Where(Graph, edge => Contains(edge) && !gone.Contains(edge.Source) && !edge.Destination.Nodes.All(gone.Contains));
    }

    /// <summary>The circuit without some edges.</summary>
    /// <param name="edges">The edges.</param>
    public Circuit Without(params IEnumerable<CircuitEdge> edges)
    {
        HashSet<CircuitEdge> gone = [.. edges];
        return Where(Graph, edge => Contains(edge) && !gone.Contains(edge));
    }

    /// <summary>The edges of either circuit.</summary>
    /// <param name="other">A circuit of the same graph.</param>
    public Circuit Union(Circuit other) => Where(Graph, edge => Contains(edge) | Same(other).Contains(edge));

    /// <summary>The edges of both circuits.</summary>
    /// <param name="other">A circuit of the same graph.</param>
    public Circuit Intersect(Circuit other) => Where(Graph, edge => Contains(edge) & Same(other).Contains(edge));

    /// <summary>The edges that are not in this circuit.</summary>
    public Circuit Complement() => Where(Graph, edge => !Contains(edge));

    /// <summary>For example <c>3 of 1603 edges: input-&gt;m0, m0-&gt;a5.h0&lt;v&gt;, a5.h0-&gt;logits</c>.</summary>
    public override string ToString()
    {
        const int listed = 12;
        string more = Count > listed ? $" and {Count - listed} more" : string.Empty;
        return $"{Count} of {Graph.Edges.Length} edges{(IsEmpty ? string.Empty : ": ")}{string.Join(", ", Edges.Take(listed).Select(edge => edge.Name))}{more}";
    }

    /// <summary>Which edges are not inside, by index.</summary>
    internal bool[] Outside() => Array.ConvertAll(inside, value => !value);

    private static Circuit Where(CircuitGraph graph, Func<CircuitEdge, bool> condition)
    {
        bool[] inside = new bool[graph.Edges.Length];
        foreach (CircuitEdge edge in graph.Edges)
        {
            inside[edge.Index] = condition(edge);
        }

        return new Circuit(graph, inside);
    }

    private Circuit Same(Circuit other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Graph.IsSameAs(other.Graph) ? other : throw new ArgumentException($"One circuit is of a graph of {Graph}, the other of {other.Graph}.", nameof(other));
    }
}
