using CircuitSpecs.Claims;
using CircuitSpecs.Components;
using CircuitSpecs.Statistics;

namespace CircuitSpecs.Tests.Claims;

public class ExceedsPeersConditionTests
{
    private static readonly Head Named = new(1, 1);
    private static readonly PerPrompt Strongest = new([0.3, 0.1, 0.35, 0.2, 0.5, 0.1, 0.3, 0.45, 0.2, 0.6, 0.5, 0.9]);
    private static readonly Interval Difference = Synthetic.IntervalOf(Synthetic.Samples - Strongest);

    public static IEnumerable<TestCaseData> Margins() =>
    [
        new(Difference.Low, Verdict.Supported),
        new(Math.BitIncrement(Difference.Low), Verdict.Inconclusive),
        new(Difference.High, Verdict.Inconclusive),
        new(Math.BitIncrement(Difference.High), Verdict.Refuted),
    ];

    [TestCaseSource(nameof(Margins))]
    public void Paired_difference_to_the_strongest_other_decides(double by, Verdict expected)
    {
        Judgement judgement = Judge(by, Others);
        judgement.Verdict.Should().Be(expected);
        judgement.Primary.Interval.Should().Be(Difference);
        judgement.Primary.Value.Should().BeApproximately(0.5 - Strongest.Value, 1e-12);
        judgement.Primary.Text.Should().EndWith("over 2.0");
        (judgement.Primary.Direction, judgement.Primary.Threshold).Should().Be(("≥", by));
    }

    [Test]
    public void Open_margin_says_how_many_prompts_would_settle_it()
    {
        double value = 0.5 - Strongest.Value;
        double times = (value - Difference.Low) / 0.01;
        Judge(value - 0.01, Others).Primary.ToSettle!.Value.Should().BeCloseTo((long)(12 * times * times), 1);
    }

    [Test]
    public void Every_other_is_exceeded_under_every_kind_of_ablation_or_the_claim_is_open()
    {
        // Under the second kind the others have the named head's own value.
        static MeasuredClaim ClaimOf(Head head) => Claim.ThatUnder(
            new Dictionary<string, double> { ["mean"] = 0.1, ["resample"] = 0.9 },
            Synthetic.Prompts(),
            (prompts, others) => Synthetic.Constant(head == Named ? 0.9 : others, prompts.Count)).ExceedsEveryOtherHead(by: 0.1);
        Judgement judgement = ClaimOf(Named).Judge(Synthetic.Context(component: Named, claimFor: other => ClaimOf((Head)other)));

        judgement.Verdict.Should().Be(Verdict.Inconclusive);
        judgement.Primary.Text.Should().Contain("the kinds of ablation disagree: mean ablation 0.8; resample ablation 0");
    }

    [Test]
    public void Pairing_removes_what_the_prompts_have_in_common()
    {
        // Prompts vary by 100, and the named head exceeds the others by 0.1 on each: unpaired, nothing could be said.
        PerPrompt wide = Synthetic.Samples * 100;
        JudgementContext context = Synthetic.Against(Named, _ => wide - Synthetic.Constant(0.1));
        Synthetic.Claimed(wide).ExceedsEveryOtherHead(by: 0.09).Judge(context).Verdict.Should().Be(Verdict.Supported);
    }

    [Test]
    public void Noisy_other_that_is_not_the_strongest_still_leaves_it_open()
    {
        PerPrompt noisy = new(Enumerable.Range(0, 12).Select(index => index % 2 == 0 ? 5.0 : -5));
        Judgement judgement = Judge(0.01, other => other == new Head(0, 2) ? noisy : Others(other));
        judgement.Verdict.Should().Be(Verdict.Inconclusive);
        judgement.Primary.Text.Should().EndWith("over 0.2");
    }

    [Test]
    public void Refuted_claim_shows_the_component_that_refutes_it()
    {
        PerPrompt noisy = new(Enumerable.Range(0, 12).Select(index => index % 2 == 0 ? 50.0 : -50));
        PerPrompt stronger = Synthetic.Samples + Synthetic.Constant(0.25);
        Judgement judgement = Judge(0, other => other == new Head(0, 2) ? noisy : other == new Head(2, 2) ? stronger : Others(other));
        judgement.Verdict.Should().Be(Verdict.Refuted);
        judgement.Primary.Text.Should().EndWith("over 2.2");
        judgement.Primary.Interval.High.Should().BeLessThan(0);
    }

    [Test]
    public void Another_kind_of_component_or_none_is_no_experiment()
    {
        FluentActions.Invoking(() => Synthetic.Claimed(Synthetic.Samples).ExceedsEveryOtherMlp().Judge(Synthetic.Against(Named, Others)))
            .Should().Throw<InvalidExperimentException>().WithMessage("*names a mlp; this one names 1.1 (head)*");
        FluentActions.Invoking(() => Synthetic.Claimed(Synthetic.Samples).ExceedsEveryOtherHead().Judge(Synthetic.Context()))
            .Should().Throw<InvalidExperimentException>().WithMessage("*names no component*");
    }

    [Test]
    public void Only_head_of_a_model_cannot_exceed_the_others() =>
        FluentActions.Invoking(() => Synthetic.Claimed(Synthetic.Samples).ExceedsEveryOtherHead().Judge(
                Synthetic.Against(new Head(0, 0), Others, config: Synthetic.Config with { Layers = 1, Heads = 1 })))
            .Should().Throw<InvalidExperimentException>().WithMessage("*no head besides 0.0*");

    [Test]
    public void Mlps_are_compared_with_mlps()
    {
        JudgementContext context = Synthetic.Against(new Mlp(0), other => Synthetic.WithMean(other == new Mlp(2) ? 0.3 : 0.1));
        Judgement judgement = Synthetic.Claimed(Synthetic.Samples).ExceedsEveryOtherMlp(by: 0.15).Judge(context);
        judgement.Verdict.Should().Be(Verdict.Supported);
        judgement.Primary.Text.Should().EndWith("over mlp2");
        judgement.Primary.Value.Should().BeApproximately(0.2, 1e-12);
    }

    private static PerPrompt Others(Component other) => other == new Head(2, 0) ? Strongest : Strongest - Synthetic.Constant(10);

    private static Judgement Judge(double by, Func<Component, PerPrompt> others) =>
        Synthetic.Claimed(Synthetic.Samples).ExceedsEveryOtherHead(by).Judge(Synthetic.Against(Named, others));
}
