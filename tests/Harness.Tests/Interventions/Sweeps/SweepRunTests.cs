using CircuitSpecs.Analysis;
using CircuitSpecs.Claims;
using CircuitSpecs.Interventions;
using CircuitSpecs.Interventions.Sweeps;
using CircuitSpecs.Prompts;
using CircuitSpecs.Statistics;
using CircuitSpecs.Tests.Transformer;
using CircuitSpecs.Transformer;

namespace CircuitSpecs.Tests.Interventions.Sweeps;

/// <summary>What surrounds the numbers of a sweep: metrics, cost, progress, cancellation, results, refusals.</summary>
public sealed class SweepRunTests
{
    [Test]
    public void Other_metrics_read_all_logits()
    {
        using HookedTransformer model = SmallTransformer.Create();
        EvaluationSet pairs = SmallTransformer.Prompts();
        (SweepMetric Metric, Func<Intervention, PerPrompt> Naive)[] metrics =
        [
            (SweepMetric.AnswerLogit, patch => model.AnswerLogit(pairs, patch)),
            (SweepMetric.AnswerLogProbability, patch => model.AnswerLogProbability(pairs, patch)),
            (SweepMetric.AnswerProbability, patch => model.AnswerProbability(pairs, patch)),
            (SweepMetric.AnswerLoss, patch => -model.AnswerLogProbability(pairs, patch)),
            (SweepMetric.Of("right", (prompt, logits) => logits.IndexOf(Largest(logits)) == prompt.Answer ? 1 : 0), patch => model.Accuracy(pairs, patch)),
        ];
        foreach ((SweepMetric metric, Func<Intervention, PerPrompt> naive) in metrics)
        {
            var sweep = Sweep.Heads(model, pairs, SweepDirection.Noising, metric: metric);
            SweepResult result = sweep.Run();
            result.Metric.Should().Be(metric.Name);
            foreach (SweepCell cell in sweep.Cells)
            {
                PerPrompt expected = naive(sweep.InterventionOf(cell));
                result[cell].Numerators.Should().HaveCount(expected.Count);
                result[cell].Numerators.Zip(expected.Numerators).Should().OnlyContain(pair => Math.Abs(pair.First - pair.Second) < NaiveLoop.Tolerance, "that is the {0} of {1}", metric, cell);
            }
        }

        static float Largest(ReadOnlySpan<float> logits)
        {
            float largest = logits[0];
            foreach (float logit in logits)
            {
                largest = Math.Max(largest, logit);
            }

            return largest;
        }
    }

    [Test]
    public void The_cost_is_known_before_the_run()
    {
        using HookedTransformer model = SmallTransformer.Create();
        EvaluationSet pairs = SmallTransformer.Prompts(count: 8).OfLength(6);
        var sweep = Sweep.HeadsByPosition(model, pairs, SweepDirection.Denoising);

        // 3 layers, 3 heads, 6 positions, 4 prompts whose twins differ at position 2 only; heads of the last layer matter at the answer position alone.
        sweep.Cost.Patches.Should().Be(3 * 3 * 6 * 4);
        sweep.Cost.Skipped.Should().Be(((2 * 3 * 2) + (3 * 5)) * 4);
        sweep.Run().Skipped.Should().Be(sweep.Cost.Skipped);

        // Against 216 forward passes of the loop.
        sweep.Cost.ForwardPasses.Should().BeInRange(10, 60);
        sweep.Cost.Operations.Should().BePositive();
        sweep.Cost.Bytes.Should().BeInRange(1000, 1_000_000);
        sweep.Cost.IsLong.Should().BeFalse();
        sweep.Cost.ToString().Should().Contain("216 patches").And.Contain("108 of them without effect");
    }

    [Test]
    public void Work_is_counted_in_positions_and_blocks()
    {
        // One prompt of 5 tokens: patching resid_pre before block 0 at its first position is a forward pass, but for the last block, whose queries and MLP run at one position.
        using HookedTransformer model = SmallTransformer.Create(config: SmallTransformer.Config with { AttentionOnly = true });
        var pairs = new EvaluationSet("one", 0, SmallTransformer.Prompts().OfLength(5).Prompts.Take(1).Select(prompt => prompt with { Corrupt = [1, .. prompt.Corrupt!.Value[1..]] }));
        Sweep.Layers(model, pairs, SweepDirection.Denoising, Hook.ResidPre).Cost.ForwardPasses.Should().BeApproximately((3.0 + 2 + 1) / 3, 1e-9);
        Sweep.LayersByPosition(model, pairs, SweepDirection.Denoising, Hook.ResidPre, [4]).Cost.ForwardPasses.Should().BeApproximately((3.0 + 2 + 1) / 15, 1e-9);
        Sweep.LayersByPosition(model, pairs, SweepDirection.Denoising, Hook.ResidPre, [0]).Cost.ForwardPasses.Should().BeApproximately((3.0 + 2 + 1) / 3, 1e-9);
        Sweep.HeadPaths(model, pairs, SweepDirection.Noising, PathMlps.Frozen).Cost.ForwardPasses.Should().Be(0, "it is a closed form");
    }

    [Test]
    public void Progress_is_reported()
    {
        using HookedTransformer model = SmallTransformer.Create();
        EvaluationSet pairs = SmallTransformer.Prompts();
        var reports = new Reports<SweepProgress>();
        SweepResult result = Sweep.Heads(model, pairs, SweepDirection.Denoising).Run(reports);

        reports.All[0].Should().Match<SweepProgress>(first => first.Share == 0 && first.Remaining == null && first.Cost == result.Cost);
        reports.All[^1].Share.Should().Be(1);
        reports.All[^1].Remaining.Should().Be(TimeSpan.Zero);
        reports.All.Should().HaveCountGreaterThan(5);
        reports.All.Select(report => report.Share).Should().BeInAscendingOrder();
    }

    [Test]
    public void Cost_and_progress_are_printed()
    {
        using HookedTransformer model = SmallTransformer.Create();
        var output = new StringWriter();
        var sweep = Sweep.Heads(model, SmallTransformer.Prompts(), SweepDirection.Denoising);
        sweep.Run(new SweepPrinter(output, "heads", secondsBetween: 0));

        string[] lines = output.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
        lines[0].Should().Be($"heads: {sweep.Cost}");
        lines[1].Should().MatchRegex(@"^heads: \d+\s?% after \d+ s, \d+ s to go$");
        lines[^1].Should().MatchRegex(@"^heads: 100\s?% after \d+ s, 0 s to go$");
    }

    [Test]
    public void A_sweep_can_be_cancelled()
    {
        using HookedTransformer model = SmallTransformer.Create();
        EvaluationSet pairs = SmallTransformer.Prompts();
        var sweep = Sweep.Heads(model, pairs, SweepDirection.Denoising);
        using var cancellation = new CancellationTokenSource();
        var reports = new Reports<SweepProgress>(report =>
        {
            if (report.Share > 0.3)
            {
                cancellation.Cancel();
            }
        });

        sweep.Invoking(it => it.Run(reports, cancellation.Token)).Should().Throw<OperationCanceledException>();
        reports.All[^1].Share.Should().BeInRange(0.3, 0.9, "it stops at the next batch");
        sweep.ShouldEqualTheNaiveLoop(model, pairs);
    }

    [Test]
    public void What_changes_nothing_has_exactly_no_effect()
    {
        using HookedTransformer model = SmallTransformer.Create();
        EvaluationSet pairs = SmallTransformer.Prompts().OfLength(6);
        SweepResult result = Sweep.HeadsByPosition(model, pairs, SweepDirection.Noising).Run();
        result.Skipped.Should().BePositive();
        result.Cells.Where(cell => cell.At == 0 || cell.At == 1).Should().OnlyContain(cell => result.Effect(cell).Numerators.All(effect => effect == 0));
        result[1, 0, 2].Numerators.Should().NotEqual(result.Unpatched.Numerators);
    }

    [Test]
    public void Open_hooks_are_obeyed()
    {
        using HookedTransformer model = SmallTransformer.Create();
        EvaluationSet pairs = SmallTransformer.Prompts(count: 4);
        var sweep = Sweep.Heads(model, pairs, SweepDirection.Denoising);
        PerPrompt without = sweep.Run()[0, 1];
        using (model.Hooks(new ForwardHook(Hook.MlpOut(1), (output, _) => output * 0.5)))
        {
            sweep.ShouldEqualTheNaiveLoop(model, pairs)[0, 1].Numerators.Should().NotEqual(without.Numerators);
        }
    }

    [Test]
    public void Results_as_tables()
    {
        using HookedTransformer model = SmallTransformer.Create();
        EvaluationSet pairs = SmallTransformer.Prompts();
        SweepResult heads = Sweep.Heads(model, pairs, SweepDirection.Denoising).Run();
        SweepResult named = Sweep.HeadsByPosition(model, pairs, SweepDirection.Denoising, positions: ["S", "END"]).Run();

        heads.HeadEffects()["1.2"].Should().Be(heads.Effect(new SweepCell(1, 2)).Value);
        heads.Normalised(new SweepCell(1, 2), model.LogitDifference(pairs)).Value.Should().BeApproximately(
            model.LogitDifferenceRestored(pairs, ActivationPatch.Denoising(Hook.Z(1), 2)).Value, NaiveLoop.Tolerance);
        heads.ToTable().Should().Contain("head 2").And.Contain(FormattableString.Invariant($"{heads.Effect(new SweepCell(2, 1)).Value:F3}"));
        named.ToTable().Should().Contain("END").And.Contain("2.1").And.Contain(FormattableString.Invariant($"{named.Effect(new SweepCell(2, 1, "END")).Value:F3}"));
        named.Invoking(it => it.HeadEffects()).Should().Throw<InvalidOperationException>().WithMessage("*18 others*");
        named.Invoking(it => it[2, 1]).Should().Throw<KeyNotFoundException>().WithMessage("*no cell 2.1;*0.0 at S*2.2 at END*");
    }

    [Test]
    public void The_conventions_of_a_claim_name_the_sweep()
    {
        using HookedTransformer model = SmallTransformer.Create();
        using ExperimentNotes notes = ExperimentNotes.Begin();
        Sweep.Heads(model, SmallTransformer.Prompts(), SweepDirection.Denoising, Hook.V).Run();
        notes.All.Should().Contain(note => note.Key == "sweep" && note.Value == "denoise attn.hook_v of every head");
    }

    [Test]
    public void Unfit_input_is_refused()
    {
        using HookedTransformer model = SmallTransformer.Create();
        EvaluationSet pairs = SmallTransformer.Prompts();
        EvaluationSet Changed(Func<Prompt, Prompt> change) => new("changed", 0, pairs.Prompts.Select(change));
        void Refused(Action action, string message) => action.Should().Throw<ArgumentException>().WithMessage(message);

        Refused(() => Sweep.Heads(model, Changed(prompt => prompt with { Corrupt = [.. prompt.Corrupt!.Value, 3] }), SweepDirection.Denoising), "*has 5 tokens and its corrupted twin 6*");
        Refused(() => Sweep.Heads(model, Changed(prompt => prompt with { Corrupt = null }), SweepDirection.Denoising), "*has no corrupted twin*");
        Refused(() => Sweep.Heads(model, Changed(prompt => prompt with { Foil = null }), SweepDirection.Denoising), "*has no foil*logit difference*");
        Refused(() => Sweep.AblateHeads(model, Changed(prompt => prompt with { Answer = null }), Ablate.Zero), "*has no answer*");
        Refused(() => Sweep.HeadsByPosition(model, pairs, SweepDirection.Denoising), "*5, 6 tokens*END, S*");
        Refused(() => Sweep.HeadsByPosition(model, pairs, SweepDirection.Denoising, positions: []), "*at least one*");
        Refused(() => Sweep.HeadsByPosition(model, pairs, SweepDirection.Denoising, positions: ["S", "S"]), "*each of them once*");
        Refused(() => Sweep.HeadsByPosition(model, pairs, SweepDirection.Denoising, positions: [5]), "*outside of prompts of 5 tokens*");
        Refused(() => Sweep.Heads(model, pairs, SweepDirection.Denoising, Hook.MlpOut), "*changes one of attn.hook_z*hook_mlp_out*");
        Refused(() => Sweep.Layers(model, pairs, SweepDirection.Denoising, Hook.Z), "*changes one of hook_resid_pre*attn.hook_z*");
        Refused(() => Sweep.AblateHeads(model, pairs, _ => Ablate.Zero(Hook.MlpOut(0))).Run(), "*needs an intervention that acts there*blocks.0.hook_mlp_out*");
        Refused(() => Sweep.Heads(model, pairs, SweepDirection.Denoising).InterventionOf(new SweepCell(3, 0)), "*no cell 3.0*");
        FluentActions.Invoking(() => Sweep.HeadsByPosition(model, pairs, SweepDirection.Denoising, positions: ["IO"])).Should().Throw<KeyNotFoundException>().WithMessage("*'IO'*END, S*");
        FluentActions.Invoking(() => Sweep.Heads(model, Changed(prompt => prompt with { Corrupt = prompt.Tokens }), SweepDirection.Denoising).Run()).Should().Throw<InvalidExperimentException>();
        FluentActions.Invoking(() => Sweep.AblateHeads(model, pairs, point => Ablate.Resample(point, 1), SweepMetric.AnswerLogit).Run()).Should().NotThrow();

        using HookedTransformer attentionOnly = SmallTransformer.Create(config: SmallTransformer.Config with { AttentionOnly = true });
        FluentActions.Invoking(() => Sweep.AblateMlps(attentionOnly, pairs, Ablate.Zero)).Should().Throw<UnknownHookException>();
        FluentActions.Invoking(() => Sweep.MlpPaths(attentionOnly, pairs, SweepDirection.Noising, PathMlps.Frozen)).Should().Throw<UnknownHookException>();
        FluentActions.Invoking(() => Sweep.LayersByPosition(attentionOnly, pairs, SweepDirection.Denoising, Hook.ResidMid, ["END"])).Should().Throw<UnknownHookException>();
    }
}
