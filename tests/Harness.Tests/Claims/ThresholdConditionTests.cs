using CircuitSpecs.Claims;
using CircuitSpecs.Statistics;

namespace CircuitSpecs.Tests.Claims;

public class ThresholdConditionTests
{
    private static readonly Interval Interval = Synthetic.IntervalOf(Synthetic.Samples);

    public static IEnumerable<TestCaseData> AtLeast() =>
    [
        new(Interval.Low, Verdict.Supported),
        new(Math.BitIncrement(Interval.Low), Verdict.Inconclusive),
        new(0.5, Verdict.Inconclusive),
        new(Interval.High, Verdict.Inconclusive),
        new(Math.BitIncrement(Interval.High), Verdict.Refuted),
    ];

    public static IEnumerable<TestCaseData> AtMost() =>
    [
        new(Interval.High, Verdict.Supported),
        new(Math.BitDecrement(Interval.High), Verdict.Inconclusive),
        new(Interval.Low, Verdict.Inconclusive),
        new(Math.BitDecrement(Interval.Low), Verdict.Refuted),
    ];

    [TestCaseSource(nameof(AtLeast))]
    public void At_least_is_decided_by_the_whole_interval(double bound, Verdict expected) =>
        Judge(Synthetic.Claimed(Synthetic.Samples).IsAtLeast(bound)).Verdict.Should().Be(expected);

    [TestCaseSource(nameof(AtMost))]
    public void At_most_is_decided_by_the_whole_interval(double bound, Verdict expected) =>
        Judge(Synthetic.Claimed(Synthetic.Samples).IsAtMost(bound)).Verdict.Should().Be(expected);

    [Test]
    public void Numbers_that_are_reported_are_those_of_the_measurement()
    {
        Judgement judgement = Judge(Synthetic.Claimed(Synthetic.Samples).IsAtLeast(0.1).In("logits"));
        judgement.Primary.Value.Should().BeApproximately(0.5, 1e-12);
        judgement.Primary.Interval.Should().Be(Interval);
        (judgement.Primary.Direction, judgement.Primary.Threshold, judgement.Unit).Should().Be(("≥", 0.1, "logits"));
        judgement.Samples.Should().BeSameAs(Synthetic.Samples);
        Judge(Synthetic.Claimed(Synthetic.Samples).IsAtMost(2)).Primary.Direction.Should().Be("≤");
    }

    [Test]
    public void Open_claim_says_how_many_prompts_would_settle_it()
    {
        // The half-width shrinks with the root of the number of prompts; it has to get below the distance to the bound.
        double half = 0.5 - Interval.Low;
        double times = half / 0.01;
        Judge(Synthetic.Claimed(Synthetic.Samples).IsAtLeast(0.49)).Primary.ToSettle!.Value.Should().BeCloseTo((long)(12 * times * times), 1);
        double upper = (Interval.High - 0.5) / 0.02;
        Judge(Synthetic.Claimed(Synthetic.Samples).IsAtLeast(0.52)).Primary.ToSettle!.Value.Should().BeCloseTo((long)(12 * upper * upper), 1);
        Judge(Synthetic.Claimed(Synthetic.Samples).IsAtLeast(Synthetic.Samples.Value)).Primary.ToSettle.Should().BeNull("no number settles an estimate on the bound");
        Judge(Synthetic.Claimed(Synthetic.Samples).IsAtLeast(0)).Primary.ToSettle.Should().BeNull("it is settled");
    }

    [Test]
    public void Same_value_on_every_prompt_is_compared_as_it_is()
    {
        Judge(Synthetic.Claimed(Synthetic.Constant(0.75)).IsAtLeast(0.75)).Verdict.Should().Be(Verdict.Supported);
        Judge(Synthetic.Claimed(Synthetic.Constant(0.75)).IsAtMost(0.75)).Verdict.Should().Be(Verdict.Supported);
        Judge(Synthetic.Claimed(Synthetic.Constant(0.75)).IsAtLeast(0.7500001)).Verdict.Should().Be(Verdict.Refuted);
        Judge(Synthetic.Claimed(Synthetic.Constant(0.75)).IsAtMost(0.7499999)).Verdict.Should().Be(Verdict.Refuted);
        Judge(Synthetic.Claimed(Synthetic.Constant(0.75)).IsAtLeast(0)).Primary.Interval.Width.Should().Be(0);
    }

    [Test]
    public void Ratio_is_of_means_and_never_the_mean_of_ratios()
    {
        PerPrompt ratio = PerPrompt.RatioOfMeans(Synthetic.Samples, new PerPrompt([0.01, .. Enumerable.Repeat(1.0, 11)]));
        double ofMeans = 0.5 / (11.01 / 12);
        Judgement judgement = Judge(Synthetic.Claimed(ratio).IsAtMost(1));
        judgement.Primary.Value.Should().BeApproximately(ofMeans, 1e-12, "the first prompt's own ratio is 10 and would move a mean of ratios above 1");
        judgement.Primary.Interval.Should().Be(Synthetic.IntervalOf(ratio));
        judgement.Verdict.Should().Be(Verdict.Supported);
        judgement.Conventions["aggregation"].Should().Be("ratio of means");
    }

    [Test]
    public void All_conditions_have_to_hold_and_one_refuted_refutes()
    {
        Judge(Synthetic.Claimed(Synthetic.Samples).IsAtLeast(0).IsAtMost(2)).Verdict.Should().Be(Verdict.Supported);
        Judge(Synthetic.Claimed(Synthetic.Samples).IsAtLeast(0).IsAtMost(0.5)).Verdict.Should().Be(Verdict.Inconclusive);
        Judge(Synthetic.Claimed(Synthetic.Samples).IsAtLeast(0.5).IsAtMost(0)).Verdict.Should().Be(Verdict.Refuted);
        Judgement both = Judge(Synthetic.Claimed(Synthetic.Samples).IsAtLeast(0).IsAtMost(2));
        both.Conditions.Should().HaveCount(2);
        both.Primary.Should().BeSameAs(both.Conditions[0]);
    }

    private static Judgement Judge(MeasuredClaim claim) => claim.Judge(Synthetic.Context());
}
