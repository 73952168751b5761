namespace CircuitSpecs.Discovery;

/// <summary>ACDC's sequence of decisions, apart from how a set of removed edges is measured.</summary>
internal sealed class AcdcSearch
{
    private const int AtFirst = 4;

    private readonly CircuitGraph graph;
    private readonly Func<IReadOnlyList<bool[]>, double[]> losses;
    private readonly double threshold;
    private readonly int most;
    private readonly bool[] removed;

    /// <param name="graph">The graph.</param>
    /// <param name="losses">The loss under each of several sets of removed edges.</param>
    /// <param name="threshold">How much worse the loss may get for an edge to be removed.</param>
    /// <param name="most">How many sets may be measured at once.</param>
    public AcdcSearch(CircuitGraph graph, Func<IReadOnlyList<bool[]>, double[]> losses, double threshold, int most)
    {
        this.graph = graph;
        this.losses = losses;
        this.threshold = threshold;
        this.most = most;
        removed = new bool[graph.Edges.Length];
    }

    /// <summary>Decides on every edge.</summary>
    public AcdcResult Run(DiscoveryClock clock)
    {
        double present = losses([removed])[0];
        double margin = double.PositiveInfinity;
        int attempt = Math.Min(AtFirst, most);

        // The edges of one layer are tried together, since all their runs start there.
        foreach (CircuitEdge[] layer in graph.Edges
            .OrderByDescending(edge => edge.DestinationIndex).ThenByDescending(edge => edge.SourceIndex)
            .GroupBy(edge => edge.Destination.Layer).Select(edges => edges.ToArray()))
        {
            int at = 0;
            while (at < layer.Length)
            {
                CircuitEdge[] bundle = layer[at..Math.Min(at + attempt, layer.Length)];
                double[] found = losses([.. bundle.Select((_, i) => With(bundle[..(i + 1)]))]);
                int decided = 0;
                bool accepted = true;
                while (accepted && decided < bundle.Length)
                {
                    double worse = found[decided] - present;
                    margin = Math.Min(margin, Math.Abs(worse - threshold));
                    accepted = worse < threshold;
                    if (accepted)
                    {
                        removed[bundle[decided].Index] = true;
                        present = found[decided];
                    }

                    decided++;
                }

                at += decided;
                attempt = accepted ? Math.Min(attempt * 2, most) : Math.Min(AtFirst, most);
                clock.Advance(decided);
            }
        }

        return new AcdcResult(threshold, Circuit.Of(graph, graph.Edges.Where(edge => !removed[edge.Index])), present, margin);
    }

    private bool[] With(CircuitEdge[] edges)
    {
        bool[] set = (bool[])removed.Clone();
        foreach (CircuitEdge edge in edges)
        {
            set[edge.Index] = true;
        }

        return set;
    }
}
