namespace CircuitSpecs.Tests;

/// <summary>Deliberately vacuous, false, inconclusive, crashing and skipped claims get exactly those outcomes from <c>dotnet test</c>.</summary>
public class OutcomesThroughTheRealRunner
{
    private RealRun run = null!;

    [OneTimeSetUp]
    public void RunOnce() => run = RealRun.Of();

    [TestCase("SupportedAndRecorded", "Passed", "")]
    [TestCase("RefutedAndRecorded", "Passed", "")]
    [TestCase("RefutedButRecordedAsHolding", "Failed", "Recorded as holding on this model, and refuted")]
    [TestCase("SupportedButRecordedAsFailing", "Failed", "Recorded as failing on this model, and now supported")]
    [TestCase("VacuousOnNullModels", "Failed", "Vacuous")]
    [TestCase("VacuousForAnyHead", "Failed", "swapped-component")]
    [TestCase("Inconclusive", "NotExecuted", "prompts would settle it")]
    [TestCase("InconclusiveByDisagreement", "NotExecuted", "the kinds of ablation disagree")]
    [TestCase("Crashes", "Failed", "DivideByZeroException: deliberate, on organism-a")]
    [TestCase("MeasuresNotANumber", "Failed", "NaN on prompt 0, 'repeat 0'")]
    [TestCase("TooFewPrompts", "Failed", "too few for an interval; use at least 8")]
    [TestCase("SaysNothing", "Failed", "says nothing yet")]
    [TestCase("MissingModel", "NotExecuted", "circuits pull no-such-org/no-such-model")]
    [TestCase("MissingComponent", "Failed", "has no head 7.9")]
    [TestCase("ChangesNothing", "Failed", "Invalid set-up")]
    [TestCase("EquivalenceWithoutControl", "Failed", "needs a positive control")]
    [TestCase("EquivalenceWithBlindControl", "Failed", "is not outside the band either")]
    [TestCase("EquivalenceWithControl", "Passed", "")]
    public void Claim_gets_the_outcome_that_it_deserves(string method, string outcome, string message)
    {
        RealResult result = run.Of(method);
        result.Outcome.Should().Be(outcome, result.Message);
        if (message.Length > 0)
        {
            result.Message.Should().Contain(message);
        }
    }

    [TestCase("ReturnsNothing", "A claim method returns Claim")]
    [TestCase("TakesNoModel", "A claim method returns Claim")]
    [TestCase("RecordedNowhere", "recorded for no model")]
    [TestCase("NoHeadGiven", "names no component, but NoHeadGiven takes a Head")]
    [TestCase("MlpGivenForHead", "names mlp0, a Mlp, but MlpGivenForHead takes a Head")]
    [TestCase("MisspeltHead", "'three.zero' is not a head")]
    public void Claim_that_is_written_wrongly_says_how(string method, string message)
    {
        RealResult result = run.Of(method);
        result.Outcome.Should().Be("Failed");
        result.Message.Should().Contain(message);
    }

    [Test]
    public void Every_deliberate_claim_is_covered_here()
    {
        string[] covering = [nameof(Claim_gets_the_outcome_that_it_deserves), nameof(Claim_that_is_written_wrongly_says_how)];
        int covered = covering.Sum(name => GetType().GetMethod(name)!.GetCustomAttributes(typeof(TestCaseAttribute), false).Length);
        run.Results.Should().HaveCount(covered + SnapshotOutcomes.Count);
    }

    [Test]
    public void Run_with_failures_fails() => run.ExitCode.Should().NotBe(0);

    [Test]
    public void Names_read_as_problem_claim_component_model()
    {
        run.Of("SupportedAndRecorded").Name.Should().Be("0.1 Outcomes › is predicted by induction › organism-a");
        run.Of("VacuousForAnyHead").Name.Should().Be("0.1 Outcomes › matters for everything › 3.0 › organism-a");
    }

    [Test]
    public void Failure_message_shows_value_interval_threshold_prompts_and_the_command_to_run_it_again()
    {
        string message = run.Of("RefutedButRecordedAsHolding").Message;
        message.Should().MatchRegex(@"\d\.\d+ \[\d\.\d+, \d\.\d+\]").And.Contain("5").And.Contain("repeat ").And.Contain("n ");
        message.Should().Contain("dotnet test tests/NUnit.TestData --filter \"TestCategory=0.1/refuted-but-recorded-as-holding&TestCategory=organism-a\"");
    }

    [Test]
    public void Table_of_claims_and_models_ends_the_run()
    {
        run.Output.Should().Contain("organism-a").And.Contain("is predicted by induction").And.Contain("Results: ");
    }

    [Test]
    public void Every_judged_claim_has_a_line_in_the_results_log()
    {
        string[] lines = File.ReadAllLines(Directory.EnumerateFiles(run.Folder, "*.jsonl").Single());
        lines.Should().HaveCount(run.Results.Count(result => !result.FullName.Contains("WrongSignatures", StringComparison.Ordinal)));
        lines.Should().Contain(line => line.Contains("\"0.1/supported-and-recorded\"", StringComparison.Ordinal) && line.Contains("\"passed\"", StringComparison.Ordinal));
    }

    [Test]
    public void Strict_mode_fails_what_is_inconclusive()
    {
        RealRun strict = RealRun.Of("TestCategory=0.1/inconclusive", ("CIRCUITSPECS_STRICT", "1"));
        strict.Results.Should().ContainSingle().Which.Outcome.Should().Be("Failed");
    }

    [TestCase("TestCategory=0.1/supported-and-recorded&TestCategory=organism-a", 1)]
    [TestCase("TestCategory=head", 3)]
    [TestCase("TestCategory=7.9", 1)]
    public void Filters_select_by_category(string filter, int count) => RealRun.Of(filter).Results.Should().HaveCount(count);
}
