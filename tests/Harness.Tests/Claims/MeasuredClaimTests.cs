using CircuitSpecs.Claims;
using CircuitSpecs.Prompts;
using CircuitSpecs.Statistics;

namespace CircuitSpecs.Tests.Claims;

public class MeasuredClaimTests
{
    [Test]
    public void Prompts_of_one_template_are_resampled_together()
    {
        static string Template(int index) => $"template {index % 8}";
        EvaluationSet prompts = Synthetic.Prompts(24, template: Template);
        var samples = new PerPrompt(Enumerable.Range(0, 24).Select(index => (index % 8) + (index / 100.0)));
        Interval clustered = Bootstrap.BiasCorrectedAccelerated(samples, [.. Enumerable.Range(0, 24).Select(Template)], 0.95, Synthetic.Seed, new JudgementOptions().Resamples);
        clustered.Should().NotBe(Synthetic.IntervalOf(samples));
        Claim.That(prompts, _ => samples).IsAtLeast(0).Judge(Synthetic.Context()).Primary.Interval.Should().Be(clustered);
    }

    [Test]
    public void Resamples_confidence_and_seed_are_those_of_the_context()
    {
        var options = new JudgementOptions { Confidence = 0.8, Resamples = 500 };
        Judgement judgement = Synthetic.Claimed(Synthetic.Samples).IsAtLeast(0).Judge(new JudgementContext(options, 99, Synthetic.Config));
        judgement.Primary.Interval.Should().Be(Bootstrap.BiasCorrectedAccelerated(Synthetic.Samples, confidence: 0.8, seed: 99, resamples: 500));
        judgement.Conventions["interval"].Should().Be("BCa bootstrap, 500 resamples, seed 99");
    }

    [Test]
    public void Metric_with_another_number_of_values_is_no_experiment() =>
        Judging(Claim.That(Synthetic.Prompts(), _ => Synthetic.Constant(1, 11)).IsAtLeast(0)).Should().Throw<InvalidExperimentException>().WithMessage("*11 values for 12 prompts*");

    [TestCase(double.NaN)]
    [TestCase(double.PositiveInfinity)]
    public void Value_that_is_no_number_is_no_experiment(double value)
    {
        double[] values = [.. Synthetic.Samples.Numerators];
        values[4] = value;
        Judging(Synthetic.Claimed(new PerPrompt(values)).IsAtLeast(0)).Should().Throw<InvalidExperimentException>().WithMessage("*on prompt 4, 'prompt 4'*");
        Judging(Synthetic.Claimed(PerPrompt.RatioOfMeans(Synthetic.Samples, new PerPrompt(values))).IsAtLeast(0)).Should().Throw<InvalidExperimentException>().WithMessage("*on prompt 4, 'prompt 4'*");
    }

    [Test]
    public void Ratio_to_nothing_is_no_experiment()
    {
        var balanced = new PerPrompt(Enumerable.Range(0, 12).Select(index => index % 2 == 0 ? 1.0 : -1));
        Judging(Synthetic.Claimed(PerPrompt.RatioOfMeans(Synthetic.Samples, balanced)).IsAtLeast(0)).Should().Throw<InvalidExperimentException>().WithMessage("*scale is zero*");
    }

    [TestCase(7, false)]
    [TestCase(8, true)]
    public void Fewer_than_eight_prompts_are_no_experiment(int count, bool enough)
    {
        Action judging = Judging(Synthetic.Claimed(Synthetic.Constant(1, count)).IsAtLeast(0));
        if (enough)
        {
            judging.Should().NotThrow();
        }
        else
        {
            judging.Should().Throw<InvalidExperimentException>().WithMessage("7 prompts*at least 8*");
        }
    }

    [Test]
    public void Claim_that_says_nothing_is_no_experiment() => Judging(Synthetic.Claimed(Synthetic.Samples)).Should().Throw<InvalidExperimentException>().WithMessage("*says nothing yet*");

    [Test]
    public void Metric_is_measured_once_on_the_prompts_of_the_claim()
    {
        EvaluationSet prompts = Synthetic.Prompts();
        var seen = new List<EvaluationSet>();
        Claim.That(prompts, set =>
        {
            seen.Add(set);
            return Synthetic.Samples;
        }).IsAtLeast(0).IsAtMost(1).Judge(Synthetic.Context());
        seen.Should().ContainSingle().Which.Should().BeSameAs(prompts);
    }

    [TestCase(null, "not prepended; all begin with token 1")]
    [TestCase(1, "prepended")]
    [TestCase(4, "not prepended; all begin with token 1")]
    public void Conventions_say_whether_prompts_begin_with_bos(int? bos, string expected)
    {
        // Every prompt of this set begins with its seed, 1.
        JudgementContext context = Synthetic.Context(config: Synthetic.Config with { BosToken = bos });
        Judgement judgement = Synthetic.Claimed(Synthetic.Samples).IsAtLeast(0).Judge(context);
        judgement.Conventions["bos"].Should().Be(expected);
        judgement.Conventions["prompts"].Should().Be("synthetic, seed 1, n 12");
        judgement.Conventions["aggregation"].Should().Be("mean over prompts");
        judgement.Conventions.Should().NotContainKey("ablations");
    }

    [Test]
    public void Snapshots_are_asked_for_in_order()
    {
        SnapshotRequest scores = SnapshotRequest.OfScores(() => new double[1, 1]);
        Synthetic.Claimed(Synthetic.Samples).IsAtLeast(0).MatchesSnapshot().MatchesSnapshot(scores).Judge(Synthetic.Context()).Snapshots.Select(request => request.Name).Should().Equal("value", "scores");
    }

    private static Action Judging(MeasuredClaim claim) => () => claim.Judge(Synthetic.Context());
}
