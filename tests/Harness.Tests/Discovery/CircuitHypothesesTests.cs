using CircuitSpecs.Claims;
using CircuitSpecs.Discovery;
using CircuitSpecs.Models;
using CircuitSpecs.Models.Compiled;
using CircuitSpecs.Prompts;
using CircuitSpecs.Statistics;
using CircuitSpecs.Tests.Prompts;
using CircuitSpecs.Transformer;

namespace CircuitSpecs.Tests.Discovery;

/// <summary>On models whose circuit is known: the circuit passes, one with an edge too few or too many fails the test that is about that.</summary>
public sealed class CircuitHypothesesTests
{
    private static readonly EvaluationSet Prompts = CompiledModels.Induction.Evaluation(90);
    private static readonly CircuitTestOptions Options = new() { Draws = 60 };

    private readonly HookedTransformer model = new(CompiledModels.Induction.CreateWeights(), CompiledModels.Induction.Tokenizer);

    private CircuitGraph Graph => CircuitGraph.Of(model.Config);

    private Circuit Known => Circuit.Of(Graph, CompiledModels.Induction.Circuit);

    [OneTimeTearDown]
    public void Free()
    {
        model.Dispose();
        model.Weights.Dispose();
    }

    [Test]
    public void The_known_circuit_is_equivalent_minimal_sufficient_and_partially_necessary()
    {
        model.TestEquivalence(Prompts, Known, Options).Verdict.Should().Be(Verdict.Supported);
        model.TestMinimality(Prompts, Known, Options).Verdict.Should().Be(Verdict.Supported);
        model.TestSufficiency(Prompts, Known, Options).Verdict.Should().Be(Verdict.Supported);
        model.TestPartialNecessity(Prompts, Known, Options with { DrawFromComplement = true }).Verdict.Should().Be(Verdict.Supported);
    }

    [Test]
    public void A_circuit_that_lacks_an_edge_is_not_equivalent()
    {
        CircuitTestResult result = model.TestEquivalence(Prompts, Known.Without(Known.Edges[^1]), Options);

        result.Verdict.Should().Be(Verdict.Refuted);
        result.PassesAsPublished.Should().BeFalse();
    }

    [Test]
    public void Edges_that_do_nothing_are_found_removable()
    {
        string[] idle = [.. Known.Complement().Edges.Take(2).Select(edge => edge.Name)];

        CircuitMinimalityResult result = model.TestMinimality(Prompts, Known.Union(Circuit.Of(Graph, idle)), Options);

        result.Verdict.Should().Be(Verdict.Refuted);
        result.Removable.Should().BeEquivalentTo(idle);
    }

    [Test]
    public void Edges_outside_of_the_known_circuit_are_neither_sufficient_nor_necessary()
    {
        Circuit idle = RandomCircuits.Like(Known, SeededRandom.For(3, "test")).Without(Known.Edges);

        model.TestSufficiency(Prompts, idle, Options).Verdict.Should().NotBe(Verdict.Supported);
        model.TestPartialNecessity(Prompts, idle, Options).Verdict.Should().Be(Verdict.Refuted);
    }

    [Test]
    public void What_the_rest_of_the_model_knows_refutes_that_an_idle_edge_is_all_there_is()
    {
        using HookedTransformer organism = new(ModelStore.Default.Weights("organism-a"), OrganismTokenizer.Instance);
        Circuit idle = Circuit.Of(CircuitGraph.Of(organism.Config), "input->a3.h0<q>");

        organism.TestIndependence(IndirectObjectIdentification.Evaluation(OrganismTokenizer.Instance, count: 24), idle, Options).Verdict.Should().Be(Verdict.Refuted);
    }

    [Test]
    public void A_score_that_never_varies_tells_nothing()
    {
        FluentActions.Invoking(() => model.TestIndependence(Prompts, Circuit.Of(Graph, Known.Complement().Edges.Take(1)), Options))
            .Should().Throw<ArgumentException>().WithMessage("*constant*score that varies*");
    }

    [Test]
    public void Random_circuits_have_as_many_edges_into_every_kind_of_input()
    {
        SeededRandom random = SeededRandom.For(1, "test");

        Circuit[] drawn = [.. Enumerable.Range(0, 20).Select(_ => RandomCircuits.Like(Known, random))];

        drawn.Select(Profile).Should().AllBe(Profile(Known));
        drawn.Select(circuit => circuit.ToString()).Distinct().Should().HaveCountGreaterThan(10);

        static string Profile(Circuit circuit) => string.Join(' ', circuit.Edges.Select(edge => $"{edge.Destination.Kind}{edge.Destination.Layer}").Order(StringComparer.Ordinal));
    }

    [Test]
    public void Random_paths_lead_from_the_input_to_the_logits()
    {
        SeededRandom random = SeededRandom.For(1, "test");
        for (int draw = 0; draw < 50; draw++)
        {
            var path = RandomCircuits.Path(Graph, random);
            path[0].Source.Should().Be(CircuitNode.Input);
            path[^1].Destination.Name.Should().Be("logits");
            path.Zip(path.Skip(1)).All(step => step.First.Destination.Nodes.Contains(step.Second.Source)).Should().BeTrue();
        }
    }

    [Test]
    public void Progress_is_told_and_a_test_can_be_ended()
    {
        using var source = new CancellationTokenSource();
        var progress = new Reports<DiscoveryProgress>(_ => source.Cancel());

        FluentActions.Invoking(() => model.TestSufficiency(Prompts, Known, Options with { Progress = progress, Cancellation = source.Token })).Should().Throw<OperationCanceledException>();
        progress.All.Should().ContainSingle().Which.Total.Should().Be(62);
    }

    [Test]
    public void Circuits_that_cannot_be_tested_are_refused()
    {
        FluentActions.Invoking(() => model.TestSufficiency(Prompts, Circuit.Empty(Graph), Options)).Should().Throw<ArgumentException>().WithMessage("*empty*at least one edge*");
        FluentActions.Invoking(() => model.TestMinimality(Prompts, Circuit.Full(Graph), Options)).Should().Throw<ArgumentException>().WithMessage("*whole model*smaller circuit*");
    }
}
