using System.Collections.Immutable;
using CircuitSpecs.Analysis;
using CircuitSpecs.Discovery;
using CircuitSpecs.Models;
using CircuitSpecs.Models.Compiled;
using CircuitSpecs.Prompts;
using CircuitSpecs.Transformer;

namespace CircuitSpecs.Tests.Models.Compiled;

/// <summary>Discovery on models whose circuits are known edge for edge.</summary>
[TestFixtureSource(typeof(CompiledModels), nameof(CompiledModels.All))]
public sealed class GroundTruthTests(CompiledModel compiled)
{
    [Test]
    public void The_graph_has_the_models_edges() =>
        CircuitGraph.Of(GroundTruthRun.Of(compiled).Config).Edges.Select(edge => edge.Name).Should().BeEquivalentTo(EdgePatchingReference.EdgesOf(GroundTruthRun.Of(compiled).Config));

    [TestCase(GroundTruthRun.Exact)]
    [TestCase(GroundTruthRun.Acdc)]
    public void Exact_methods_find_the_circuit_and_nothing_else(string method) =>
        GroundTruthRun.Of(compiled)[method].Found.Edges.Select(edge => edge.Name).Should().BeEquivalentTo(compiled.Circuit);

    [Test]
    public void Exact_effects_rank_every_edge_of_the_circuit_above_every_other()
    {
        EdgeRecovery exact = GroundTruthRun.Of(compiled)[GroundTruthRun.Exact];
        exact.AreaUnderCurve.Should().Be(1);
        exact.Top!.Edges.Should().Equal(exact.Known.Edges);
        exact.Greedy!.Edges.Should().Equal(exact.Known.Edges);
    }

    [Test]
    public void Acdcs_decisions_are_nowhere_near_their_threshold()
    {
        AcdcResult result = GroundTruthRun.Of(compiled).AcdcResult;
        result.SmallestMargin.Should().BeGreaterThan(0.5 * GroundTruthRun.AcdcThreshold);
        result.Loss.Should().BeLessThan(1e-5);
        result.Pruned.Edges.Should().Equal(result.Kept.Edges);
    }

    [Test]
    public void Exact_effects_are_those_of_patching_with_hooks()
    {
        using ModelWeights weights = compiled.CreateWeights();
        using var model = new HookedTransformer(weights, compiled.Tokenizer);
        EvaluationSet prompts = compiled.Evaluation(4);
        using var reference = new EdgePatchingReference(model, prompts);
        EdgeScores scores = model.ExactEdgeEffects(prompts);
        foreach (string edge in EdgePatchingReference.EdgesOf(model.Config))
        {
            scores[edge].Should().BeApproximately(reference.CleanDifference - reference.DifferenceWith(edge), 1e-4, edge);
        }
    }

    [Test]
    public void The_circuit_alone_does_what_the_model_does_and_without_any_edge_of_it_less()
    {
        using ModelWeights weights = compiled.CreateWeights();
        using var model = new HookedTransformer(weights, compiled.Tokenizer);
        EvaluationSet prompts = compiled.Evaluation();
        Circuit circuit = Circuit.Of(CircuitGraph.Of(model.Config), compiled.Circuit);
        circuit.Pruned().Edges.Should().Equal(circuit.Edges);
        model.CircuitPerformance(prompts, circuit).Numerators.Zip(model.LogitDifference(prompts).Numerators).Should().OnlyContain(pair => Math.Abs(pair.First - pair.Second) < 1e-3);
        model.Faithfulness(prompts, circuit).Value.Should().BeApproximately(1, 1e-5);
        foreach (CircuitEdge edge in circuit.Edges)
        {
            model.CircuitPerformance(prompts, circuit.Without(edge)).Value.Should().BeLessThan(0.9 * model.LogitDifference(prompts).Value, edge.Name);
        }
    }

    [Test]
    public void Every_node_of_the_circuit_is_needed()
    {
        using ModelWeights weights = compiled.CreateWeights();
        using var model = new HookedTransformer(weights, compiled.Tokenizer);
        EvaluationSet prompts = compiled.Evaluation(8);
        Circuit circuit = Circuit.Of(CircuitGraph.Of(model.Config), compiled.Circuit);
        ImmutableArray<MinimalityScore> scores = model.MinimalityScores(prompts, circuit);
        scores.Select(score => score.Node).Should().BeEquivalentTo(circuit.Nodes.Where(node => node != CircuitNode.Input));
        scores.Should().OnlyContain(score => score.Score > 0.1 * model.LogitDifference(prompts).Value);
    }
}
