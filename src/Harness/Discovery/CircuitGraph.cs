using System.Collections.Immutable;
using System.Globalization;
using CircuitSpecs.Models;
using CircuitSpecs.Tokenizers;

namespace CircuitSpecs.Discovery;

/// <summary>
/// The edge graph of a model: every node writes to the residual stream, every later input reads it, and an edge is one such pair (Conmy et al. 2023,
/// arXiv 2304.14997, section 3; Hanna et al. 2024, arXiv 2403.17806). In parallel blocks attention and MLP read the same stream, so that no edge leads
/// from a block's heads to its MLP. Sources stand in the order input, heads of layer 0, MLP 0, …; destinations layer by layer: queries, keys, values
/// by head, MLP; the logits last. Edges stand in the order of the matrix [source, destination].
/// </summary>
public sealed class CircuitGraph
{
    private const int Listed = 4;

    private readonly (int Layers, int Heads, int KeyValueHeads, bool Parallel, bool AttentionOnly) layout;
    private readonly Dictionary<string, CircuitEdge> byName;
    private readonly int[,] indices;

    private CircuitGraph(ModelConfig config)
    {
        layout = (config.Layers, config.Heads, config.KeyValueHeads, config.ParallelBlock, config.AttentionOnly);
        Sources = [CircuitNode.Input, .. Enumerable.Range(0, config.Layers).SelectMany(layer => NodesOf(layer, config))];
        Destinations = [.. Enumerable.Range(0, config.Layers).SelectMany(layer => InputsOf(layer, config)), new CircuitInput(CircuitInputKind.Logits, config.Layers - 1, 0, "logits", [CircuitNode.Logits])];
        indices = new int[Sources.Length, Destinations.Length];
        var edges = ImmutableArray.CreateBuilder<CircuitEdge>();
        for (int source = 0; source < Sources.Length; source++)
        {
            for (int destination = 0; destination < Destinations.Length; destination++)
            {
                bool real = source < SourceCountOf(Destinations[destination]);
                indices[source, destination] = real ? edges.Count : -1;
                if (real)
                {
                    edges.Add(new CircuitEdge(edges.Count, source, destination, Sources[source], Destinations[destination]));
                }
            }
        }

        Edges = edges.ToImmutable();
        byName = Edges.ToDictionary(edge => edge.Name, StringComparer.Ordinal);
    }

    /// <summary>The nodes that write.</summary>
    public ImmutableArray<CircuitNode> Sources { get; }

    /// <summary>The inputs that read.</summary>
    public ImmutableArray<CircuitInput> Destinations { get; }

    /// <summary>All edges.</summary>
    public ImmutableArray<CircuitEdge> Edges { get; }

    /// <summary>Blocks of the model.</summary>
    public int Layers => layout.Layers;

    /// <summary>Heads a layer.</summary>
    public int Heads => layout.Heads;

    /// <summary>Heads of keys and values a layer.</summary>
    public int KeyValueHeads => layout.KeyValueHeads;

    /// <summary>Whether attention and MLP of a block read the same stream.</summary>
    public bool IsParallel => layout.Parallel;

    /// <summary>An edge by name.</summary>
    /// <param name="name">For example <c>m0-&gt;a5.h0&lt;v&gt;</c>.</param>
    /// <exception cref="ArgumentException">There is no such edge; the message lists the nearest names.</exception>
    public CircuitEdge this[string name]
    {
        get
        {
            ArgumentNullException.ThrowIfNull(name);
            return byName.TryGetValue(name, out CircuitEdge? edge) ? edge : throw new ArgumentException(
                $"There is no edge '{name}' in a graph of {Describe()}. Nearest: {string.Join(", ", NearestWords.To(name, byName.Keys, Listed))}. Edges are written source->destination, with <q>, <k> or <v> after a head.",
                nameof(name));
        }
    }

    /// <summary>The graph of a model of this shape.</summary>
    /// <param name="config">The shape.</param>
    public static CircuitGraph Of(ModelConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return new CircuitGraph(config);
    }

    /// <summary>Whether there is an edge of this name.</summary>
    /// <param name="name">For example <c>m0-&gt;a5.h0&lt;v&gt;</c>.</param>
    public bool Contains(string name) => byName.ContainsKey(name);

    /// <summary>A node by name.</summary>
    /// <param name="name"><c>input</c>, <c>a4.h11</c>, <c>m0</c> or <c>logits</c>.</param>
    /// <exception cref="ArgumentException">There is no such node; the message lists the nearest names.</exception>
    public CircuitNode Node(string name) => Sources.Append(CircuitNode.Logits).FirstOrDefault(node => node.Name == name)
        ?? throw new ArgumentException($"There is no node '{name}' in a graph of {Describe()}. Nearest: {string.Join(", ", NearestWords.To(name, Sources.Select(node => node.Name).Append("logits"), Listed))}.", nameof(name));

    /// <summary>Whether two graphs have the same nodes and edges.</summary>
    /// <param name="other">The other graph.</param>
    public bool IsSameAs(CircuitGraph other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return layout == other.layout;
    }

    /// <summary>For example <c>6 layers of 5 heads, 1603 edges</c>.</summary>
    public override string ToString() => Describe();

    /// <summary>The index of an edge, or -1 where the source writes after the destination reads.</summary>
    internal int IndexOf(int source, int destination) => indices[source, destination];

    /// <summary>How many sources an input reads: always the first ones.</summary>
    internal int SourceCountOf(CircuitInput input) => input.Kind switch
    {
        CircuitInputKind.Logits => Sources.Length,
        CircuitInputKind.Mlp when !layout.Parallel => FirstSourceOf(input.Layer) + layout.Heads,
        _ => FirstSourceOf(input.Layer),
    };

    /// <summary>Where the sources of a layer begin.</summary>
    internal int FirstSourceOf(int layer) => 1 + (layer * (layout.Heads + (layout.AttentionOnly ? 0 : 1)));

    /// <exception cref="ArgumentException">The model has another shape.</exception>
    internal void RequireFits(ModelConfig config)
    {
        if (layout != (config.Layers, config.Heads, config.KeyValueHeads, config.ParallelBlock, config.AttentionOnly))
        {
            throw new ArgumentException($"The circuit is one of {Describe()}; the model has {Of(config).Describe()}. Make the graph with CircuitGraph.Of(model.Config).");
        }
    }

    private static IEnumerable<CircuitNode> NodesOf(int layer, ModelConfig config)
    {
        IEnumerable<CircuitNode> heads = Enumerable.Range(0, config.Heads).Select(head => new CircuitNode(CircuitNodeKind.Head, layer, head));
        return config.AttentionOnly ? heads : heads.Append(new CircuitNode(CircuitNodeKind.Mlp, layer, 0));
    }

    private static IEnumerable<CircuitInput> InputsOf(int layer, ModelConfig config)
    {
        CircuitNode[] nodes = [.. NodesOf(layer, config)];
        for (int head = 0; head < config.Heads; head++)
        {
            yield return new CircuitInput(CircuitInputKind.Queries, layer, head, $"{nodes[head].Name}<q>", [nodes[head]]);
        }

        foreach ((CircuitInputKind kind, char role) in ((CircuitInputKind, char)[])[(CircuitInputKind.Keys, 'k'), (CircuitInputKind.Values, 'v')])
        {
            for (int head = 0; head < config.KeyValueHeads; head++)
            {
                int shared = head;
                string name = config.GroupsKeyValues ? string.Create(CultureInfo.InvariantCulture, $"a{layer}.kv{head}") : nodes[head].Name;
                yield return new CircuitInput(kind, layer, head, $"{name}<{role}>", [.. nodes.Take(config.Heads).Where(node => config.KeyValueHeadOf(node.Index) == shared)]);
            }
        }

        if (!config.AttentionOnly)
        {
            yield return new CircuitInput(CircuitInputKind.Mlp, layer, 0, nodes[^1].Name, [nodes[^1]]);
        }
    }

    private string Describe() => string.Create(
        CultureInfo.InvariantCulture,
        $"{layout.Layers} layers of {layout.Heads} heads{(layout.KeyValueHeads == layout.Heads ? string.Empty : $" on {layout.KeyValueHeads} of keys and values")}{(layout.Parallel ? ", parallel blocks" : string.Empty)}{(layout.AttentionOnly ? ", attention only" : string.Empty)}, {Edges.Length} edges");
}
