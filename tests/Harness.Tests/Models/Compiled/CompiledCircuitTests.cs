using CircuitSpecs.Models;
using CircuitSpecs.Models.Compiled;
using CircuitSpecs.Transformer;
using static TorchSharp.torch;

namespace CircuitSpecs.Tests.Models.Compiled;

/// <summary>That the circuit of a compiled model is what it is said to be, found out by patching edges and nothing else.</summary>
[TestFixtureSource(typeof(CompiledModels), nameof(CompiledModels.All))]
public sealed class CompiledCircuitTests(CompiledModel compiled)
{
    private const int Prompts = 12;
    private ModelWeights weights = null!;
    private HookedTransformer model = null!;
    private EdgePatchingReference reference = null!;

    [OneTimeSetUp]
    public void Make()
    {
        weights = compiled.CreateWeights();
        model = new HookedTransformer(weights, compiled.Tokenizer);
        reference = new EdgePatchingReference(model, compiled.Evaluation(Prompts));
    }

    [OneTimeTearDown]
    public void Free()
    {
        reference.Dispose();
        model.Dispose();
        weights.Dispose();
    }

    [Test]
    public void The_reference_gives_the_clean_run_without_edges_and_the_corrupt_run_with_all()
    {
        using Tensor plain = model.Forward(compiled.Evaluation(Prompts).Batches().Single().Tokens());
        (plain.select(1, plain.shape[1] - 1) - reference.CleanLogits).abs().max().item<float>().Should().BeLessThan(1e-4f);
        using Tensor all = reference.Logits(EdgePatchingReference.EdgesOf(model.Config));
        (all - reference.CorruptLogits).abs().max().item<float>().Should().BeLessThan(1e-4f);
        reference.CleanDifference.Should().BeGreaterThan(5);
    }

    [Test]
    public void The_circuit_names_edges_of_the_model_once_each() =>
        compiled.Circuit.Should().OnlyHaveUniqueItems().And.BeSubsetOf(EdgePatchingReference.EdgesOf(model.Config));

    [Test]
    public void Every_edge_of_the_circuit_moves_the_answer()
    {
        foreach (string edge in compiled.Circuit)
        {
            (reference.CleanDifference - reference.DifferenceWith(edge)).Should().BeGreaterThan(0.1 * reference.CleanDifference, edge);
        }
    }

    [Test]
    public void No_edge_outside_moves_a_logit()
    {
        foreach (string edge in EdgePatchingReference.EdgesOf(model.Config).Except(compiled.Circuit))
        {
            reference.LargestChangeWith([edge]).Should().BeLessThan(1e-4, edge);
        }
    }

    [Test]
    public void All_edges_outside_together_move_no_logit_nor_do_any_of_them()
    {
        string[] outside = [.. EdgePatchingReference.EdgesOf(model.Config).Except(compiled.Circuit)];
        reference.LargestChangeWith(outside).Should().BeLessThan(1e-4);
        var random = new Random(1);
        for (int trial = 0; trial < 10; trial++)
        {
            reference.LargestChangeWith(outside.Where(_ => random.Next(2) == 0).ToArray()).Should().BeLessThan(1e-4);
        }
    }

    // The last subspace of every model is the one that nothing of the circuit reads.
    [Test]
    public void A_planted_edge_is_noticed()
    {
        const int noise = 12;
        using ModelWeights changed = compiled.CreateWeights();
        changed["unembed.W_U"].narrow(0, changed.Config.DModel - noise, noise).narrow(1, 1, 2).fill_(1);
        using var planted = new HookedTransformer(changed, compiled.Tokenizer);
        using var patching = new EdgePatchingReference(planted, compiled.Evaluation(Prompts));
        int last = changed.Config.Layers - 1;
        patching.LargestChangeWith([$"a{last}.h1->logits"]).Should().BeGreaterThan(1e-3);
        patching.LargestChangeWith([$"m{last}->logits"]).Should().BeGreaterThan(1e-3);
        patching.LargestChangeWith(["input->logits"]).Should().BeLessThan(1e-4);
    }

    // Otherwise it would be no feat to leave them out.
    [Test]
    public void What_is_beside_the_circuit_is_as_active_as_the_circuit()
    {
        foreach (string source in EdgePatchingReference.EdgesOf(model.Config).Select(edge => edge.Split("->")[0]).Distinct())
        {
            reference.LargestDifferenceOf(source).Should().BeGreaterThan(0.01, source);
        }

        model.Config.Layers.Should().BeGreaterThanOrEqualTo(2);
        model.Config.Heads.Should().BeGreaterThanOrEqualTo(3);
        EdgePatchingReference.EdgesOf(model.Config).Count.Should().BeGreaterThan(10 * compiled.Circuit.Length);
    }

    [Test]
    public void Weights_are_the_same_each_time_and_nobody_elses()
    {
        using ModelWeights again = compiled.CreateWeights();
        again.Hash.Should().Be(weights.Hash);
        foreach (string name in again.Names)
        {
            again[name].eq(weights[name]).all().item<bool>().Should().BeTrue(name);
        }

        CompiledModels.All.Select(model =>
        {
            using ModelWeights others = model.CreateWeights();
            return others.Hash;
        }).Should().OnlyHaveUniqueItems();
    }

    [Test]
    public void Prompts_of_search_and_judgement_share_nothing() =>
        compiled.Evaluation().Prompts.Select(prompt => prompt.Text).Should().NotIntersectWith(compiled.Discovery().Prompts.Select(prompt => prompt.Text));
}
