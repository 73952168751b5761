using System.Text;
using CircuitSpecs.Claims;
using CircuitSpecs.Reporting;
using CircuitSpecs.Tests.Snapshots;

namespace CircuitSpecs.Tests.Reporting;

public class JobSummaryTests
{
    private const int Limit = 1024 * 1024;

    [Test]
    public void Summary_has_totals_then_failures_then_the_table_then_the_environment()
    {
        string markdown = JobSummary.Markdown([Results.Passed, Results.Failed, Results.ExpectedFailure, Results.Ignored], new Dictionary<string, string> { ["branch"] = "main" });

        int[] places = [.. new[]
        {
            "## Circuit claims: 2 passed, 1 failed, 0 inconclusive, 0 error, 1 ignored\n",
            "| supported | 1 |\n| refuted | 2 |\n",
            "Null models: 1 of 2 claims killed all their nulls.",
            "### To look at (1)",
            "- ✗ **2.11 Induction heads › attends behind the previous occurrence › 3.0 › organism-a**",
            "0.412 \\[0.380, 0.450\\], claimed ≥ 0.800, n = 4",
            "`dotnet test specs --filter \"TestCategory=2.11\"`",
            "### Claims × models",
            "| | claim | gpt2 | organism-a | smollm2-135m |\n| :-- | :-- | :-- | :-- | :-- |\n",
            "| 2.11 | attends behind the previous occurrence (3.0) |  | ✗ 0.412 \\[0.380, 0.450\\] |  |\n",
            "| 2.26 | attends to the previous token | ✓ 4.11 0.873 \\[0.845, 0.897\\]<br>✓¬ 5.5 0.200 \\[0.180, 0.220\\] |  | – 8.1 |\n",
            "### Environment",
            "- engine: embedded 0.1\n- commit: abc123\n",
            "- branch: main\n",
        }.Select(part => markdown.IndexOf(part, StringComparison.Ordinal))];
        places.Should().NotContain(-1).And.BeInAscendingOrder();
    }

    [Test]
    public void Text_with_a_meaning_in_Markdown_stands_as_itself()
    {
        string markdown = JobSummary.Markdown([Results.Failed with { Sentence = "a|b *c* _d_ <img src=x> `e` [f](g) @octocat #1 \\ ~h~\n# i", Model = "org|name", Rerun = "run `x` \"y\"" }]);

        markdown.Should().Contain(@"a\|b \*c\* \_d\_ &lt;img src=x&gt; \`e\` \[f\](g) &#64;octocat \#1 \\ \~h\~\\n\# i");
        markdown.Should().Contain("``run `x` \"y\"``");
        markdown.Should().Contain(@"| | claim | org\|name |").And.NotContain("<img").And.NotContain("@octocat");
    }

    [Test]
    public void Huge_run_stays_under_the_limit_and_says_what_is_missing()
    {
        ClaimResult[] results = [.. Enumerable.Range(0, 6000).Select(i => Results.Failed with { Claim = $"c{i}", Message = new string('€', 300) })];

        string markdown = JobSummary.Markdown(results);

        Encoding.UTF8.GetByteCount(markdown).Should().BeLessThanOrEqualTo(Limit);
        markdown.Should().MatchRegex(@"… \d+ more results did not fit; the results log has them all\.");
        markdown.Should().StartWith("## Circuit claims: 0 passed, 6000 failed").And.Contain("### Environment");
    }

    [Test]
    public void Summaries_of_several_projects_share_the_limit_of_one_file()
    {
        using TemporaryFolder folder = new();
        string file = folder.Below("summary.md");
        ClaimResult[] results = [.. Enumerable.Range(0, 3000).Select(i => Results.Failed with { Claim = $"c{i}" })];

        for (int i = 0; i < 4; i++)
        {
            JobSummary.AppendTo(file, results);
        }

        new FileInfo(file).Length.Should().BeInRange(Limit / 2, Limit);
        File.ReadAllBytes(file)[0].Should().Be((byte)'#');
    }

    [Test]
    public void Message_of_many_lines_is_shortened_to_one() =>
        JobSummary.Markdown([Results.Failed with { Message = "one\r\n\n  two\n" + new string('x', 9999) }]).Should().Contain("  one · two · xxx").And.NotContain(new string('x', 401));

    [Test]
    public void Run_without_failures_has_no_list_of_them() => JobSummary.Markdown([Results.Passed]).Should().NotContain("To look at");

    [Test]
    public void Annotations_are_workflow_commands_for_failures_and_errors()
    {
        ClaimResult failed = Results.Failed with { Sentence = "100%: a, b", Message = "one\ntwo" };

        JobSummary.Annotations([Results.Passed, Results.Unsettled, Results.Broken, failed]).Should().Equal(
            "::error title=2.11 Induction heads › 100%25%3A a%2C b › 3.0 › organism-a::refuted, recorded to hold, vacuous: it holds on a null model too: 0.412 [0.380, 0.450], claimed ≥ 0.800, n = 4%0Aone%0Atwo",
            "::error title=2.26 Previous-token head › attends to the previous token › 8.1 › gpt2::invalid, recorded to hold: no value, claimed ≥ 0.800%0AHook blocks.4.attn.hook_pattern never fired.");
    }

    [TestCase(10, 10, "::error title=2.11*")]
    [TestCase(11, 10, "::error title=Circuit claims::and 2 more, see the job summary")]
    public void Ten_annotations_at_most(int failures, int annotations, string last)
    {
        ClaimResult[] results = [.. Enumerable.Repeat(Results.Failed, failures)];

        JobSummary.Annotations(results).Should().HaveCount(annotations);
        JobSummary.Annotations(results)[^1].Should().Match(last);
    }
}
