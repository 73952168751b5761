using System.Globalization;
using System.Text;

namespace CircuitSpecs.Discovery;

/// <summary>Pictures of circuits, as text for Graphviz (<c>dot -Tsvg circuit.dot -o circuit.svg</c>).</summary>
public static class Graphviz
{
    private const double Thinnest = 0.6;
    private const double Thickest = 5;

    /// <summary>
    /// A circuit as a directed graph in the DOT language, in EAP-IG's colours: edges into queries magenta, keys green, values blue; other edges black, or red
    /// where their score is negative. Edges are as thick as their score is large.
    /// </summary>
    /// <param name="circuit">The circuit.</param>
    /// <param name="scores">Its edges' scores; null draws all edges alike.</param>
    /// <exception cref="ArgumentException">The circuit is empty.</exception>
    public static string ToDot(this Circuit circuit, EdgeScores? scores = null)
    {
        ArgumentNullException.ThrowIfNull(circuit);
        if (circuit.IsEmpty)
        {
            throw new ArgumentException("The circuit is empty: there is nothing to draw.", nameof(circuit));
        }

        double largest = scores is null ? 0 : circuit.Edges.Max(edge => Math.Abs(scores[edge]));
        var text = new StringBuilder();
        text.AppendLine("digraph circuit {").AppendLine("  rankdir=BT;").AppendLine("  node [shape=box, style=\"filled,rounded\", fillcolor=\"#F4F4F4\", fontname=\"Helvetica\"];");
        HashSet<CircuitNode> drawn = [.. circuit.Edges.SelectMany(edge => edge.Destination.Nodes.Prepend(edge.Source))];
        foreach (CircuitNode node in circuit.Graph.Sources.Append(CircuitNode.Logits).Where(drawn.Contains))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"  \"{node}\";");
        }

        foreach (CircuitEdge edge in circuit.Edges)
        {
            double width = scores is null ? 1 : Math.Max(Thinnest, largest == 0 ? 0 : Thickest * Math.Abs(scores[edge]) / largest);
            foreach (CircuitNode node in edge.Destination.Nodes)
            {
                text.AppendLine(CultureInfo.InvariantCulture, $"  \"{edge.Source}\" -> \"{node}\" [color=\"{Colour(edge, scores)}\", penwidth={width:0.###}, tooltip=\"{edge.Name}{(scores is null ? string.Empty : $" {scores[edge].ToString("G4", CultureInfo.InvariantCulture)}")}\"];");
            }
        }

        return text.AppendLine("}").ToString();
    }

    private static string Colour(CircuitEdge edge, EdgeScores? scores) => edge.Destination.Kind switch
    {
        CircuitInputKind.Queries => "#FF00FF",
        CircuitInputKind.Keys => "#00FF00",
        CircuitInputKind.Values => "#0000FF",
        _ => scores is not null && scores[edge] < 0 ? "#FF0000" : "#000000",
    };
}
