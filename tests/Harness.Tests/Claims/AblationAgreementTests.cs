using CircuitSpecs.Claims;
using CircuitSpecs.Statistics;

namespace CircuitSpecs.Tests.Claims;

public class AblationAgreementTests
{
    [TestCase(2, 1, 0, Verdict.Supported)]
    [TestCase(1, 2, 0, Verdict.Supported)]
    [TestCase(-2, -1, 0, Verdict.Refuted)]
    [TestCase(-1, 1, 0, Verdict.Inconclusive)]
    [TestCase(1, -1, 0, Verdict.Inconclusive)]
    [TestCase(0.01, 3, 0, Verdict.Inconclusive)]
    public void At_least_holds_only_under_all_kinds(double mean, double resample, double bound, Verdict expected)
    {
        Judgement judgement = Under(mean, resample).IsAtLeast(bound).Judge(Synthetic.Context());
        judgement.Verdict.Should().Be(expected);
        judgement.Primary.Value.Should().BeApproximately(Math.Min(mean, resample), 1e-12, "that kind is closest to failing");
        judgement.Primary.Interval.Should().Be(Synthetic.IntervalOf(Synthetic.WithMean(Math.Min(mean, resample))));
    }

    [TestCase(2, 1, 3, Verdict.Supported)]
    [TestCase(1, 2, 3, Verdict.Supported)]
    [TestCase(5, 4, 3, Verdict.Refuted)]
    [TestCase(4, 1, 3, Verdict.Inconclusive)]
    public void At_most_holds_only_under_all_kinds(double mean, double resample, double bound, Verdict expected)
    {
        Judgement judgement = Under(mean, resample).IsAtMost(bound).Judge(Synthetic.Context());
        judgement.Verdict.Should().Be(expected);
        judgement.Primary.Value.Should().BeApproximately(Math.Max(mean, resample), 1e-12, "that kind is closest to failing");
    }

    [Test]
    public void Equivalence_reports_the_kind_that_reaches_furthest()
    {
        Judgement judgement = Under(1.1, 0.7).WithPositiveControl("all", _ => Synthetic.WithMean(9)).IsEquivalentTo(1, 0.8).Judge(Synthetic.Context());
        judgement.Verdict.Should().Be(Verdict.Supported);
        judgement.Primary.Value.Should().BeApproximately(0.7, 1e-12);
    }

    [Test]
    public void Samples_are_those_of_the_reported_value()
    {
        Judgement judgement = Under(2, 1).IsAtLeast(0).Judge(Synthetic.Context());
        judgement.Samples!.Value.Should().BeApproximately(1, 1e-12);
        judgement.Conventions["ablations"].Should().Be("mean and resample; value and samples under resample");
    }

    [Test]
    public void Every_kind_is_named_with_its_number()
    {
        Under(2, 1).IsAtLeast(0).Judge(Synthetic.Context()).Primary.Text.Should().Contain("mean ablation 2 [").And.Contain("resample ablation 1 [");
        Under(2, -1).IsAtLeast(0).Judge(Synthetic.Context()).Primary.Text.Should().Contain("the kinds of ablation disagree");
    }

    [Test]
    public void Disagreement_is_not_settled_by_more_prompts() => Under(2, -1).IsAtLeast(0).Judge(Synthetic.Context()).Primary.ToSettle.Should().BeNull();

    [Test]
    public void Each_kind_is_measured_once()
    {
        var asked = new List<int>();
        Claim.ThatUnder(Kinds(1, 2), Synthetic.Prompts(), (_, kind) =>
        {
            asked.Add((int)kind);
            return Synthetic.WithMean(kind);
        }).IsAtLeast(0).IsAtMost(4).Judge(Synthetic.Context());
        asked.Should().Equal(1, 2);
    }

    [Test]
    public void No_kind_and_two_of_one_name_are_refused()
    {
        FluentActions.Invoking(() => Claim.ThatUnder(Array.Empty<KeyValuePair<string, double>>(), Synthetic.Prompts(), (_, _) => Synthetic.Samples)).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => Claim.ThatUnder([KeyValuePair.Create("mean", 1.0), KeyValuePair.Create("mean", 2.0)], Synthetic.Prompts(), (_, kind) => Synthetic.WithMean(kind)))
            .Should().Throw<ArgumentException>().WithMessage("*'mean'*");
    }

    private static MeasuredClaim Under(double mean, double resample) => Claim.ThatUnder(Kinds(mean, resample), Synthetic.Prompts(), (_, kind) => Synthetic.WithMean(kind));

    private static KeyValuePair<string, double>[] Kinds(double mean, double resample) => [new("mean", mean), new("resample", resample)];
}
