using CircuitSpecs.Claims;
using CircuitSpecs.Components;
using CircuitSpecs.Models;

namespace CircuitSpecs.Tests.Claims;

public class ClaimRunnerOutcomeTests
{
    // The claim is "at least 0"; the interval of the samples reaches about 0.2 to both sides of their mean.
    [TestCase(5, Expectation.Holds, -5, false, Verdict.Supported, Outcome.Passed)]
    [TestCase(5, Expectation.Holds, -5, true, Verdict.Supported, Outcome.Passed)]
    [TestCase(5, Expectation.Holds, 0.01, false, Verdict.Supported, Outcome.Passed, Description = "open on the null models is not supported there")]
    [TestCase(5, Expectation.Holds, 5, false, Verdict.Supported, Outcome.Failed, Description = "vacuous")]
    [TestCase(5, Expectation.Holds, 5, true, Verdict.Supported, Outcome.Failed, Description = "vacuous")]
    [TestCase(5, Expectation.Fails, -5, false, Verdict.Supported, Outcome.Failed)]
    [TestCase(-5, Expectation.Holds, -5, false, Verdict.Refuted, Outcome.Failed)]
    [TestCase(-5, Expectation.Fails, -5, false, Verdict.Refuted, Outcome.Passed)]
    [TestCase(-5, Expectation.Fails, 5, false, Verdict.Refuted, Outcome.Passed, Description = "null models say nothing about a claim that fails")]
    [TestCase(0.01, Expectation.Holds, -5, false, Verdict.Inconclusive, Outcome.Inconclusive)]
    [TestCase(0.01, Expectation.Fails, -5, false, Verdict.Inconclusive, Outcome.Inconclusive)]
    [TestCase(0.01, Expectation.Holds, -5, true, Verdict.Inconclusive, Outcome.Failed)]
    [TestCase(0.01, Expectation.Fails, 5, true, Verdict.Inconclusive, Outcome.Failed)]
    public void Verdict_and_record_give_the_outcome(double value, Expectation recorded, double onNulls, bool strict, Verdict verdict, Outcome outcome)
    {
        ClaimResult result = Runs.Run(
            Runs.Defined((model, _) => Synthetic.Claimed(Synthetic.WithMean(model.IsNull() ? onNulls : value)).IsAtLeast(0)),
            Runs.Recorded(expectation: recorded),
            new JudgementOptions { Strict = strict });
        (result.Verdict, result.Outcome).Should().Be((verdict, outcome), result.Message);
        bool vacuous = value == 5 && onNulls == 5;
        result.Vacuous.Should().Be(vacuous);
        result.Message.Should().Match(message => outcome == Outcome.Passed ? message.Length == 0 : message.Length > 0);
        if (vacuous)
        {
            result.Message.Should().StartWith("Vacuous").And.Contain("shuffled-weights (seed 1)").And.Contain("fresh-initialisation (seed 2)");
        }
    }

    [Test]
    public void Failure_says_what_was_recorded_and_what_was_found()
    {
        ClaimDefinition definition = Runs.Defined((_, _) => Claim.Exactly(3).IsAtLeast(0).IsAtMost(2));
        Runs.Run(definition, Runs.Recorded()).Message.Should().Be("Recorded as holding on this model, and refuted: is at most 2: 3.");
        ClaimDefinition surprising = Runs.Defined((_, _) => Claim.Exactly(3).IsAtLeast(0));
        Runs.Run(surprising, Runs.Recorded(expectation: Expectation.Fails)).Message.Should().Contain("Recorded as failing").And.Contain("[HoldsOn]");
    }

    [Test]
    public void Open_claim_says_how_many_prompts_would_settle_it()
    {
        ClaimResult result = Runs.Run(Runs.Defined((_, _) => Synthetic.Claimed(Synthetic.WithMean(0.01)).IsAtLeast(0)), Runs.Recorded());
        double times = (result.Value - result.Low) / 0.01;
        result.Message.Should().MatchRegex(@"About \d+ prompts would settle it \(there are 12\)");
        long.Parse(result.Message.Split("About ")[1].Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture).Should().BeCloseTo((long)(12 * times * times), 2);
    }

    [Test]
    public void Model_that_is_not_there_is_ignored_with_the_command_that_brings_it()
    {
        using var source = new SmallModelSource { Failure = new ModelNotFoundException("small", ["/models"]) };
        using var runner = new ClaimRunner(source);
        ClaimRun run = runner.Run(Runs.Defined((_, _) => throw new InvalidOperationException("never built")), Runs.Recorded(new Head(0, 0)));
        (run.Result.Verdict, run.Result.Outcome).Should().Be((Verdict.Skipped, Outcome.Ignored));
        run.Result.Message.Should().Contain("circuits pull small").And.Contain("/models");
        run.Result.Component.Should().Be("0.0");
        run.Snapshots.Should().BeEmpty();
    }

    [Test]
    public void Model_that_is_broken_is_an_error_with_the_file_at_fault()
    {
        using var source = new SmallModelSource { Failure = new ModelLoadException("config.json", "n_head is missing") };
        using var runner = new ClaimRunner(source);
        ClaimResult result = runner.Run(Runs.Defined((_, _) => Claim.Exactly(1).IsAtLeast(0)), Runs.Recorded()).Result;
        (result.Verdict, result.Outcome, result.Message).Should().Be((Verdict.Invalid, Outcome.Error, "config.json: n_head is missing"));
    }

    [Test]
    public void Component_that_the_model_lacks_is_an_error()
    {
        ClaimResult result = Runs.Run(Runs.Defined((_, _) => throw new InvalidOperationException("never built")), Runs.Recorded(new Head(3, 0)));
        (result.Verdict, result.Outcome).Should().Be((Verdict.Invalid, Outcome.Error));
        result.Message.Should().Contain("no head 3.0").And.Contain("3 layers of 3 heads");
    }

    [Test]
    public void Claim_that_throws_is_an_error_with_the_place()
    {
        ClaimResult result = Runs.Run(Runs.Defined((_, _) => throw new FormatException("not a table")), Runs.Recorded());
        (result.Verdict, result.Outcome).Should().Be((Verdict.Invalid, Outcome.Error));
        result.Message.Should().Contain("FormatException: not a table").And.Contain(nameof(ClaimRunnerOutcomeTests));
        double.IsNaN(result.Value).Should().BeTrue();
    }

    [Test]
    public void Experiment_that_did_not_happen_is_an_error_and_no_refutation()
    {
        ClaimResult result = Runs.Run(Runs.Defined((_, _) => throw new InvalidExperimentException("the hook did not fire")), Runs.Recorded(expectation: Expectation.Fails));
        (result.Verdict, result.Outcome, result.Message).Should().Be((Verdict.Invalid, Outcome.Error, "Invalid set-up: the hook did not fire"));
    }

    [Test]
    public void Cancellation_during_a_sweep_ends_the_run()
    {
        using var source = new SmallModelSource();
        using var runner = new ClaimRunner(source);
        using var cancellation = new CancellationTokenSource();
        int measured = 0;
        ClaimDefinition definition = Runs.Defined((_, _) => Claim.That(Synthetic.Prompts(), _ =>
        {
            if (++measured == 4)
            {
                cancellation.Cancel();
            }

            return Synthetic.Samples;
        }).IsAtLeast(0));
        FluentActions.Invoking(() => runner.Run(definition, Runs.Recorded(new Head(0, 0)), cancellation.Token)).Should().Throw<OperationCanceledException>();
        measured.Should().Be(4);
    }

    [Test]
    public void Cancellation_keeps_null_models_from_being_judged()
    {
        using var source = new SmallModelSource();
        using var runner = new ClaimRunner(source);
        using var cancellation = new CancellationTokenSource();
        int built = 0;
        ClaimDefinition definition = Runs.Defined((_, _) =>
        {
            built++;
            cancellation.Cancel();
            return Claim.Exactly(1).IsAtLeast(0);
        });
        FluentActions.Invoking(() => runner.Run(definition, Runs.Recorded(), cancellation.Token)).Should().Throw<OperationCanceledException>();
        built.Should().Be(1);
    }
}
