using System.Text.Json.Nodes;
using CircuitSpecs.Discovery;
using CircuitSpecs.Models;
using CircuitSpecs.Tests.Transformer;

namespace CircuitSpecs.Tests.Discovery;

public sealed class CircuitFileTests
{
    private static readonly ModelConfig Config = SmallTransformer.Config with { Layers = 1, Heads = 1, DHead = 12, AttentionDivisor = [2] };
    private static readonly CircuitGraph Graph = CircuitGraph.Of(Config);

    // As EAP-IG's Graph.to_json writes it for a model of one layer with one head.
    private const string Stored = """
        {"cfg": {"n_layers": 1, "n_heads": 1, "parallel_attn_mlp": false, "d_model": 12},
         "nodes": {"input": {"in_graph": true}, "a0.h0": {"in_graph": false, "score": 0.5}, "m0": {"in_graph": true}, "logits": {"in_graph": true}},
         "edges": {"input->a0.h0<q>": {"score": 0.25, "in_graph": false}, "input->a0.h0<k>": {"score": 0.0, "in_graph": false}, "input->a0.h0<v>": {"score": -1e-05, "in_graph": false},
                   "input->m0": {"score": 1.5, "in_graph": true}, "a0.h0->m0": {"score": 0.125, "in_graph": false},
                   "input->logits": {"score": 0.5, "in_graph": false}, "a0.h0->logits": {"score": 0.0625, "in_graph": false}, "m0->logits": {"score": -3.0, "in_graph": true}}}
        """;

    [Test]
    public void Reads_what_EAP_IG_writes()
    {
        CircuitFile file = CircuitFile.Parse(Stored, Config);

        file.Circuit.Edges.Select(edge => edge.Name).Should().Equal("input->m0", "m0->logits");
        file.Scores["m0->logits"].Should().Be(-3);
        file.Scores["input->a0.h0<v>"].Should().Be(-1e-5);
        file.NodeScores.Should().ContainSingle().Which.Should().Be(new KeyValuePair<string, double>("a0.h0", 0.5));
    }

    [Test]
    public void Writes_what_it_reads_and_what_EAP_IG_reads()
    {
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.Path, "circuit.json");
        CircuitFile.Parse(Stored, Config).Write(path, Config);

        CircuitFile again = CircuitFile.Read(path, Config);

        again.Circuit.Edges.Should().Equal(CircuitFile.Parse(Stored, Config).Circuit.Edges);
        again.Scores.Values.Should().Equal(CircuitFile.Parse(Stored, Config).Scores.Values);
        JsonNode.DeepEquals(Sorted(JsonNode.Parse(File.ReadAllText(path))!), Sorted(JsonNode.Parse(Stored)!)).Should().BeTrue("every key of EAP-IG's is there with its value");
    }

    [TestCase("\"n_layers\": 1", "\"n_layers\": 2", "*cfg.n_layers' is 2; the model's is 1*")]
    [TestCase("\"parallel_attn_mlp\": false", "\"parallel_attn_mlp\": true", "*cfg.parallel_attn_mlp' is true*")]
    [TestCase("\"d_model\": 12", "\"d_head\": 12", "*cfg.d_model' is missing; the model's is 12*")]
    [TestCase("\"m0->logits\": {\"score\": -3.0", "\"m7->logits\": {\"score\": -3.0", "*edges.m7->logits' is not in the model's graph*Nearest: m0->logits*")]
    [TestCase("\"input->m0\": {\"score\": 1.5, \"in_graph\": true},", "", "*'edges' lacks 1 of 8, among them input->m0*")]
    [TestCase("\"m0\": {\"in_graph\": true},", "", "*'nodes' lacks 1 of 4, among them m0*")]
    [TestCase("\"score\": 1.5", "\"score\": \"high\"", "*edges.input->m0.score'*no finite number*")]
    [TestCase("{\"score\": 1.5, \"in_graph\": true}", "{\"score\": 1.5, \"in_graph\": 1}", "*edges.input->m0.in_graph'*not true or false*")]
    [TestCase("\"score\": 1.5", "\"score\": NaN", "*is not JSON*NaN*")]
    [TestCase("\"cfg\"", "\"config\"", "*'cfg' is missing*")]
    [TestCase("\"input\": {\"in_graph\": true}", "\"input\": {\"in_graph\": true, \"neurons\": [1.0, 0.0]}", "*nodes.input.neurons' leaves neurons out*")]
    [TestCase("\"score\": 1.5", "\"score\": 1.5, \"score\": 2", "*is not JSON*")]
    public void What_does_not_fit_is_refused(string from, string to, string message)
    {
        Stored.Should().Contain(from);
        Action parse = () => CircuitFile.Parse(Stored.Replace(from, to, StringComparison.Ordinal), Config);

        parse.Should().Throw<FormatException>().WithMessage(message);
    }

    [Test]
    public void A_circuit_is_not_written_for_another_model()
    {
        Action write = () => CircuitFile.Of(Circuit.Full(Graph)).ToJson(SmallTransformer.Config);

        write.Should().Throw<ArgumentException>().WithMessage("*1 layers*3 layers*");
    }

    [Test]
    public void Graphviz()
    {
        CircuitFile file = CircuitFile.Parse(Stored, Config);
        Circuit circuit = file.Circuit.Union(Circuit.Of(Graph, "input->a0.h0<k>"));

        string[] lines = circuit.ToDot(file.Scores).Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

        lines[0].Should().Be("digraph circuit {");
        lines[^1].Should().Be("}");
        lines[3..^1].Should().Equal(
            "\"input\";",
            "\"a0.h0\";",
            "\"m0\";",
            "\"logits\";",
            "\"input\" -> \"a0.h0\" [color=\"#00FF00\", penwidth=0.6, tooltip=\"input->a0.h0<k> 0\"];",
            "\"input\" -> \"m0\" [color=\"#000000\", penwidth=2.5, tooltip=\"input->m0 1.5\"];",
            "\"m0\" -> \"logits\" [color=\"#FF0000\", penwidth=5, tooltip=\"m0->logits -3\"];");
        ((Action)(() => Circuit.Empty(Graph).ToDot())).Should().Throw<ArgumentException>().WithMessage("*empty*");
    }

    private static JsonNode Sorted(JsonNode node) => node is JsonObject entries
        ? new JsonObject(entries.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => KeyValuePair.Create(entry.Key, (JsonNode?)Sorted(entry.Value!))))
        : node.GetValueKind() == System.Text.Json.JsonValueKind.Number ? JsonValue.Create(node.GetValue<double>()) : node.DeepClone();
}
