using CircuitSpecs.Claims;

namespace CircuitSpecs.Tests.Claims;

public class ExactClaimTests
{
    [TestCase(0.5, Verdict.Supported)]
    [TestCase(0.5000001, Verdict.Refuted)]
    public void At_least_compares_exactly(double bound, Verdict expected) => Judge(Claim.Exactly(0.5).IsAtLeast(bound)).Verdict.Should().Be(expected);

    [TestCase(0.5, Verdict.Supported)]
    [TestCase(0.4999999, Verdict.Refuted)]
    public void At_most_compares_exactly(double bound, Verdict expected) => Judge(Claim.Exactly(0.5).IsAtMost(bound)).Verdict.Should().Be(expected);

    [Test]
    public void Every_bound_has_to_hold()
    {
        Judge(Claim.Exactly(0.5).IsAtLeast(0).IsAtMost(1)).Verdict.Should().Be(Verdict.Supported);
        Judge(Claim.Exactly(1.5).IsAtLeast(0).IsAtMost(1)).Verdict.Should().Be(Verdict.Refuted);
    }

    [Test]
    public void Judgement_carries_the_number_without_an_interval()
    {
        Judgement judgement = Judge(Claim.Exactly(0.5).IsAtMost(0.75).In("cosine").MatchesSnapshot());
        ConditionResult primary = judgement.Primary;
        (primary.Value, primary.Interval.Low, primary.Interval.High, primary.Interval.Confidence, primary.Direction, primary.Threshold).Should().Be((0.5, 0.5, 0.5, 1.0, "≤", 0.75));
        judgement.Unit.Should().Be("cosine");
        judgement.Samples.Should().BeNull();
        judgement.Snapshots.Should().ContainSingle().Which.Name.Should().Be("value");
    }

    [TestCase(double.NaN)]
    [TestCase(double.NegativeInfinity)]
    public void Number_that_is_none_is_no_experiment(double value) => FluentActions.Invoking(() => Judge(Claim.Exactly(value).IsAtLeast(0))).Should().Throw<InvalidExperimentException>();

    [Test]
    public void Claim_that_says_nothing_is_no_experiment() => FluentActions.Invoking(() => Judge(Claim.Exactly(1.0))).Should().Throw<InvalidExperimentException>().WithMessage("*says nothing yet*");

    private static Judgement Judge(ExactClaim claim) => claim.Judge(Synthetic.Context());
}
