using CircuitSpecs.Claims;
using CircuitSpecs.Components;
using CircuitSpecs.Statistics;

namespace CircuitSpecs.Tests.Claims;

public class EquivalenceConditionTests
{
    private static readonly Interval Interval = Synthetic.IntervalOf(Synthetic.Samples, 0.90);

    // The band around 0.5 that the 90 % interval just fills.
    private static readonly double Reach = Math.Max(0.5 - Interval.Low, Interval.High - 0.5);

    [TestCase(1e-9, Verdict.Supported)]
    [TestCase(-1e-9, Verdict.Inconclusive)]
    public void Band_has_to_hold_the_whole_90_percent_interval(double room, Verdict expected) =>
        Judge(Claimed().IsEquivalentTo(0.5, Reach + room)).Verdict.Should().Be(expected);

    [Test]
    public void Two_one_sided_tests_at_5_percent_do_not_need_the_95_percent_interval()
    {
        Interval wider = Synthetic.IntervalOf(Synthetic.Samples);
        double between = (Reach + Math.Max(0.5 - wider.Low, wider.High - 0.5)) / 2;
        between.Should().BeGreaterThan(Reach);
        Judgement judgement = Judge(Claimed().IsEquivalentTo(0.5, between));
        judgement.Verdict.Should().Be(Verdict.Supported);
        judgement.Primary.Interval.Should().Be(Interval);
        (judgement.Primary.Direction, judgement.Primary.Threshold).Should().Be(("≈", 0.5));
    }

    [TestCase(1e-9, Verdict.Refuted)]
    [TestCase(-1e-9, Verdict.Inconclusive)]
    public void Value_is_different_when_the_interval_lies_wholly_outside(double distance, Verdict expected)
    {
        Judge(Synthetic.Claimed(Synthetic.Samples).IsEquivalentTo(Interval.High + 0.1 + distance, 0.1)).Verdict.Should().Be(expected);
        Judge(Synthetic.Claimed(Synthetic.Samples).IsEquivalentTo(Interval.Low - 0.1 - distance, 0.1)).Verdict.Should().Be(expected);
    }

    [Test]
    public void Open_equivalence_says_how_many_prompts_would_settle_it()
    {
        // The estimate is in the middle of the band; the longer half of the interval decides.
        double times = Reach / 0.1;
        Judge(Synthetic.Claimed(Synthetic.Samples).IsEquivalentTo(0.5, 0.1)).Primary.ToSettle!.Value.Should().BeCloseTo((long)(12 * times * times), 1);
    }

    [Test]
    public void Support_without_a_positive_control_is_no_experiment() =>
        FluentActions.Invoking(() => Judge(Synthetic.Claimed(Synthetic.Samples).IsEquivalentTo(0.5, 1))).Should().Throw<InvalidExperimentException>().WithMessage("*needs a positive control*");

    [Test]
    public void Control_that_stays_in_the_band_or_straddles_it_is_no_experiment()
    {
        foreach (double control in (double[])[0.5, 1.5])
        {
            FluentActions.Invoking(() => Judge(Synthetic.Claimed(Synthetic.Samples).WithPositiveControl("blind", _ => Synthetic.WithMean(control)).IsEquivalentTo(0.5, 1)))
                .Should().Throw<InvalidExperimentException>().WithMessage("*'blind' is not outside the band*");
        }
    }

    [Test]
    public void Control_that_is_no_number_is_no_experiment() =>
        FluentActions.Invoking(() => Judge(Synthetic.Claimed(Synthetic.Samples).WithPositiveControl("broken", _ => Synthetic.Constant(double.NaN)).IsEquivalentTo(0.5, 1)))
            .Should().Throw<InvalidExperimentException>().WithMessage("*'broken' is NaN on prompt 0*");

    [Test]
    public void Refuted_and_open_claims_need_no_control()
    {
        Judge(Synthetic.Claimed(Synthetic.Samples).IsEquivalentTo(9, 1)).Verdict.Should().Be(Verdict.Refuted);
        Judge(Synthetic.Claimed(Synthetic.Samples).IsEquivalentTo(0.5, 0.01)).Verdict.Should().Be(Verdict.Inconclusive);
    }

    [Test]
    public void Another_component_that_matters_is_control_enough()
    {
        JudgementContext context = Synthetic.Against(new Head(0, 0), other => other == new Head(2, 1) ? Synthetic.WithMean(8) : Synthetic.WithMean(0.6));
        Judgement judgement = Synthetic.Claimed(Synthetic.Samples).IsEquivalentTo(0.5, 1).Judge(context);
        judgement.Verdict.Should().Be(Verdict.Supported);
        judgement.Primary.Text.Should().Contain("positive control: 2.1: 8");
        judgement.Specificity.Should().BeNull("the strongest is no question of a claim of no effect");
    }

    [Test]
    public void Components_of_which_none_matters_are_no_control() =>
        FluentActions.Invoking(() => Synthetic.Claimed(Synthetic.Samples).IsEquivalentTo(0.5, 1).Judge(Synthetic.Against(new Head(0, 0), _ => Synthetic.WithMean(0.6))))
            .Should().Throw<InvalidExperimentException>().WithMessage("None of the 8 other components*");

    [Test]
    public void Ratio_can_be_equivalent_to_one()
    {
        PerPrompt ratio = PerPrompt.RatioOfMeans(Synthetic.WithMean(2), Synthetic.WithMean(2.02));
        Judgement judgement = Judge(Synthetic.Claimed(ratio).WithPositiveControl("all", _ => PerPrompt.RatioOfMeans(Synthetic.WithMean(9), Synthetic.WithMean(2))).IsEquivalentTo(1, 0.05));
        judgement.Verdict.Should().Be(Verdict.Supported);
        judgement.Primary.Value.Should().BeApproximately(2 / 2.02, 1e-12);
    }

    private static MeasuredClaim Claimed() => Synthetic.Claimed(Synthetic.Samples).WithPositiveControl("far away", _ => Synthetic.WithMean(50));

    private static Judgement Judge(MeasuredClaim claim) => claim.Judge(Synthetic.Context());
}
