namespace CircuitSpecs.Discovery;

/// <summary>An edge: what a node writes, as another one reads it directly from the residual stream. Written <c>m0-&gt;a5.h0&lt;v&gt;</c>.</summary>
public sealed record CircuitEdge
{
    internal CircuitEdge(int index, int source, int destination, CircuitNode from, CircuitInput to)
    {
        Index = index;
        SourceIndex = source;
        DestinationIndex = destination;
        Source = from;
        Destination = to;
        Name = $"{from.Name}->{to.Name}";
    }

    /// <summary>EAP-IG's name, for example <c>m0-&gt;a5.h0&lt;v&gt;</c>.</summary>
    public string Name { get; }

    /// <summary>The node that writes.</summary>
    public CircuitNode Source { get; }

    /// <summary>The input that reads.</summary>
    public CircuitInput Destination { get; }

    /// <summary>Where the edge stands among the edges of its graph.</summary>
    public int Index { get; }

    /// <summary>Where its source stands among the sources.</summary>
    public int SourceIndex { get; }

    /// <summary>Where its destination stands among the destinations.</summary>
    public int DestinationIndex { get; }

    /// <inheritdoc/>
    public bool Equals(CircuitEdge? other) => other is not null && Name == other.Name;

    /// <inheritdoc/>
    public override int GetHashCode() => Name.GetHashCode(StringComparison.Ordinal);

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
