using CircuitSpecs.Claims;
using CircuitSpecs.Reporting;

namespace CircuitSpecs.Tests;

public class ReportCommandTests
{
    private CommandRun run = null!;

    [SetUp]
    public void MakeRun() => run = new CommandRun();

    [TearDown]
    public void RemoveRun() => run.Dispose();

    [Test]
    public void Log_is_shown_as_a_table_without_control_sequences()
    {
        Log("run.jsonl", Result("gpt2", Outcome.Passed), Result("organism-a", Outcome.Failed));

        run.Circuits("report", "run.jsonl").Should().Be(0);

        run.Output.Should().Contain("✗ 2.26 Previous-token head › attends to the previous token › 4.11 › organism-a")
            .And.Contain("2 claims × models: 1 passed, 1 failed").And.NotContain("\u001b");
        run.Error.Should().BeEmpty();
    }

    [Test]
    public void Several_logs_are_taken_together()
    {
        Log("a.jsonl", Result("gpt2", Outcome.Passed));
        Log("b.jsonl", Result("organism-a", Outcome.Passed));

        run.Circuits("report", "a.jsonl", "b.jsonl").Should().Be(0);

        run.Output.Should().Contain("2 claims × models: 2 passed");
    }

    [Test]
    public void Markdown_is_the_job_summary()
    {
        ClaimResult result = Result("gpt2", Outcome.Failed);
        Log("run.jsonl", result);

        run.Circuits("report", "run.jsonl", "--markdown").Should().Be(0);

        run.Output.Should().Be(JobSummary.Markdown([result]).ReplaceLineEndings("\n"));
    }

    [Test]
    public void Width_is_kept_to()
    {
        Log("run.jsonl", [.. Enumerable.Range(0, 8).Select(i => Result($"model-{i}", Outcome.Passed))]);

        run.Circuits("report", "run.jsonl", "--width", "70").Should().Be(0);

        run.Output.Split('\n').Where(line => line.Contains("model-", StringComparison.Ordinal)).Should().HaveCountGreaterThan(1).And.OnlyContain(line => line.TrimEnd().Length <= 70);
    }

    [Test]
    public void Torn_log_is_shown_with_a_warning()
    {
        Log("run.jsonl", Result("gpt2", Outcome.Passed));
        File.AppendAllText(run["run.jsonl"], "{\"claim");

        run.Circuits("report", "run.jsonl").Should().Be(0);

        run.Error.Should().Contain("warning:").And.Contain("line 2: the last line is torn");
        run.Output.Should().Contain("1 passed");
    }

    [Test]
    public void File_that_is_no_log_is_an_error_with_its_line()
    {
        File.WriteAllText(run["run.jsonl"], "hello\n");

        run.Circuits("report", "run.jsonl").Should().Be(1);

        run.Error.Should().StartWith($"circuits report: {run["run.jsonl"]}, line 1: expected one result as a JSON object.").And.NotContain("   at ");
        run.Output.Should().BeEmpty();
    }

    [Test]
    public void Missing_log_is_an_error()
    {
        run.Circuits("report", "none.jsonl").Should().Be(1);

        run.Error.Should().StartWith("circuits report: there is no file 'none.jsonl'.");
    }

    [TestCase("report")]
    [TestCase("report", "run.jsonl", "--width", "5")]
    [TestCase("report", "run.jsonl", "--width", "wide")]
    [TestCase("accept", "--lits")]
    [TestCase("acept")]
    public void Wrong_arguments_are_an_error_without_a_stack_trace(params string[] args)
    {
        run.Circuits(args).Should().Be(1);

        run.Error.Should().NotBeEmpty().And.NotContain("   at ");
    }

    [TestCase("accept", "Accept received snapshots")]
    [TestCase("report", "Show a results log")]
    [TestCase("models", "List the models on this machine")]
    public void Help_describes_each_command(string command, string description)
    {
        run.Circuits("--help").Should().Be(0);
        run.Output.Should().Contain(command);

        run.Circuits(command, "--help").Should().Be(0);
        run.Output.Should().Contain(description);
    }

    private static ClaimResult Result(string model, Outcome outcome) => new()
    {
        Claim = "2.26/attends-to-the-previous-token",
        Problem = "2.26",
        Title = "Previous-token head",
        Sentence = "attends to the previous token",
        Model = model,
        Component = "4.11",
        Verdict = outcome == Outcome.Passed ? Verdict.Supported : Verdict.Refuted,
        Recorded = Expectation.Holds,
        Outcome = outcome,
        Value = 0.87,
        Low = 0.85,
        High = 0.89,
        Direction = "≥",
        Threshold = 0.8,
        N = 64,
    };

    private void Log(string file, params ClaimResult[] results)
    {
        using ResultsLog log = new(run[file]);
        foreach (ClaimResult result in results)
        {
            log.Append(result);
        }
    }
}
