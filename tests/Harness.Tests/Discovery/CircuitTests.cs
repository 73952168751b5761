using CircuitSpecs.Components;
using CircuitSpecs.Discovery;
using CircuitSpecs.Models;
using CircuitSpecs.Tests.Transformer;

namespace CircuitSpecs.Tests.Discovery;

public sealed class CircuitTests
{
    private static readonly ModelConfig Config = SmallTransformer.Config with { Layers = 2, Heads = 2, DHead = 6, AttentionDivisor = [2, 2] };
    private static readonly CircuitGraph Graph = CircuitGraph.Of(Config);

    [Test]
    public void GPT2_small_has_the_published_number_of_edges()
    {
        CircuitGraph graph = CircuitGraph.Of(SmallTransformer.Config with { Layers = 12, Heads = 12 });

        graph.Edges.Should().HaveCount(32491, "Hanna et al. 2024 count as many");
        graph.Sources.Should().HaveCount(158 - 1);
        graph.Destinations.Should().HaveCount((12 * 37) + 1);
    }

    [Test]
    public void Parallel_blocks_have_no_edge_from_their_heads_to_their_MLP()
    {
        CircuitGraph parallel = CircuitGraph.Of(Config with { ParallelBlock = true });

        Graph.Edges.Select(edge => edge.Name).Except(parallel.Edges.Select(edge => edge.Name)).Should().Equal("a0.h0->m0", "a0.h1->m0", "a1.h0->m1", "a1.h1->m1");
        parallel.Contains("a0.h0->m1").Should().BeTrue();
    }

    [Test]
    public void Attention_only_models_have_no_MLPs()
    {
        CircuitGraph graph = CircuitGraph.Of(Config with { AttentionOnly = true });

        graph.Sources.Select(node => node.Name).Should().Equal("input", "a0.h0", "a0.h1", "a1.h0", "a1.h1");
        graph.Edges.Should().HaveCount(6 + (3 * 6) + 5);
    }

    [Test]
    public void Heads_that_share_keys_and_values_share_their_inputs()
    {
        CircuitGraph graph = CircuitGraph.Of(Config with { Heads = 4, KeyValueHeads = 2, DHead = 3 });

        graph.Destinations.Take(9).Select(input => input.Name).Should().Equal("a0.h0<q>", "a0.h1<q>", "a0.h2<q>", "a0.h3<q>", "a0.kv0<k>", "a0.kv1<k>", "a0.kv0<v>", "a0.kv1<v>", "m0");
        graph["input->a0.kv1<k>"].Destination.Nodes.Select(node => node.Name).Should().Equal("a0.h2", "a0.h3");

        // Head 3 is reached by its group's values, head 0 is not.
        Circuit circuit = Circuit.Of(graph, "input->a0.kv1<v>", "a0.h3->logits", "a0.h0->logits");
        circuit.Pruned().Edges.Select(edge => edge.Name).Should().Equal("input->a0.kv1<v>", "a0.h3->logits");
        circuit.Without(graph.Node("a0.h2")).Count.Should().Be(3, "head 3 still reads the values");
        circuit.Without(graph.Node("a0.h2"), graph.Node("a0.h3")).Edges.Select(edge => edge.Name).Should().Equal("a0.h0->logits");
    }

    [Test]
    public void Unknown_edges_and_nodes_are_refused_with_the_nearest_names()
    {
        ((Func<CircuitEdge>)(() => Graph["m0->a1.h1<x>"])).Should().Throw<ArgumentException>().WithMessage("*no edge 'm0->a1.h1<x>'*2 layers of 2 heads*Nearest: *m0->a1.h1<*");
        ((Func<CircuitEdge>)(() => Graph["m1->a1.h1<q>"])).Should().Throw<ArgumentException>("an MLP writes after its block's heads read");
        ((Func<CircuitNode>)(() => Graph.Node("a1.h7"))).Should().Throw<ArgumentException>().WithMessage("*no node 'a1.h7'*Nearest: a1.h*");
        ((Func<CircuitNode>)(() => CircuitNode.Of(new AttentionLayer(0)))).Should().Throw<ArgumentException>().WithMessage("*heads and MLPs*");
        ((Action)(() => Graph.RequireFits(Config with { Layers = 3 }))).Should().Throw<ArgumentException>().WithMessage("*2 layers*3 layers*");
        CircuitNode.Of(new Head(1, 0)).Should().Be(Graph.Node("a1.h0"));
        CircuitNode.Of(new Mlp(1)).Component.Should().Be(new Mlp(1));
    }

    [Test]
    public void Pruning_leaves_the_edges_on_paths_from_input_to_logits()
    {
        Circuit circuit = Circuit.Of(Graph, "input->m0", "m0->a1.h0<v>", "a1.h0->logits", "a0.h0->a1.h0<q>", "m0->m1", "a1.h1->logits");

        circuit.Pruned().Edges.Select(edge => edge.Name).Should().Equal("input->m0", "m0->a1.h0<v>", "a1.h0->logits");
        circuit.Pruned().Nodes.Select(node => node.Name).Should().Equal("input", "m0", "a1.h0");
        Circuit.Of(Graph, "m0->logits").Pruned().IsEmpty.Should().BeTrue();
        Circuit.Full(Graph).Pruned().Count.Should().Be(Graph.Edges.Length);
    }

    [Test]
    public void Sets_of_edges()
    {
        Circuit left = Circuit.Of(Graph, "input->m0", "m0->logits");
        Circuit right = Circuit.Of(Graph, "input->m0", "input->logits");

        left.Union(right).Count.Should().Be(3);
        left.Intersect(right).Edges.Should().Equal(Graph["input->m0"]);
        left.Complement().Count.Should().Be(Graph.Edges.Length - 2);
        left.Without(Graph["m0->logits"]).Edges.Should().Equal(Graph["input->m0"]);
        Circuit.Between(Graph, [Graph.Node("m0")]).Edges.Select(edge => edge.Name).Should().Equal("input->m0", "input->logits", "m0->logits");
        ((Action)(() => left.Union(Circuit.Full(CircuitGraph.Of(SmallTransformer.Config))))).Should().Throw<ArgumentException>().WithMessage("*2 layers*3 layers*");
        left.ToString().Should().Be($"2 of {Graph.Edges.Length} edges: input->m0, m0->logits");
    }

    [Test]
    public void Selections_equal_their_definition([Values] bool absolute, [Values(1, 2, 5, 17, 40)] int count)
    {
        var random = new Random(3);
        var scores = new EdgeScores("random", Graph, Graph.Edges.Select(_ => random.NextDouble() - 0.5));
        double Rank(CircuitEdge edge) => absolute ? Math.Abs(scores[edge]) : scores[edge];
        HashSet<CircuitEdge> greedy = [];
        HashSet<CircuitNode> reached = [CircuitNode.Logits];
        while (greedy.Count < count)
        {
            CircuitEdge best = Graph.Edges.Where(edge => !greedy.Contains(edge) && edge.Destination.Nodes.Any(reached.Contains)).MaxBy(Rank)!;
            greedy.Add(best);
            reached.Add(best.Source);
        }

        scores.Greedy(count, absolute).Edges.Should().BeEquivalentTo(greedy);
        Circuit top = scores.Top(count, absolute);
        top.Count.Should().Be(count);
        top.Edges.Min(Rank).Should().BeGreaterThan(top.Complement().Edges.Max(Rank));
        scores.AtLeast(top.Edges.Min(Rank), absolute).Edges.Should().Equal(top.Edges);
    }

    [Test]
    public void Scores_that_cannot_rank_are_refused()
    {
        ((Action)(() => _ = new EdgeScores("few", Graph, [1, 2]))).Should().Throw<ArgumentException>().WithMessage("*2 scores*one for each edge*");
        ((Action)(() => _ = new EdgeScores("broken", Graph, Graph.Edges.Select(edge => edge.Index == 3 ? double.NaN : 0)))).Should().Throw<ArgumentException>().WithMessage($"*NaN at {Graph.Edges[3]}*");
        ((Action)(() => new EdgeScores("zero", Graph, new double[Graph.Edges.Length]).Top(1000))).Should().Throw<ArgumentOutOfRangeException>();
    }

    [Test]
    public void Recovery_of_a_known_circuit()
    {
        Circuit known = Circuit.Of(Graph, "input->m0", "m0->logits", "input->logits");
        Circuit found = Circuit.Of(Graph, "input->m0", "m0->logits", "m0->m1", "m1->logits");

        var overlap = CircuitOverlap.Of(found, known);
        overlap.Should().Be(new CircuitOverlap(2, 2, 1, Graph.Edges.Length - 5));
        overlap.Precision.Should().Be(0.5);
        overlap.Recall.Should().BeApproximately(2 / 3.0, 1e-15);
        overlap.F1.Should().BeApproximately(4 / 7.0, 1e-15);
        ((Action)(() => CircuitOverlap.Of(found, Circuit.Empty(Graph)))).Should().Throw<ArgumentException>().WithMessage("*empty*");

        // Two of three known edges score 2, the third ties with all others at 0: the area is 2/3 + 1/3 · ½.
        var scores = new EdgeScores("planted", Graph, Graph.Edges.Select(edge => edge.Name is "input->m0" or "m0->logits" ? -2.0 : 0));
        EdgeRoc.Of(scores, known).Area.Should().BeApproximately((2 / 3.0) + (1 / 6.0), 1e-12);
        EdgeRoc.Of(scores, known, absolute: false).Area.Should().BeApproximately(1 / 6.0, 1e-12);
        EdgeRoc.Of(scores, known).Points.Should().Equal((double.PositiveInfinity, 0, 0), (2, 0, 2 / 3.0), (0, 1, 1));
        ((Action)(() => EdgeRoc.Of(scores, Circuit.Full(Graph)))).Should().Throw<ArgumentException>().WithMessage("*inside and outside*");
    }
}
