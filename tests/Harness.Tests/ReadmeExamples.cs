using CircuitSpecs.Analysis;
using CircuitSpecs.Components;
using CircuitSpecs.Discovery;
using CircuitSpecs.Interventions;
using CircuitSpecs.Interventions.Sweeps;
using CircuitSpecs.Models;
using CircuitSpecs.Prompts;
using CircuitSpecs.Statistics;
using CircuitSpecs.Tests.Prompts;
using CircuitSpecs.Tests.Transformer;
using CircuitSpecs.Transformer;
using static TorchSharp.torch;

namespace CircuitSpecs.Tests;

/// <summary>What the README shows that no shipped claim contains.</summary>
public class ReadmeExamples
{
    [Test]
    public void Cache_takes_hooks_names_and_shorthands_side_by_side()
    {
        HookedTransformer model = SmallTransformer.Create();
        using Tensor tokens = SmallTransformer.Tokens();

        using CachedRun run = model.RunWithCache(tokens, [Hook.Pattern(2), "blocks.2.attn.hook_z", ("resid_post", 1)]);
        Tensor pattern = run.Cache[Hook.Pattern(2)];

        pattern.shape.Should().Equal(2, 3, 6, 6);
        run.Cache.Points.Should().HaveCount(3);
    }

    [Test]
    public void The_bench_of_the_analyst()
    {
        using HookedTransformer model = new(ModelStore.Default.Weights("organism-a"), OrganismTokenizer.Instance);
        EvaluationSet pairs = IndirectObjectIdentification.Evaluation(model.Tokenizer, count: 16);

        Sweep sweep = Sweep.HeadsByPosition(model, pairs, SweepDirection.Denoising, positions: ["S2", "END"]);
        Console.WriteLine(sweep.Cost);
        SweepResult patched = sweep.Run();

        PerPrompt path = model.LogitDifference(pairs, PathPatch.Noising(new Head(1, 2), PathReceiver.Queries("3.0"), PathMlps.Recomputed)) - model.LogitDifference(pairs);

        EdgeScores scores = model.EdgeAttributionWithIntegratedGradients(IndirectObjectIdentification.Discovery(model.Tokenizer, count: 16));
        Circuit circuit = scores.Greedy(60);
        PerPrompt faithfulness = model.Faithfulness(pairs, circuit);
        CircuitTestResult sufficient = model.TestSufficiency(pairs, circuit, new CircuitTestOptions { Draws = 40 });
        string dot = circuit.ToDot(scores);

        patched.Cells.Should().HaveCount(4 * 5 * 2);
        patched[2, 1, "END"].Numerators.Should().BeEquivalentTo(model.LogitDifference(pairs, ActivationPatch.Denoising(new Head(2, 1), "END")).Numerators, options => options.Using<double>(pair => pair.Subject.Should().BeApproximately(pair.Expectation, 1e-4)).WhenTypeIs<double>());
        path.Value.Should().NotBe(0);
        circuit.Count.Should().Be(60);
        faithfulness.Count.Should().Be(16);
        sufficient.Name.Should().Be("sufficiency");
        dot.Should().StartWith("digraph");
    }
}
