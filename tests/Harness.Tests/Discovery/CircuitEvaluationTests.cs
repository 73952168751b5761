using System.Collections.Immutable;
using CircuitSpecs.Analysis;
using CircuitSpecs.Claims;
using CircuitSpecs.Discovery;
using CircuitSpecs.Interventions;
using CircuitSpecs.Prompts;
using CircuitSpecs.Statistics;
using CircuitSpecs.Tests.Transformer;
using CircuitSpecs.Transformer;

namespace CircuitSpecs.Tests.Discovery;

public sealed class CircuitEvaluationTests
{
    private const double Tolerance = 2e-5;

    private static readonly CircuitGraph Graph = CircuitGraph.Of(SmallTransformer.Config);

    [Test]
    public void Faithfulness_is_the_share_between_nothing_and_the_whole_model()
    {
        using HookedTransformer model = SmallTransformer.Create();
        EvaluationSet prompts = SmallTransformer.Prompts();
        Circuit circuit = EdgeSurgeryTests.Some(Graph, 2).Pruned();
        double corrupt = model.LogitDifference(prompts, CorruptRun.Instance).Value;
        double clean = model.LogitDifference(prompts).Value;
        double alone = model.LogitDifference(prompts, new OnlyCircuit(circuit, EdgeAblation.Corrupt)).Value;

        PerPrompt faithfulness = model.Faithfulness(prompts, circuit);

        faithfulness.IsRatio.Should().BeTrue();
        faithfulness.Count.Should().Be(prompts.Count);
        faithfulness.Value.Should().BeApproximately((alone - corrupt) / (clean - corrupt), 1e-4);
        model.Faithfulness(prompts, Circuit.Full(Graph)).Value.Should().Be(1);
        model.Faithfulness(prompts, circuit, CircuitMetric.AnswerLogProbability, EdgeAblation.Zero).Value.Should().BeApproximately(
            ((model.AnswerLogProbability(prompts, new OnlyCircuit(circuit, EdgeAblation.Zero)) - model.AnswerLogProbability(prompts, new OnlyCircuit(Circuit.Empty(Graph), EdgeAblation.Zero))).Value)
            / (model.AnswerLogProbability(prompts) - model.AnswerLogProbability(prompts, new OnlyCircuit(Circuit.Empty(Graph), EdgeAblation.Zero))).Value,
            1e-4);
    }

    [Test]
    public void With_all_edges_cut_the_corrupted_run_is_left()
    {
        using HookedTransformer model = SmallTransformer.Create();
        EvaluationSet prompts = SmallTransformer.Prompts();

        double[] cut = [.. model.CircuitPerformance(prompts, Circuit.Empty(Graph)).Numerators];

        cut.Zip(model.LogitDifference(prompts, CorruptRun.Instance).Numerators, (a, b) => Math.Abs(a - b)).Max().Should().BeLessThan(Tolerance);
    }

    [Test]
    public void Means_are_over_the_reference_prompts_at_their_positions()
    {
        using HookedTransformer model = SmallTransformer.Create();
        EvaluationSet prompts = SmallTransformer.Prompts();
        EvaluationSet others = SmallTransformer.Prompts(seed: 9);

        double each = Measure(EdgeAblation.Mean(MeanOver.EachPosition, others));
        Circuit embedding = Circuit.Of(Graph, Graph.Edges.Where(edge => edge.Source == CircuitNode.Input)).Complement();

        each.Should().NotBeApproximately(Measure(EdgeAblation.Mean(MeanOver.AllPositions, others)), 1e-4);
        each.Should().NotBeApproximately(Measure(EdgeAblation.Mean()), 1e-4);

        // Cutting every edge from the embedding is ablating the embedding.
        model.LogitDifference(prompts, new OnlyCircuit(embedding, EdgeAblation.Mean(MeanOver.EachPosition, others))).Value
            .Should().BeApproximately(model.LogitDifference(prompts, Ablate.Mean(Hook.Embed, MeanOver.EachPosition, others)).Value, Tolerance);

        double Measure(EdgeAblation outside) => model.CircuitPerformance(prompts, EdgeSurgeryTests.Some(Graph, 2), outside: outside).Value;
    }

    [Test]
    public void Areas_of_a_curve()
    {
        using HookedTransformer model = SmallTransformer.Create();
        EvaluationSet prompts = SmallTransformer.Prompts();
        var whole = new EdgeScores("equal", Graph, Graph.Edges.Select(_ => 1.0));

        FaithfulnessCurve curve = model.FaithfulnessCurve(prompts, whole, CircuitSelection.Top, absolute: true, [0.5, 0.75, 1]);

        double[] values = [.. curve.Points.Select(point => point.Faithfulness.Value)];
        values[2].Should().Be(1);
        curve.CircuitPerformanceRatio.Should().BeApproximately(0.125 * (values[0] + (2 * values[1]) + 1), 1e-12);
        curve.CircuitModelDistance.Should().BeApproximately(0.125 * (Math.Abs(1 - values[0]) + (2 * Math.Abs(1 - values[1]))), 1e-12);
        ((Action)(() => model.FaithfulnessCurve(prompts, whole, CircuitSelection.Top, true, [0.5]))).Should().Throw<ArgumentException>().WithMessage("*at least two shares*");
        ((Action)(() => model.FaithfulnessCurve(prompts, whole, CircuitSelection.Top, true, [0.5, 0.2]))).Should().Throw<ArgumentException>().WithMessage("*grow*");
    }

    [Test]
    public void Completeness_compares_circuit_and_model_without_the_same_nodes()
    {
        using HookedTransformer model = SmallTransformer.Create();
        EvaluationSet prompts = SmallTransformer.Prompts();
        Circuit circuit = EdgeSurgeryTests.Some(Graph, 2).Pruned();
        CircuitNode[] nodes = [Graph.Node("a1.h1"), Graph.Node("m0")];

        CircuitKnockout knockout = model.WithoutNodes(prompts, circuit, nodes);

        knockout.Circuit.Value.Should().BeApproximately(model.LogitDifference(prompts, new OnlyCircuit(circuit.Without(nodes), EdgeAblation.Corrupt)).Value, Tolerance);
        double whole = model.LogitDifference(prompts, new OnlyCircuit(Circuit.Of(Graph, Graph.Edges.Where(edge => !nodes.Contains(edge.Source))), EdgeAblation.Corrupt)).Value;
        knockout.Model.Value.Should().BeApproximately(whole, Tolerance, "what a knocked-out node reads does not matter");
        knockout.Incompleteness.Should().BeApproximately(Math.Abs(knockout.Circuit.Value - knockout.Model.Value), 1e-12);
        model.WithoutNodes(prompts, Circuit.Full(Graph), nodes).Incompleteness.Should().Be(0);
        ((Action)(() => model.WithoutNodes(prompts, Circuit.Of(Graph, "input->logits"), nodes))).Should().Throw<ArgumentException>().WithMessage("*'a1.h1' is not*");
    }

    [Test]
    public void The_worst_knockouts_are_searched()
    {
        using HookedTransformer model = SmallTransformer.Create();
        EvaluationSet prompts = SmallTransformer.Prompts(count: 3);
        Circuit circuit = EdgeSurgeryTests.Some(Graph, 2).Pruned();
        CircuitNode[] inside = [.. circuit.Nodes.Where(node => node.Kind != CircuitNodeKind.Input)];

        ImmutableArray<CircuitKnockout> greedy = model.GreedyKnockouts(prompts, circuit, size: 2);
        ImmutableArray<CircuitKnockout> random = model.RandomKnockouts(prompts, circuit, samples: 5, seed: 1);

        greedy.Select(knockout => knockout.Nodes.Length).Should().Equal(0, 1, 2);
        greedy[1].Incompleteness.Should().BeApproximately(inside.Max(node => model.WithoutNodes(prompts, circuit, [node]).Incompleteness), Tolerance);
        greedy[2].Nodes[0].Should().Be(greedy[1].Nodes[0]);
        random.Should().HaveCount(6);
        random.Should().Contain(knockout => knockout.Nodes.IsEmpty);
        random.Select(knockout => knockout.Incompleteness).Should().BeInDescendingOrder();
        random.Select(knockout => string.Join(' ', knockout.Nodes)).Should().Equal(model.RandomKnockouts(prompts, circuit, 5, 1).Select(knockout => string.Join(' ', knockout.Nodes)));
    }

    [Test]
    public void Minimality_looks_for_the_others_under_which_a_node_matters()
    {
        using HookedTransformer model = SmallTransformer.Create();
        EvaluationSet prompts = SmallTransformer.Prompts(count: 3);
        Circuit circuit = Circuit.Between(Graph, [Graph.Node("a0.h1"), Graph.Node("m1"), Graph.Node("a2.h0")]);
        double F(params CircuitNode[] gone) => model.LogitDifference(prompts, new OnlyCircuit(circuit.Without(gone), EdgeAblation.Corrupt)).Value;

        ImmutableArray<MinimalityScore> alone = model.MinimalityScores(prompts, circuit);
        ImmutableArray<MinimalityScore> backed = model.MinimalityScores(prompts, circuit, others: 1);

        alone.Select(score => score.Node).Should().BeEquivalentTo(circuit.Nodes.Where(node => node.Component is not null));
        alone.Select(score => score.Score).Should().BeInAscendingOrder();
        foreach (MinimalityScore score in alone)
        {
            score.Others.Should().BeEmpty();
            score.Score.Should().BeApproximately(Math.Abs(F() - F(score.Node)), Tolerance);
            double best = circuit.Nodes.Where(node => node.Component is not null && node != score.Node).Max(other => Math.Abs(F(other) - F(other, score.Node)));
            backed.Single(other => other.Node == score.Node).Score.Should().BeApproximately(Math.Max(score.Score, best), Tolerance);
        }
    }

    [Test]
    public void Bad_input_is_refused()
    {
        using HookedTransformer model = SmallTransformer.Create();
        using HookedTransformer normed = SmallModels.Create("post-norms");
        EvaluationSet prompts = SmallTransformer.Prompts();
        var equal = new EvaluationSet("equal", 1, prompts.Prompts.Select(prompt => prompt with { Corrupt = prompt.Tokens }));
        var unequal = new EvaluationSet("unequal", 1, prompts.Prompts.Select(prompt => prompt with { Corrupt = [.. prompt.Tokens, 1] }));
        var alone = new EvaluationSet("alone", 1, prompts.Prompts.Select(prompt => prompt with { Corrupt = null }));
        var unanswered = new EvaluationSet("unanswered", 1, prompts.Prompts.Select(prompt => prompt with { Answer = null }));
        Action Run<T>(Func<T> run) => () => run();

        Run(() => model.Faithfulness(prompts, Circuit.Empty(Graph))).Should().Throw<ArgumentException>().WithMessage("*circuit is empty*Select at least one edge*");
        Run(() => model.Faithfulness(prompts, Circuit.Of(Graph, "m0->logits"))).Should().Throw<ArgumentException>().WithMessage("*No edge of the circuit lies on a path*m0->logits*");
        Run(() => model.Faithfulness(prompts, Circuit.Full(CircuitGraph.Of(normed.Config)))).Should().Throw<ArgumentException>().WithMessage("*2 layers*3 layers*");
        Run(() => normed.EdgeAttribution(prompts)).Should().Throw<NotSupportedException>().WithMessage("*ln1_post*");
        Run(() => normed.LogitDifference(prompts, new OnlyCircuit(Circuit.Empty(CircuitGraph.Of(normed.Config)), EdgeAblation.Zero))).Should().Throw<NotSupportedException>();
        Run(() => model.EdgeAttribution(equal)).Should().Throw<InvalidExperimentException>().WithMessage("*Clean equals corrupt*");
        Run(() => model.EdgeAttribution(unequal)).Should().Throw<InvalidOperationException>().WithMessage("*5 tokens and its corrupted twin 6*equal length*");
        Run(() => model.DiscoverCircuit(alone, 0.1)).Should().Throw<Exception>().WithMessage("*corrupt*");
        Run(() => model.CircuitPerformance(alone, Circuit.Empty(Graph), outside: EdgeAblation.Zero)).Should().NotThrow("zero needs no twins");
        Run(() => model.EdgeAttribution(unanswered)).Should().Throw<InvalidOperationException>().WithMessage("*no answer*");
        Run(() => model.EdgeAttribution(prompts, CircuitMetric.KlDivergence)).Should().Throw<ArgumentException>().WithMessage("*no slope*");
        Run(() => model.DiscoverCircuit(prompts, -1)).Should().Throw<ArgumentOutOfRangeException>().WithMessage("*at least 0*");
        Run(() => model.EdgeAttribution(prompts, new CircuitMetric("whole", true, (logits, _, _) => logits.sum()))).Should().Throw<InvalidOperationException>().WithMessage("*'whole' gave*it has to give*");
    }

    [Test]
    public void Long_searches_tell_how_far_they_are_and_can_be_cancelled()
    {
        using HookedTransformer model = SmallTransformer.Create();
        EvaluationSet prompts = SmallTransformer.Prompts(count: 2);
        var reports = new Reports<DiscoveryProgress>();

        model.ExactEdgeEffects(prompts, progress: reports);

        reports.All[0].Done.Should().Be(0, "the number of steps is known before the first");
        reports.All[^1].Done.Should().Be(Graph.Edges.Length);
        reports.All.Select(report => report.Total).Distinct().Should().Equal(Graph.Edges.Length);
        foreach (Action<CancellationToken, IProgress<DiscoveryProgress>> search in (Action<CancellationToken, IProgress<DiscoveryProgress>>[])
        [
            (cancellation, progress) => model.ExactEdgeEffects(prompts, progress: progress, cancellation: cancellation),
            (cancellation, progress) => model.DiscoverCircuit(prompts, 0.01, progress: progress, cancellation: cancellation),
            (cancellation, progress) => model.EdgeAttributionWithIntegratedGradients(prompts, progress: progress, cancellation: cancellation),
        ])
        {
            using var source = new CancellationTokenSource();
            int seen = 0;
            var stopping = new Reports<DiscoveryProgress>(_ =>
            {
                if (++seen == 2)
                {
                    source.Cancel();
                }
            });
            ((Action)(() => search(source.Token, stopping))).Should().Throw<OperationCanceledException>();
            stopping.All[^1].Done.Should().BeLessThan(stopping.All[^1].Total);
        }
    }
}
