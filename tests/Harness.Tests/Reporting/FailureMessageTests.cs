using CircuitSpecs.Claims;
using CircuitSpecs.Reporting;

namespace CircuitSpecs.Tests.Reporting;

public class FailureMessageTests
{
    [Test]
    public void Message_has_the_evidence_the_controls_and_the_command()
    {
        FailureMessage.For(Results.Failed).Should().Be(string.Join(
            '\n',
            "2.11 Induction heads › attends behind the previous occurrence › 3.0 › organism-a",
            "  verdict       refuted, recorded to hold, vacuous: it holds on a null model too",
            "  measured      0.412 [0.380, 0.450] (95% interval) attention probability",
            "  claimed       ≥ 0.800",
            "  prompts       n = 4",
            "  conditions    exceeds every other head by ≥ 0.1: 0.23 [0.19, 0.27] over 1.4",
            "  worst prompts -0.500  second\\nline",
            "                0.100  first",
            "                0.800  fourth",
            "  null models   shuffled-weights: refuted at 0.0200 (seed 1)",
            "                swapped-component: supported at 0.900 (2.2 for 3.0)  ← the claim holds for another component too",
            "  specificity   rank 3 of 20; 2 of 19 others also pass; the strongest other is 2.2 at 0.910; max-statistic p = 0.0040",
            "  dropped       7 × answer of several tokens, 3 × clean = corrupt",
            "  conventions   aggregation ratio of means, bos prepended",
            "  note          The claim was recorded to hold.",
            "  rerun         dotnet test specs --filter \"TestCategory=2.11\""));
    }

    [Test]
    public void Error_message_is_short()
    {
        FailureMessage.For(Results.Broken).Should().Be(string.Join(
            '\n',
            "2.26 Previous-token head › attends to the previous token › 8.1 › gpt2",
            "  verdict       invalid, recorded to hold",
            "  claimed       ≥ 0.800",
            "  note          Hook blocks.4.attn.hook_pattern never fired."));
    }

    [Test]
    public void Message_of_many_lines_stands_at_the_end_as_it_is() =>
        FailureMessage.For(Results.Broken with { Message = "Directory: /snapshots\r\nNew:\r\n  - Received: a\r\n", Rerun = "again" }).Should().EndWith("  rerun         again\n\nDirectory: /snapshots\nNew:\n  - Received: a");

    [TestCase("≥", "c,b", TestName = "At_least_lists_the_lowest")]
    [TestCase("≤", "d,e", TestName = "At_most_lists_the_highest")]
    [TestCase("≈", "d,c,e,b", TestName = "Equivalent_lists_the_furthest_on_either_side")]
    [TestCase("largest at", "", TestName = "Comparison_with_no_number_lists_none")]
    public void Worst_prompts(string direction, string texts)
    {
        ClaimResult result = Results.Failed with { Direction = direction, Threshold = 1, Samples = [new("a", 1), new("b", 0.9), new("c", 0), new("d", 2.5), new("e", 1.2)] };

        Texts(result).Should().Be(texts);
    }

    [Test]
    public void Claim_recorded_to_fail_lists_what_speaks_for_it() =>
        Texts(Results.Failed with { Recorded = Expectation.Fails, Threshold = 1, Samples = [new("a", 1.5), new("b", 0.9), new("c", 7)] }).Should().Be("c,a");

    [Test]
    public void Prompts_of_a_ratio_weigh_with_what_they_add_to_it()
    {
        // As quotients c (0.1) would be worst; but its denominator is small, and it hardly moves the ratio of means.
        ClaimResult result = Results.Failed with { Threshold = 0.5, Samples = [new("a", 4, 10), new("b", 6, 10), new("c", 0.01, 0.1)] };

        Texts(result).Should().Be("a,c");
    }

    [Test]
    public void Ratio_with_negative_denominators_turns_the_sides_around()
    {
        // Ratios 0.4 and 0.6 again, written with both signs turned.
        ClaimResult result = Results.Failed with { Threshold = 0.5, Samples = [new("a", -4, -10), new("b", -6, -10)] };

        Texts(result).Should().Be("a");
    }

    [Test]
    public void NaN_prompt_is_the_worst() => Texts(Results.Failed with { Samples = [new("a", 0.1), new("b", double.NaN)] }).Should().Be("b,a");

    [Test]
    public void Five_prompts_at_most_and_long_ones_cut()
    {
        ClaimResult result = Results.Failed with { Samples = [.. Enumerable.Range(0, 9).Select(i => new SampleRecord(new string('x', 500), -i))] };

        string message = FailureMessage.For(result);

        FailureMessage.Worst(result).Select(sample => sample.Value).Should().Equal(-8, -7, -6, -5, -4);
        message.Split('\n').Should().OnlyContain(line => line.Length < 200);
        message.Should().Contain("x…");
    }

    private static string Texts(ClaimResult result) => string.Join(',', FailureMessage.Worst(result).Select(sample => sample.Text));

    [Test]
    public void Reason_of_the_record_is_told_where_there_is_one()
    {
        FailureMessage.For(Results.Failed with { Because = "5.5 is an induction head." }).Should().Contain("because       5.5 is an induction head.");
        FailureMessage.For(Results.Failed).Should().NotContain("because");
    }
}
