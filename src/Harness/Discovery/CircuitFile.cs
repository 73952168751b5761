using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using CircuitSpecs.Models;

namespace CircuitSpecs.Discovery;

/// <summary>
/// A circuit with its scores in EAP-IG's JSON (<c>Graph.to_json</c>, <c>Graph.from_json</c> of hannamw/EAP-IG): <c>cfg</c> with n_layers, n_heads,
/// parallel_attn_mlp and d_model, <c>nodes</c> and <c>edges</c> by name. Under grouped-query attention edges into shared keys and values are named
/// <c>a0.kv1&lt;k&gt;</c>, which EAP-IG does not read.
/// </summary>
/// <param name="Circuit">The edges whose <c>in_graph</c> is true.</param>
/// <param name="Scores">The scores of all edges; 0 where a method gives none.</param>
/// <param name="NodeScores">The scores of nodes by name, where there are any.</param>
public sealed record CircuitFile(Circuit Circuit, EdgeScores Scores, ImmutableSortedDictionary<string, double> NodeScores)
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Makes a file of a circuit.</summary>
    /// <param name="circuit">The circuit.</param>
    /// <param name="scores">Its edges' scores; null writes 0.</param>
    public static CircuitFile Of(Circuit circuit, EdgeScores? scores = null)
    {
        ArgumentNullException.ThrowIfNull(circuit);
        return new CircuitFile(circuit, scores ?? new EdgeScores("none", circuit.Graph, new double[circuit.Graph.Edges.Length]), ImmutableSortedDictionary<string, double>.Empty);
    }

    /// <summary>Reads a circuit of a model.</summary>
    /// <param name="path">The file.</param>
    /// <param name="config">The model's shape.</param>
    /// <exception cref="FormatException">The file is not such JSON, or does not fit the model; the message names the key.</exception>
    public static CircuitFile Read(string path, ModelConfig config) => Parse(File.ReadAllText(path), config, path);

    /// <summary>Reads a circuit of a model.</summary>
    /// <param name="json">The text.</param>
    /// <param name="config">The model's shape.</param>
    /// <param name="name">What to call it in messages.</param>
    /// <exception cref="FormatException">The text is not such JSON, or does not fit the model; the message names the key.</exception>
    public static CircuitFile Parse(string json, ModelConfig config, string name = "the circuit")
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(config);
        try
        {
            using var document = JsonDocument.Parse(json, Strict);
            return new CircuitFileReader(name, CircuitGraph.Of(config), config).Read(document.RootElement);
        }
        catch (JsonException e)
        {
            throw new FormatException($"{name} is not JSON: {e.Message} (Python writes NaN and Infinity as bare words, which are not; a circuit has neither.)", e);
        }
    }

    /// <summary>The text of the file.</summary>
    /// <param name="config">The model's shape.</param>
    /// <exception cref="ArgumentException">The circuit is one of a model of another shape.</exception>
    public string ToJson(ModelConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        Circuit.Graph.RequireFits(config);
        HashSet<CircuitNode> inside = [.. Circuit.Nodes, CircuitNode.Logits];
        var nodes = new JsonObject();
        foreach (CircuitNode node in Circuit.Graph.Sources.Append(CircuitNode.Logits))
        {
            var entry = new JsonObject { ["in_graph"] = inside.Contains(node) };
            if (NodeScores.TryGetValue(node.Name, out double score))
            {
                entry["score"] = score;
            }

            nodes[node.Name] = entry;
        }

        var edges = new JsonObject();
        foreach (CircuitEdge edge in Circuit.Graph.Edges)
        {
            edges[edge.Name] = new JsonObject { ["score"] = Scores[edge], ["in_graph"] = Circuit.Contains(edge) };
        }

        var cfg = new JsonObject { ["n_layers"] = config.Layers, ["n_heads"] = config.Heads, ["parallel_attn_mlp"] = config.ParallelBlock, ["d_model"] = config.DModel };
        return new JsonObject { ["cfg"] = cfg, ["nodes"] = nodes, ["edges"] = edges }.ToJsonString(Indented);
    }

    /// <summary>Writes the file.</summary>
    /// <param name="path">Where.</param>
    /// <param name="config">The model's shape.</param>
    /// <exception cref="ArgumentException">The circuit is one of a model of another shape.</exception>
    public void Write(string path, ModelConfig config) => File.WriteAllText(path, ToJson(config));
}
