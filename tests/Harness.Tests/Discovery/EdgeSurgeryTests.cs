using CircuitSpecs.Analysis;
using CircuitSpecs.Discovery;
using CircuitSpecs.Interventions;
using CircuitSpecs.Prompts;
using CircuitSpecs.Tests.Transformer;
using CircuitSpecs.Transformer;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Tests.Discovery;

public sealed class EdgeSurgeryTests
{
    private const double Tolerance = 2e-5;

    public static IEnumerable<string> Models => SmallModels.Names.Where(name => name != "post-norms");

    [Test]
    public void A_circuit_alone_equals_the_definition([ValueSource(nameof(Models))] string name, [Values("corrupt", "zero", "mean")] string ablation)
    {
        using DisposeScope scope = NewDisposeScope();
        using HookedTransformer model = SmallModels.Create(name);
        EvaluationSet prompts = SmallTransformer.Prompts(count: 4);
        Circuit circuit = Some(CircuitGraph.Of(model.Config), 7);
        EdgeAblation outside = ablation switch
        {
            "corrupt" => EdgeAblation.Corrupt,
            "zero" => EdgeAblation.Zero,
            _ => EdgeAblation.Mean(MeanOver.AllPositions),
        };
        Func<Prompt, Dictionary<string, Tensor>> other = Others(model, prompts, ablation);
        var naive = new NaiveEdgeModel(model);

        double[] expected = [.. prompts.Prompts.Select(prompt =>
        {
            Dictionary<string, Tensor> values = other(prompt);
            return naive.LogitDifference(prompt, edge => !circuit.Contains(circuit.Graph[edge]), source => values[source]);
        })];

        double[] asIntervention = [.. model.LogitDifference(prompts, new OnlyCircuit(circuit, outside)).Numerators];
        double[] asRun = new EdgeRuns(model, circuit.Graph, prompts, CircuitMetric.LogitDifference, outside).Measure([new bool[circuit.Graph.Edges.Length], circuit.Outside()])[1];
        ShouldBeNear(asIntervention, expected);
        ShouldBeNear(asRun, expected);
        expected.Zip(model.LogitDifference(prompts).Numerators, (a, b) => Math.Abs(a - b)).Max().Should().BeGreaterThan(0.01, "cutting edges has to matter in this test");
    }

    [Test]
    public void Exact_effects_equal_the_definition_edge_by_edge([ValueSource(nameof(Models))] string name)
    {
        using DisposeScope scope = NewDisposeScope();
        using HookedTransformer model = SmallModels.Create(name);
        EvaluationSet prompts = SmallTransformer.Prompts(count: 2);
        var naive = new NaiveEdgeModel(model);
        Func<Prompt, Dictionary<string, Tensor>> other = Others(model, prompts, "corrupt");
        double clean = model.LogitDifference(prompts).Value;

        EdgeScores scores = model.ExactEdgeEffects(prompts);

        double[] expected = [.. scores.Graph.Edges.Select(edge => clean - prompts.Prompts.Average(prompt =>
        {
            Dictionary<string, Tensor> values = other(prompt);
            return naive.LogitDifference(prompt, name => name == edge.Name, source => values[source]);
        }))];
        ShouldBeNear([.. scores.Values], expected);
    }

    [Test]
    public void Attribution_is_the_slope_of_the_exact_effect([ValueSource(nameof(Models))] string name)
    {
        using DisposeScope scope = NewDisposeScope();
        using HookedTransformer model = SmallModels.Create(name);
        EvaluationSet prompts = SmallTransformer.Prompts(count: 2);
        var naive = new NaiveEdgeModel(model);
        const float step = 0.02f;

        EdgeScores scores = model.EdgeAttribution(prompts);

        foreach (CircuitEdge edge in scores.Graph.Edges.Where((_, index) => index % 7 == 0))
        {
            double slope = prompts.Prompts.Average(prompt =>
            {
                Tensor clean = naive.Outputs(prompt.Tokens)[edge.Source.Name];
                Tensor change = naive.Outputs(prompt.Corrupt!.Value)[edge.Source.Name] - clean;
                double At(float share) => naive.LogitDifference(prompt, other => other == edge.Name, _ => clean + (change * share));
                return (At(-step) - At(step)) / (2 * step);
            });
            scores[edge].Should().BeApproximately(slope, 1e-3, "that is {0}", edge);
        }
    }

    [Test]
    public void Integrated_gradients_with_one_step_are_the_gradient_at_the_corrupted_embedding()
    {
        using DisposeScope scope = NewDisposeScope();
        using HookedTransformer model = SmallTransformer.Create();
        EvaluationSet prompts = SmallTransformer.Prompts(count: 3);

        EdgeScores one = model.EdgeAttributionWithIntegratedGradients(prompts, steps: 1);
        EdgeScores swapped = model.EdgeAttribution(Swapped(prompts));

        // The gradient on the corrupted prompts times (corrupt − clean): the sign of the difference is the other one.
        ShouldBeNear([.. one.Values], [.. swapped.Values.Select(value => -value)]);
    }

    [Test]
    public void Removing_one_edge_after_another_equals_ACDC([Values("grouped", "parallel")] string name)
    {
        using DisposeScope scope = NewDisposeScope();
        using HookedTransformer model = SmallModels.Create(name);
        EvaluationSet prompts = SmallTransformer.Prompts(count: 2);
        const double threshold = 0.004;
        var naive = new NaiveEdgeModel(model);
        Func<Prompt, Dictionary<string, Tensor>> other = Others(model, prompts, "corrupt");
        var graph = CircuitGraph.Of(model.Config);
        double Kl(HashSet<string> removed) => prompts.Prompts.Average(prompt =>
        {
            Dictionary<string, Tensor> values = other(prompt);
            Tensor before = naive.Logits(prompt, _ => false, source => values[source]).to(ScalarType.Float64).log_softmax(-1);
            Tensor after = naive.Logits(prompt, removed.Contains, source => values[source]).to(ScalarType.Float64).log_softmax(-1);
            return (before.exp() * (before - after)).sum().item<double>();
        });

        HashSet<string> removed = [];
        double present = 0;
        foreach (CircuitEdge edge in graph.Edges.OrderByDescending(edge => edge.DestinationIndex).ThenByDescending(edge => edge.SourceIndex))
        {
            double next = Kl([.. removed, edge.Name]);
            if (next - present < threshold)
            {
                removed.Add(edge.Name);
                present = next;
            }
        }

        AcdcResult result = model.DiscoverCircuit(prompts, threshold);

        result.SmallestMargin.Should().BeGreaterThan(1e-5, "else the test says nothing");
        removed.Count.Should().BeInRange(1, graph.Edges.Length - 1);
        result.Kept.Edges.Select(edge => edge.Name).Should().Equal(graph.Edges.Select(edge => edge.Name).Where(edge => !removed.Contains(edge)));
        result.Loss.Should().BeApproximately(present, Tolerance);
    }

    /// <summary>A random half of the edges, the same each time.</summary>
    internal static Circuit Some(CircuitGraph graph, int seed)
    {
        var random = new Random(seed);
        return Circuit.Of(graph, graph.Edges.Where(_ => random.Next(2) == 0));
    }

    private static Func<Prompt, Dictionary<string, Tensor>> Others(HookedTransformer model, EvaluationSet prompts, string ablation)
    {
        var naive = new NaiveEdgeModel(model);
        switch (ablation)
        {
            case "corrupt":
                return prompt => naive.Outputs(prompt.Corrupt!.Value);
            case "zero":
                return prompt => naive.Outputs(prompt.Tokens).ToDictionary(pair => pair.Key, pair => zeros_like(pair.Value));
            default:
                Dictionary<string, Tensor>[] all = [.. prompts.Prompts.Select(prompt => naive.Outputs(prompt.Tokens))];
                return prompt => all[0].Keys.ToDictionary(
                    source => source,
                    source => cat(all.Select(outputs => outputs[source]).ToArray(), 1).mean([1], keepdim: true).expand(1, prompt.Tokens.Length, model.Config.DModel));
        }
    }

    private static EvaluationSet Swapped(EvaluationSet prompts) => new("swapped", 1, prompts.Prompts.Select(prompt => prompt with { Tokens = prompt.Corrupt!.Value, Corrupt = prompt.Tokens }));

    private static void ShouldBeNear(double[] actual, double[] expected)
    {
        actual.Should().HaveCount(expected.Length);
        actual.Zip(expected, (a, b) => Math.Abs(a - b)).Max().Should().BeLessThan(Tolerance);
    }
}
