using System.Collections.Immutable;

namespace CircuitSpecs.Discovery;

/// <summary>
/// A number for every edge: what each method of discovery that ranks edges gives. Positive means that the edge helps: without it the metric would be worse
/// by about so much (EAP-IG's sign).
/// </summary>
public sealed class EdgeScores
{
    private readonly double[] scores;

    /// <summary>Makes the table.</summary>
    /// <param name="name">What the scores are, for messages.</param>
    /// <param name="graph">The graph.</param>
    /// <param name="scores">One number per edge, in the graph's order.</param>
    /// <exception cref="ArgumentException">There are not as many numbers as edges, or one is NaN.</exception>
    public EdgeScores(string name, CircuitGraph graph, IEnumerable<double> scores)
    {
        ArgumentNullException.ThrowIfNull(graph);
        Name = name;
        Graph = graph;
        this.scores = [.. scores];
        if (this.scores.Length != graph.Edges.Length)
        {
            throw new ArgumentException($"'{name}' has {this.scores.Length} scores; the graph of {graph} needs one for each edge.", nameof(scores));
        }

        int broken = Array.FindIndex(this.scores, double.IsNaN);
        if (broken >= 0)
        {
            throw new ArgumentException($"'{name}' is NaN at {graph.Edges[broken]}; edges cannot be ranked by it.", nameof(scores));
        }
    }

    /// <summary>What the scores are.</summary>
    public string Name { get; }

    /// <summary>The graph.</summary>
    public CircuitGraph Graph { get; }

    /// <summary>The scores, in the order of the graph's edges.</summary>
    public ImmutableArray<double> Values => [.. scores];

    /// <summary>An edge's score.</summary>
    /// <param name="edge">An edge of the graph.</param>
    public double this[CircuitEdge edge]
    {
        get
        {
            ArgumentNullException.ThrowIfNull(edge);
            return scores[Graph[edge.Name].Index];
        }
    }

    /// <summary>An edge's score.</summary>
    /// <param name="edge">Its name, for example <c>m0-&gt;a5.h0&lt;v&gt;</c>.</param>
    /// <exception cref="ArgumentException">There is no such edge.</exception>
    public double this[string edge] => scores[Graph[edge].Index];

    /// <summary>The scores as a matrix.</summary>
    /// <returns>[source, destination]; 0 where there is no edge.</returns>
    public double[,] Matrix()
    {
        double[,] matrix = new double[Graph.Sources.Length, Graph.Destinations.Length];
        foreach (CircuitEdge edge in Graph.Edges)
        {
            matrix[edge.SourceIndex, edge.DestinationIndex] = scores[edge.Index];
        }

        return matrix;
    }

    /// <summary>The edges from the highest score to the lowest; ties in the graph's order.</summary>
    /// <param name="absolute">Whether to rank by magnitude, so that edges that hinder count as much as edges that help.</param>
    public IEnumerable<(CircuitEdge Edge, double Score)> Ranked(bool absolute = true) =>
        Graph.Edges.OrderByDescending(edge => Rank(edge, absolute)).ThenBy(edge => edge.Index).Select(edge => (edge, scores[edge.Index]));

    /// <summary>The n best edges, wherever they are. Prune afterwards (<see cref="Circuit.Pruned"/>): many of them lie on no path, so fewer are left.</summary>
    /// <param name="count">How many.</param>
    /// <param name="absolute">Whether to rank by magnitude.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are not as many edges.</exception>
    public Circuit Top(int count, bool absolute = true)
    {
        RequireCount(count);
        return Circuit.Of(Graph, Ranked(absolute).Take(count).Select(pair => pair.Edge));
    }

    /// <summary>
    /// n edges from the logits backwards: again and again the best edge into a node that is already in (EAP-IG's <c>apply_greedy</c>). Every edge leads to the
    /// logits, but not all start at the input: prune afterwards.
    /// </summary>
    /// <param name="count">How many.</param>
    /// <param name="absolute">Whether to rank by magnitude.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are not as many edges.</exception>
    public Circuit Greedy(int count, bool absolute = true)
    {
        RequireCount(count);
        ILookup<CircuitNode, CircuitEdge> into = Graph.Edges.SelectMany(edge => edge.Destination.Nodes.Select(node => (node, edge))).ToLookup(pair => pair.node, pair => pair.edge);
        var open = new PriorityQueue<CircuitEdge, (double, int)>();
        var offered = new HashSet<CircuitEdge>();
        var reached = new HashSet<CircuitNode>();
        var chosen = new List<CircuitEdge>();
        Reach(CircuitNode.Logits);
        while (chosen.Count < count)
        {
            CircuitEdge edge = open.Dequeue();
            chosen.Add(edge);
            Reach(edge.Source);
        }

        return Circuit.Of(Graph, chosen);

        void Reach(CircuitNode node)
        {
            if (!reached.Add(node))
            {
                return;
            }

            foreach (CircuitEdge edge in into[node].Where(offered.Add))
            {
                open.Enqueue(edge, (-Rank(edge, absolute), edge.Index));
            }
        }
    }

    /// <summary>The edges whose score is at least a threshold.</summary>
    /// <param name="threshold">The threshold.</param>
    /// <param name="absolute">Whether to compare magnitudes.</param>
    public Circuit AtLeast(double threshold, bool absolute = true) => Circuit.Of(Graph, Graph.Edges.Where(edge => Rank(edge, absolute) >= threshold));

    private double Rank(CircuitEdge edge, bool absolute) => absolute ? Math.Abs(scores[edge.Index]) : scores[edge.Index];

    private void RequireCount(int count)
    {
        if (count < 0 || count > scores.Length)
        {
            throw new ArgumentOutOfRangeException(nameof(count), count, $"There are {scores.Length} edges to choose from; {count} cannot be chosen.");
        }
    }
}
