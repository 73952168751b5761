using CircuitSpecs.Analysis;
using CircuitSpecs.Claims;
using CircuitSpecs.Components;
using CircuitSpecs.Models;
using CircuitSpecs.Prompts;
using CircuitSpecs.Tests.Models;

namespace CircuitSpecs.Tests.Claims;

public class ClaimRunnerControlTests
{
    private static readonly Head Named = new(1, 1);

    [Test]
    public void Supported_claim_is_judged_on_two_null_models_of_each_kind_and_one_other_component()
    {
        ClaimResult result = Runs.Run(Runs.Defined((model, head) => Synthetic.Claimed(Synthetic.WithMean(model.IsNull() ? -3 : head == Named ? 5 : -4)).IsAtLeast(0)), Runs.Recorded(Named));
        result.Outcome.Should().Be(Outcome.Passed, result.Message);
        result.Nulls.Select(nullResult => nullResult.Kind).Should().Equal("shuffled-weights", "shuffled-weights", "fresh-initialisation", "fresh-initialisation", "swapped-component");
        result.Nulls.Select(nullResult => nullResult.Detail).Take(4).Should().Equal("seed 1", "seed 2", "seed 1", "seed 2");
        result.Nulls.Should().OnlyContain(nullResult => nullResult.Verdict == Verdict.Refuted);
        result.Nulls.Select(nullResult => Math.Round(nullResult.Value, 9)).Should().Equal(-3, -3, -3, -3, -4);
        result.Nulls[^1].Detail.Should().EndWith(" in place of 1.1").And.NotStartWith("1.1");
    }

    [TestCase("shuffled-weights 2")]
    [TestCase("fresh-initialisation 1")]
    public void Support_on_a_single_null_model_makes_a_claim_vacuous(string which)
    {
        ClaimResult result = Runs.Run(Runs.Defined((model, _) => Claim.Exactly(!model.IsNull() || model.Weights.Name == $"small ({which})" ? 1 : -1).IsAtLeast(0)), Runs.Recorded());
        (result.Vacuous, result.Outcome, result.Verdict).Should().Be((true, Outcome.Failed, Verdict.Supported));
        result.Nulls.Count(nullResult => nullResult.Verdict == Verdict.Supported).Should().Be(1);
    }

    [Test]
    public void Support_for_any_other_component_makes_a_claim_vacuous()
    {
        ClaimResult result = Runs.Run(Runs.Defined((model, _) => Claim.Exactly(model.IsNull() ? -1 : 1).IsAtLeast(0)), Runs.Recorded(Named));
        (result.Vacuous, result.Outcome).Should().Be((true, Outcome.Failed));
        result.Message.Should().Contain("swapped-component");
    }

    [Test]
    public void Components_of_which_the_same_is_recorded_are_no_stand_ins()
    {
        // The claim holds for all heads but one, and for those it is recorded.
        Head alone = new(2, 0);
        Component[] recorded = [.. Head.AllIn(Synthetic.Config).Where(head => head != Named && head != alone)];
        ClaimDefinition definition = Runs.Defined((model, head) => Claim.Exactly(model.IsNull() || head == alone ? -1 : 1).IsAtLeast(0));
        ClaimResult result = Runs.Run(definition, Runs.Recorded(Named, Expectation.Holds, recorded));
        result.Outcome.Should().Be(Outcome.Passed, result.Message);
        result.Nulls[^1].Detail.Should().Be("2.0 in place of 1.1");
    }

    [Test]
    public void Nothing_is_swapped_where_no_other_component_is_left()
    {
        Component[] recorded = [.. Head.AllIn(Synthetic.Config).Where(head => head != Named)];
        ClaimResult result = Runs.Run(Runs.Defined((model, _) => Claim.Exactly(model.IsNull() ? -1 : 1).IsAtLeast(0)), Runs.Recorded(Named, Expectation.Holds, recorded));
        result.Nulls.Should().HaveCount(4).And.NotContain(nullResult => nullResult.Kind == "swapped-component");
    }

    [TestCase(-1, Expectation.Holds)]
    [TestCase(-1, Expectation.Fails)]
    [TestCase(1, Expectation.Fails)]
    public void Null_models_are_made_only_for_claims_that_hold_as_recorded(double value, Expectation expectation)
    {
        using var source = new SmallModelSource();
        using var runner = new ClaimRunner(source);
        runner.Run(Runs.Defined((_, _) => Claim.Exactly(value).IsAtLeast(0)), Runs.Recorded(expectation: expectation)).Result.Nulls.Should().BeEmpty();
        source.Requests.Should().Equal("transformer small None");
    }

    [Test]
    public void Positive_control_takes_the_place_of_null_models_in_claims_of_no_difference()
    {
        ClaimResult result = Runs.Run(Runs.Defined((_, _) => Synthetic.Claimed(Synthetic.Samples).WithPositiveControl("all", _ => Synthetic.WithMean(9)).IsEquivalentTo(0.5, 1)), Runs.Recorded());
        result.Outcome.Should().Be(Outcome.Passed, result.Message);
        result.Nulls.Should().BeEmpty();
    }

    [Test]
    public void Null_experiment_that_did_not_happen_is_noted_and_is_no_support()
    {
        ClaimResult result = Runs.Run(Runs.Defined((model, _) => model.IsNull() ? throw new InvalidExperimentException("nothing to see") : Claim.Exactly(1).IsAtLeast(0)), Runs.Recorded());
        result.Outcome.Should().Be(Outcome.Passed, result.Message);
        result.Nulls.Should().HaveCount(4).And.OnlyContain(nullResult => nullResult.Verdict == Verdict.Invalid && double.IsNaN(nullResult.Value));
        result.Nulls[0].Detail.Should().Be("seed 1: nothing to see");
    }

    [Test]
    public void Head_that_a_table_does_not_cover_is_no_stand_in_that_crashes_the_claim()
    {
        var table = new HeadTable("scores", [KeyValuePair.Create(Named, 2.0), KeyValuePair.Create(new Head(0, 0), 1.0)]);
        var flat = new HeadTable("scores", [KeyValuePair.Create(Named, 1.0), KeyValuePair.Create(new Head(0, 0), 1.0)]);
        ClaimResult result = Runs.Run(Runs.Defined((model, head) => Claim.Exactly(model.IsNull() ? flat : table).IsLargestAt((Head)head!)), Runs.Recorded(Named, Expectation.Holds, new Head(0, 0)));
        result.Outcome.Should().Be(Outcome.Passed, result.Message);
        result.Nulls[^1].Verdict.Should().Be(Verdict.Invalid);
    }

    [Test]
    public void Null_models_are_made_once_and_shared_by_all_claims_on_a_model()
    {
        using var source = new SmallModelSource();
        using var runner = new ClaimRunner(source);
        var seen = new List<ModelUnderTest>();
        foreach (string id in (string[])["0.1/first", "0.1/second"])
        {
            runner.Run(Runs.Defined((model, _) =>
            {
                seen.Add(model);
                return Claim.Exactly(1).IsAtLeast(0);
            }, id), Runs.Recorded());
        }

        seen.Select(model => model.Weights.Name).Take(5).Should().Equal(
            "small", "small (shuffled-weights 1)", "small (shuffled-weights 2)", "small (fresh-initialisation 1)", "small (fresh-initialisation 2)");
        foreach (int index in Enumerable.Range(1, 4))
        {
            seen[5 + index].Should().BeSameAs(seen[index]);
        }

        source.Requests.Count(request => request == "weights small None All").Should().Be(4);
    }

    [Test]
    public void Null_models_are_processed_as_the_model_is()
    {
        using var source = new SmallModelSource();
        using var runner = new ClaimRunner(source);
        var processed = new List<(WeightProcessing, bool)>();
        float[] expected;
        using (ModelWeights shuffled = NullModels.ShuffledWeights(source.Weights("small", WeightProcessing.None, WeightScope.All), 1))
        using (ModelWeights folded = WeightProcessor.Apply(shuffled, WeightProcessing.All))
        {
            expected = folded["blocks.1.attn.W_Q"].Values();
        }

        float[]? found = null;
        runner.Run(Runs.Defined((model, _) =>
        {
            processed.Add((model.Weights.Processing, model.Weights.Contains("ln_final.w")));
            found ??= model.IsNull() ? model.Weights["blocks.1.attn.W_Q"].Values() : null;
            model.Transformer.Weights.Should().BeSameAs(model.Weights);
            return Claim.Exactly(1).IsAtLeast(0);
        }, processing: WeightProcessing.All), Runs.Recorded()).Result.Outcome.Should().Be(Outcome.Failed, "it is vacuous");
        processed.Should().HaveCount(5).And.OnlyContain(pair => pair.Item1 == WeightProcessing.All && !pair.Item2);
        found.Should().Equal(expected);
    }

    [Test]
    public void Claims_about_weights_load_no_more_than_attention()
    {
        using var source = new SmallModelSource();
        using var runner = new ClaimRunner(source);
        ClaimResult result = runner.Run(Runs.Defined((model, _) => Claim.Exactly(model.IsNull() ? -1 : 1).IsAtLeast(0), weightsOnly: true), Runs.Recorded()).Result;
        result.Outcome.Should().Be(Outcome.Passed, result.Message);
        source.Requests.Should().HaveCount(5).And.OnlyContain(request => request == "weights small None Attention");
    }

    [Test]
    public void Null_models_are_freed_with_the_runner_and_the_model_is_not()
    {
        using var source = new SmallModelSource();
        var seen = new List<ModelUnderTest>();
        using (var runner = new ClaimRunner(source))
        {
            runner.Run(Runs.Defined((model, _) =>
            {
                seen.Add(model);
                return Claim.Exactly(1).IsAtLeast(0);
            }), Runs.Recorded());
        }

        seen.Select(model => model.Weights["embed.W_E"].IsInvalid).Should().Equal(false, true, true, true, true);
    }

    [Test]
    public void Search_is_carried_out_anew_on_each_null_model()
    {
        Head there = new(2, 2);
        ClaimResult result = Runs.Run(
            Runs.Defined((model, _) => Claim.Find(Synthetic.Discovery(), (set, head) => Synthetic.WithMean(
                set is DiscoverySet ? (head == (model.IsNull() ? there : Named) ? 9 : 1)
                : head == Named ? 4
                : head == there ? -2 : 0)).ThenJudge(Synthetic.Prompts()).IsAtLeast(3)),
            Runs.Recorded());
        result.Outcome.Should().Be(Outcome.Passed, result.Message);
        result.Component.Should().Be("1.1", "that is what the search found");
        result.Value.Should().BeApproximately(4, 1e-12);
        result.Nulls.Should().HaveCount(4).And.OnlyContain(nullResult => Math.Abs(nullResult.Value + 2) < 1e-9, "2.2 is found there");
    }

    [Test]
    public void Null_models_are_judged_without_a_sweep_of_their_own()
    {
        var measured = new List<string>();
        Runs.Run(Runs.Defined((model, head) => Claim.That(Synthetic.Prompts(), _ =>
        {
            measured.Add($"{(model.IsNull() ? "null" : "model")} {head}");
            return Synthetic.WithMean(model.IsNull() || head != Named ? -1 : 2);
        }).IsAtLeast(0)), Runs.Recorded(Named));
        measured.Count(what => what == "null 1.1").Should().Be(4);
        measured.Should().HaveCount(9 + 4 + 1).And.NotContain(what => what.StartsWith("null", StringComparison.Ordinal) && what != "null 1.1");
    }
}
