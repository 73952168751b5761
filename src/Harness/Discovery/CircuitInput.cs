using System.Collections.Immutable;

namespace CircuitSpecs.Discovery;

/// <summary>
/// An input of a node, where edges end: what a head's queries, keys or values read, what an MLP reads (both before the norm), or the final residual.
/// Heads that share keys and values (grouped-query attention) share those inputs too: an edge into them belongs to all of these heads.
/// </summary>
public sealed record CircuitInput
{
    internal CircuitInput(CircuitInputKind kind, int layer, int index, string name, ImmutableArray<CircuitNode> nodes)
    {
        Kind = kind;
        Layer = layer;
        Index = index;
        Name = name;
        Nodes = nodes;
    }

    /// <summary>What reads.</summary>
    public CircuitInputKind Kind { get; }

    /// <summary>Its layer; the last one for the logits.</summary>
    public int Layer { get; }

    /// <summary>The head of queries, or the head of keys and values; otherwise 0.</summary>
    public int Index { get; }

    /// <summary>EAP-IG's name: <c>a4.h11&lt;q&gt;</c>, <c>m0</c>, <c>logits</c>; <c>a4.kv1&lt;k&gt;</c> where several heads share keys and values.</summary>
    public string Name { get; }

    /// <summary>The nodes that the input belongs to: one, or the heads of a group.</summary>
    public ImmutableArray<CircuitNode> Nodes { get; }

    /// <inheritdoc/>
    public bool Equals(CircuitInput? other) => other is not null && Name == other.Name;

    /// <inheritdoc/>
    public override int GetHashCode() => Name.GetHashCode(StringComparison.Ordinal);

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
