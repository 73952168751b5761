using CircuitSpecs.Claims;
using CircuitSpecs.Reporting;

namespace CircuitSpecs.Tests.Reporting;

public class ClaimTableTests
{
    private static readonly ClaimResult[] All =
        [Results.Passed, Results.ExpectedFailure, Results.Ignored, Results.Failed, Results.Exact, Results.Broken with { Claim = "2.30/mlp0", Problem = "2.30", Title = "MLP0", Sentence = "breaks", Component = "mlp0" }];

    [Test]
    public void Failures_come_first_then_the_table_then_legend_and_totals()
    {
        string text = Text(All);

        int[] places = [.. new[]
        {
            "✗ 2.11 Induction heads › attends behind the previous occurrence › 3.0 › organism-a",
            "refuted, recorded to hold, vacuous: it holds on a null model too: 0.412 [0.380, 0.450], claimed ≥ 0.800, n = 4",
            "! 2.30 MLP0 › breaks › mlp0 › gpt2",
            "Hook blocks.4.attn.hook_pattern never fired.",
            "Claim ",
            "2.1 Norms",
            "2.11 Induction heads",
            "2.26 Previous-token head",
            "2.30 MLP0",
            "✓ as recorded",
            "6 claims × models: 3 passed, 1 failed, 0 inconclusive, 1 error, 1 ignored",
            "Null models: 1 of 2 claims killed all their nulls",
        }.Select(part => LineOf(text, part))];
        places.Should().NotContain(-1).And.BeInAscendingOrder();

        static int LineOf(string text, string part) => text.LastIndexOf(part, StringComparison.Ordinal);
    }

    [Test]
    public void Cell_has_glyph_component_value_and_interval()
    {
        string[] lines = Text(All).Split('\n');
        int row = Array.FindIndex(lines, line => line.Contains("  attends to the previous token", StringComparison.Ordinal));

        lines[row].Should().MatchRegex(@"attends to the previous token\s+✓ 4\.11 0\.873\s+– 8\.1");
        lines[row + 1].Should().Contain("  [0.845, 0.897]");
        lines[row + 2].Should().Contain("✓¬ 5.5 0.200");
        lines[row + 3].Should().Contain("  [0.180, 0.220]");
    }

    [Test]
    public void Component_that_a_whole_row_shares_stands_in_the_row()
    {
        string text = Text([Results.Passed, Results.Passed with { Model = "other" }]);

        text.Should().Contain("attends to the previous token (4.11)").And.Contain("✓ 0.873");
    }

    [Test]
    public void Exact_value_has_no_interval() => Text([Results.Exact]).Should().Contain("135.2").And.NotContain("[135");

    [Test]
    public void Redirected_table_has_no_control_sequences_and_keeps_to_its_width([Values(80, 120)] int width, [Values(1, 6, 17)] int models)
    {
        ClaimResult[] results = [.. Enumerable.Range(0, models).Select(i => Results.Failed with { Model = $"model-number-{i}", Component = $"{i}.11", Outcome = Outcome.Passed })];

        string text = Text(results, width);

        text.Should().NotContain("\u001b");
        text.Split('\n').Where(line => line.Contains('[', StringComparison.Ordinal) || line.Contains('─', StringComparison.Ordinal)).Should().NotBeEmpty().And.OnlyContain(line => line.TrimEnd().Length <= width);
        for (int i = 0; i < models; i++)
        {
            text.Should().Contain($"✓ {i}.11 0.412".Replace($" {i}.11", models == 1 ? "" : $" {i}.11", StringComparison.Ordinal));
        }
    }

    [Test]
    public void Text_with_markup_of_the_console_library_stands_as_itself() =>
        Text([Results.Failed with { Sentence = "[red]", Model = "[/]", Title = "[bold]", Message = "[x]", Component = "[0]" }]).Should().Contain("2.11 [bold] › [red] › [0] › [/]").And.Contain("[x]");

    [Test]
    public void Problems_are_ordered_as_a_reader_counts()
    {
        string text = Text([Results.Passed with { Problem = "2.18", Claim = "a" }, Results.Passed with { Problem = "2.3", Claim = "b" }, Results.Passed with { Problem = "10.1", Claim = "c" }]);

        int[] places = [.. new[] { "2.3 ", "2.18 ", "10.1 " }.Select(problem => text.IndexOf(problem + "Previous", StringComparison.Ordinal))];
        places.Should().NotContain(-1).And.BeInAscendingOrder();
    }

    [Test]
    public void Empty_run_has_totals() => Text([]).Should().Contain("0 claims × models: 0 passed");

    [Test]
    public void Totals_count_a_claim_as_killing_its_nulls_only_if_none_supports_it()
    {
        RunTotals totals = RunTotals.Of([Results.Passed, Results.Failed, Results.Exact, Results.Passed with { Vacuous = true }]);

        (totals.KilledAllNulls, totals.WithNulls).Should().Be((1, 3));
        totals.ByVerdict[Verdict.Supported].Should().Be(3);
        totals.ByVerdict[Verdict.Refuted].Should().Be(1);
        totals.Verdicts.Should().Be("3 supported, 1 refuted, 0 inconclusive, 0 invalid, 0 skipped");
    }

    [Test]
    public void Named_components_stand_out_only_after_correction_for_all_claims_of_the_run()
    {
        ClaimResult[] results = [.. new[] { 0.001, 0.02, 0.02, 0.04 }.Select(p => Results.Passed with { Specificity = new SpecificityResult(143, 0, 1, "5.5", 0.1, p) })];
        ClaimResult refuted = Results.Failed with { Specificity = new SpecificityResult(143, 0, 1, "5.5", 0.1, 0.0001) };

        // Holm 1979: 4 × 0.001 = 0.004 ≤ 0.05, then 3 × 0.02 = 0.06 > 0.05 and everything after it.
        RunTotals totals = RunTotals.Of([.. results, refuted]);

        (totals.StandOut, totals.ComparedWithPeers).Should().Be((1, 4));
        Text(results).Should().Contain("Specificity: 1 of 4 named components stand out");
    }

    private static string Text(ClaimResult[] results, int width = 120)
    {
        using StringWriter writer = new();
        ClaimTable.Write(writer, results, width);
        return writer.ToString().ReplaceLineEndings("\n");
    }
}
