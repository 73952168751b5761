using CircuitSpecs.Claims;
using CircuitSpecs.Components;
using CircuitSpecs.Models;
using CircuitSpecs.Statistics;
using CircuitSpecs.Tests.Transformer;
using CircuitSpecs.Transformer;

namespace CircuitSpecs.Tests.Claims;

public class ClaimRunnerTests
{
    [TestCase(5, Expectation.Holds, false, Outcome.Passed)]
    [TestCase(5, Expectation.Fails, false, Outcome.Failed)]
    [TestCase(-5, Expectation.Holds, false, Outcome.Failed)]
    [TestCase(-5, Expectation.Fails, false, Outcome.Passed)]
    [TestCase(0, Expectation.Holds, false, Outcome.Inconclusive)]
    [TestCase(0, Expectation.Fails, false, Outcome.Inconclusive)]
    [TestCase(0, Expectation.Holds, true, Outcome.Failed)]
    public void Outcome_follows_from_verdict_and_record(double mean, Expectation recorded, bool strict, Outcome outcome)
    {
        using var runner = new ClaimRunner(new OneModel(), Synthetic.Options with { Strict = strict });
        ClaimResult result = runner.Run(Definition((model, _) => Synthetic.Claim(IsReal(model) ? Synthetic.Spread(20, mean) : Synthetic.Spread(20, -9)).IsAtLeast(0)), Record(recorded)).Result;
        result.Outcome.Should().Be(outcome);
    }

    [Test]
    public void Claim_that_holds_on_a_null_model_is_vacuous()
    {
        using var runner = new ClaimRunner(new OneModel(), Synthetic.Options);
        ClaimResult result = runner.Run(Definition((model, _) => Synthetic.Claim(Synthetic.Spread(20, model.Weights.Name.Contains("shuffled", StringComparison.Ordinal) ? 5 : IsReal(model) ? 5 : -5)).IsAtLeast(0)), Record()).Result;

        result.Should().BeEquivalentTo(new { Outcome = Outcome.Failed, Vacuous = true, Verdict = Verdict.Supported });
        result.Nulls.Select(nullResult => (nullResult.Kind, nullResult.Verdict)).Should().Equal(
            (NullModels.Shuffled, Verdict.Supported), (NullModels.Shuffled, Verdict.Supported), (NullModels.Fresh, Verdict.Refuted), (NullModels.Fresh, Verdict.Refuted));
    }

    [Test]
    public void Swapped_component_is_none_of_which_the_claim_is_recorded_to_hold()
    {
        // True of all heads but 2.2, and recorded for all but it: only 2.2 is a fair stand-in.
        Component[] holds = [.. Head.AllIn(SmallTransformer.Config).Where(head => head != new Head(2, 2))];
        using var runner = new ClaimRunner(new OneModel(), Synthetic.Options);
        ClaimDefinition definition = Definition((model, component) => Synthetic.Claim(Synthetic.Spread(20, IsReal(model) && holds.Contains(component) ? 5 : -5)).IsAtLeast(0));
        ClaimRecord record = Record() with { Component = new Head(0, 0), AlsoHoldsFor = [.. holds.Skip(1)] };

        NullResult swapped = runner.Run(definition, record).Result.Nulls.Single(nullResult => nullResult.Kind == ComponentSwap.Kind);
        swapped.Should().BeEquivalentTo(new { Verdict = Verdict.Refuted, Detail = "2.2 in place of 0.0" });
        runner.Run(definition, record with { AlsoHoldsFor = [new Head(2, 2)] }).Result.Vacuous.Should().BeTrue();
    }

    [Test]
    public void Null_models_are_made_once_and_keep_the_processing_of_the_claim()
    {
        List<ModelUnderTest> seen = [];
        using var runner = new ClaimRunner(new OneModel(), Synthetic.Options);
        ClaimDefinition definition = Definition((model, _) =>
        {
            seen.Add(model);
            return Synthetic.Claim(Synthetic.Spread(20, IsReal(model) ? 5 : -5)).IsAtLeast(0);
        }) with { Processing = WeightProcessing.All };
        runner.Run(definition, Record());
        runner.Run(definition, Record());

        ModelUnderTest[] nulls = [.. seen.Where(model => !IsReal(model))];
        nulls.Should().HaveCount(8);
        nulls.Distinct().Should().HaveCount(4);
        nulls.Should().OnlyContain(model => model.Weights.Processing == WeightProcessing.All);
    }

    [Test]
    public void Experiment_that_fails_on_a_null_model_does_not_make_the_claim_vacuous()
    {
        using var runner = new ClaimRunner(new OneModel(), Synthetic.Options);
        ClaimResult result = runner.Run(Definition((model, _) => IsReal(model) ? Synthetic.Claim(Synthetic.Spread(20, 5)).IsAtLeast(0) : throw new InvalidExperimentException("nothing to see")), Record()).Result;
        result.Outcome.Should().Be(Outcome.Passed);
        result.Nulls.Should().OnlyContain(nullResult => nullResult.Verdict == Verdict.Invalid && nullResult.Detail.Contains("nothing to see"));
    }

    [Test]
    public void Model_that_is_absent_is_ignored_and_one_that_is_broken_an_error()
    {
        using var runner = new ClaimRunner(new OneModel(), Synthetic.Options);
        ClaimDefinition definition = Definition((_, _) => Synthetic.Claim(Synthetic.Spread(20)).IsAtLeast(0));
        ClaimResult absent = runner.Run(definition, Record() with { Model = "org/absent" }).Result;
        absent.Should().BeEquivalentTo(new { Outcome = Outcome.Ignored, Verdict = Verdict.Skipped });
        absent.Message.Should().Contain("circuits pull org/absent");
        ClaimResult broken = runner.Run(definition, Record() with { Model = "broken" }).Result;
        broken.Should().BeEquivalentTo(new { Outcome = Outcome.Error, Verdict = Verdict.Invalid });
        broken.Message.Should().Contain("model.safetensors").And.Contain("too short");
    }

    [Test]
    public void Two_runs_give_the_same_result()
    {
        ClaimDefinition definition = Definition((model, component) => Synthetic.Claim(Synthetic.Spread(20, IsReal(model) ? ((Head)component!).Layer : -5)).IsAtLeast(0.5));
        ClaimRecord record = Record() with { Component = new Head(2, 0) };
        ClaimResult[] results = [.. Enumerable.Range(0, 2).Select(_ =>
        {
            using var runner = new ClaimRunner(new OneModel(), Synthetic.Options);
            return runner.Run(definition, record).Result with { Seconds = 0 };
        })];
        results[1].Should().BeEquivalentTo(results[0]);
        results[0].Samples.Should().HaveCount(20);
        results[0].Conventions.Should().ContainKeys("prompts", "interval", "aggregation", "weight processing", "dtype", "bos");
        results[0].ModelHash.Should().Be("hash");
    }

    [Test]
    public void Cancelling_is_no_result()
    {
        using var source = new CancellationTokenSource();
        source.Cancel();
        using var runner = new ClaimRunner(new OneModel(), Synthetic.Options);
        Action run = () => runner.Run(Definition((_, _) => Synthetic.Claim(Synthetic.Spread(20)).IsAtLeast(0)), Record() with { Component = new Head(0, 0) }, source.Token);
        run.Should().Throw<OperationCanceledException>();
    }

    private static bool IsReal(ModelUnderTest model) => model.Weights.Name == "small";

    private static ClaimDefinition Definition(Func<ModelUnderTest, Component?, Claim> build) => new()
    {
        Id = "0.0/synthetic",
        Problem = "0.0",
        Title = "Synthetic",
        Sentence = "is synthetic",
        Build = build,
    };

    private static ClaimRecord Record(Expectation expectation = Expectation.Holds) => new() { Model = "small", Expectation = expectation };

    private sealed class OneModel : IModelSource
    {
        private readonly ModelWeights raw = SmallTransformer.Weights();

        public HookedTransformer Transformer(string name, WeightProcessing processing) => new(Weights(name, processing, WeightScope.All));

        public ModelWeights Weights(string name, WeightProcessing processing, WeightScope scope) => name switch
        {
            "small" => processing == WeightProcessing.None ? raw : WeightProcessor.Apply(raw, processing),
            "broken" => throw new ModelLoadException("model.safetensors", "too short"),
            _ => throw new ModelNotFoundException(name, []),
        };
    }
}
