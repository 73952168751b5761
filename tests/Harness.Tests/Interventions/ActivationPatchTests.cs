using CircuitSpecs.Analysis;
using CircuitSpecs.Claims;
using CircuitSpecs.Components;
using CircuitSpecs.Interventions;
using CircuitSpecs.Prompts;
using CircuitSpecs.Tests.Transformer;
using CircuitSpecs.Transformer;

namespace CircuitSpecs.Tests.Interventions;

public sealed class ActivationPatchTests
{
    private readonly HookedTransformer model = SmallTransformer.Create();
    private readonly EvaluationSet prompts = SmallTransformer.Prompts();

    [OneTimeTearDown]
    public void TearDown() => model.Dispose();

    [Test]
    public void Patching_the_whole_residual_stream_turns_one_run_into_the_other()
    {
        double[] clean = [.. model.LogitDifference(prompts).Numerators];
        double[] corrupt = [.. model.LogitDifference(prompts, CorruptRun.Instance).Numerators];

        corrupt.Should().NotEqual(clean);
        model.LogitDifference(prompts, ActivationPatch.Denoising(Hook.ResidPre(1))).Numerators.Should().Equal(clean);
        model.LogitDifference(prompts, ActivationPatch.Noising(Hook.ResidPre(1))).Numerators.Should().Equal(corrupt);
        model.LogitDifferenceRestored(prompts, ActivationPatch.Denoising(Hook.ResidPre(1))).Value.Should().BeApproximately(1, 1e-12);
    }

    [Test]
    public void Named_position_is_where_the_prompts_differ()
    {
        double[] clean = [.. model.LogitDifference(prompts).Numerators];

        model.LogitDifference(prompts, ActivationPatch.Denoising(Hook.ResidPre(0), at: "S")).Numerators.Should().Equal(clean);
        model.LogitDifference(prompts, ActivationPatch.Denoising(Hook.ResidPre(0), at: 2)).Numerators.Should().Equal(clean);
    }

    [Test]
    public void Position_without_a_difference_is_no_experiment()
    {
        Action measure = () => model.LogitDifference(prompts, ActivationPatch.Noising(Hook.ResidPre(0), at: "END"));

        measure.Should().Throw<InvalidExperimentException>().WithMessage("*changed nothing*noise: clean prompts with the corrupted blocks.0.hook_resid_pre at END*");
    }

    [Test]
    public void Prompts_that_equal_their_twins_are_no_experiment()
    {
        var same = new EvaluationSet("same", 0, prompts.Prompts.Select(prompt => prompt with { Corrupt = prompt.Tokens }));

        new Action(() => model.LogitDifference(same, ActivationPatch.Noising((Head)"1.1"))).Should().Throw<InvalidExperimentException>().WithMessage("*equals corrupt*");
        new Action(() => model.LogitDifference(same, CorruptRun.Instance)).Should().Throw<InvalidExperimentException>().WithMessage("*changed nothing*");
    }

    [Test]
    public void Heads_of_a_layer_together_are_the_whole_activation()
    {
        ActivationPatch[] heads = [.. Enumerable.Range(0, 3).Select(head => ActivationPatch.Noising(Hook.Z(1), head))];

        model.LogitDifference(prompts, heads).Numerators.Should().Equal(model.LogitDifference(prompts, ActivationPatch.Noising(Hook.Z(1))).Numerators);
    }

    [Test]
    public void Patches_of_both_twins_do_not_go_together()
    {
        Action measure = () => model.LogitDifference(prompts, ActivationPatch.Noising((Head)"1.1"), ActivationPatch.Denoising((Head)"1.2"));

        measure.Should().Throw<ArgumentException>().WithMessage("*clean and on corrupted*");
    }

    [Test]
    public void Head_of_an_activation_without_heads_is_refused()
    {
        Action measure = () => model.LogitDifference(prompts, ActivationPatch.Noising(Hook.MlpOut(1), head: 0));

        measure.Should().Throw<ArgumentException>().WithMessage("*no axis of heads*");
    }

    [Test]
    public void Unknown_position_lists_those_there_are()
    {
        Action measure = () => model.LogitDifference(prompts, ActivationPatch.Noising(Hook.MlpOut(1), at: "IO"));

        measure.Should().Throw<KeyNotFoundException>().WithMessage("*'IO'*END, S*");
    }
}
