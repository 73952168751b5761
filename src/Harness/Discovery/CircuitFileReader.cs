using System.Collections.Immutable;
using System.Text.Json;
using CircuitSpecs.Models;
using CircuitSpecs.Tokenizers;

namespace CircuitSpecs.Discovery;

/// <summary>Reads EAP-IG's JSON against the graph of a model.</summary>
internal sealed class CircuitFileReader(string name, CircuitGraph graph, ModelConfig config)
{
    public CircuitFile Read(JsonElement root)
    {
        RequireShape(Object(root, "cfg"));
        return ReadGraph(Object(root, "nodes"), Object(root, "edges"));
    }

    private CircuitFile ReadGraph(JsonElement nodes, JsonElement edges)
    {
        string[] known = [.. graph.Sources.Select(node => node.Name), CircuitNode.Logits.Name];
        RequireSame(nodes, "nodes", known);
        RequireSame(edges, "edges", [.. graph.Edges.Select(edge => edge.Name)]);
        var ofNodes = ImmutableSortedDictionary.CreateBuilder<string, double>(StringComparer.Ordinal);
        foreach (JsonProperty node in nodes.EnumerateObject())
        {
            // Which nodes are in follows from the edges; the flag only has to be one.
            Flag(node.Value, $"nodes.{node.Name}");
            if (node.Value.TryGetProperty("neurons", out JsonElement neurons) && neurons.EnumerateArray().Any(neuron => neuron.ValueKind == JsonValueKind.False || (neuron.ValueKind == JsonValueKind.Number && neuron.GetDouble() != 1)))
            {
                throw Wrong($"nodes.{node.Name}.neurons", "leaves neurons out; circuits of neurons are not read, only circuits of whole nodes");
            }

            if (node.Value.TryGetProperty("score", out _))
            {
                ofNodes[node.Name] = Number(node.Value, $"nodes.{node.Name}");
            }
        }

        double[] scores = [.. graph.Edges.Select(edge => Number(edges.GetProperty(edge.Name), $"edges.{edge.Name}"))];
        CircuitEdge[] inside = [.. graph.Edges.Where(edge => Flag(edges.GetProperty(edge.Name), $"edges.{edge.Name}"))];
        return new CircuitFile(Circuit.Of(graph, inside), new EdgeScores($"scores of {name}", graph, scores), ofNodes.ToImmutable());
    }

    private void RequireShape(JsonElement cfg)
    {
        Require("n_layers", config.Layers);
        Require("n_heads", config.Heads);
        Require("d_model", config.DModel);
        if (!cfg.TryGetProperty("parallel_attn_mlp", out JsonElement parallel) || parallel.ValueKind is not (JsonValueKind.True or JsonValueKind.False) || parallel.GetBoolean() != config.ParallelBlock)
        {
            throw Wrong("cfg.parallel_attn_mlp", $"is {Shown(parallel)}; the model's is {(config.ParallelBlock ? "true" : "false")}");
        }

        void Require(string key, int value)
        {
            if (!cfg.TryGetProperty(key, out JsonElement stored) || stored.ValueKind != JsonValueKind.Number || stored.GetDouble() != value)
            {
                throw Wrong($"cfg.{key}", $"is {Shown(stored)}; the model's is {value}");
            }
        }
    }

    private void RequireSame(JsonElement stored, string section, string[] known)
    {
        var names = stored.EnumerateObject().Select(entry => entry.Name).ToHashSet(StringComparer.Ordinal);
        if (names.FirstOrDefault(entry => !known.Contains(entry, StringComparer.Ordinal)) is string stranger)
        {
            throw Wrong($"{section}.{stranger}", $"is not in the model's graph of {graph}. Nearest: {string.Join(", ", NearestWords.To(stranger, known, 4))}");
        }

        string[] missing = [.. known.Where(entry => !names.Contains(entry))];
        if (missing.Length > 0)
        {
            throw Wrong(section, $"lacks {missing.Length} of {known.Length}, among them {string.Join(", ", missing.Take(4))}");
        }
    }

    private JsonElement Object(JsonElement root, string key) =>
        root.ValueKind == JsonValueKind.Object && root.TryGetProperty(key, out JsonElement value) && value.ValueKind == JsonValueKind.Object
            ? value
            : throw Wrong(key, "is missing or no object; EAP-IG's files have cfg, nodes and edges");

    private bool Flag(JsonElement entry, string key) =>
        entry.ValueKind == JsonValueKind.Object && entry.TryGetProperty("in_graph", out JsonElement flag) && flag.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? entry.GetProperty("in_graph").GetBoolean()
            : throw Wrong($"{key}.in_graph", "is missing or not true or false");

    private double Number(JsonElement entry, string key) =>
        entry.ValueKind == JsonValueKind.Object && entry.TryGetProperty("score", out JsonElement score) && score.ValueKind == JsonValueKind.Number && double.IsFinite(score.GetDouble())
            ? score.GetDouble()
            : throw Wrong($"{key}.score", "is missing or no finite number");

    private static string Shown(JsonElement value) => value.ValueKind == JsonValueKind.Undefined ? "missing" : value.GetRawText();

    private FormatException Wrong(string key, string what) => new($"{name}: '{key}' {what}.");
}
