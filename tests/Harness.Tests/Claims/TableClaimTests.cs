using CircuitSpecs.Analysis;
using CircuitSpecs.Claims;
using CircuitSpecs.Components;

namespace CircuitSpecs.Tests.Claims;

public class TableClaimTests
{
    [TestCase("1.1", 1, Verdict.Supported)]
    [TestCase("1.1", 1.2, Verdict.Supported)]
    [TestCase("1.1", 1.3, Verdict.Refuted)]
    [TestCase("0.1", 1, Verdict.Refuted)]
    [TestCase("0.0", 1, Verdict.Refuted)]
    public void Head_is_largest_by_the_factor(string head, double by, Verdict expected) => Judge(Table(1, 4, 2, 5).IsLargestAt(head, by)).Verdict.Should().Be(expected);

    [Test]
    public void Equal_numbers_have_no_largest() => Judge(Table(5, 4, 2, 5).IsLargestAt("1.1")).Verdict.Should().Be(Verdict.Refuted);

    [TestCase(-1.1, 1, Verdict.Refuted)]
    [TestCase(-1.1, 1.2, Verdict.Refuted)]
    [TestCase(-0.9, 1, Verdict.Supported)]
    [TestCase(-0.9, 1.2, Verdict.Refuted)]
    [TestCase(-0.7, 1.2, Verdict.Supported)]
    public void Larger_by_a_factor_is_larger_among_negative_numbers_too(double named, double by, Verdict expected) =>
        Judge(Table(-3, -1, -2, named).IsLargestAt("1.1", by)).Verdict.Should().Be(expected);

    [Test]
    public void Judgement_shows_the_next_head_and_the_rank()
    {
        Judgement judgement = Judge(Table(1, 4, 2, 3).IsLargestAt("1.1", by: 1.5).MatchesSnapshot());
        (judgement.Primary.Value, judgement.Primary.Threshold, judgement.Unit).Should().Be((3, 6, "scores"));
        judgement.Primary.Text.Should().Be("scores is largest at 1.1: 3 against 4 times 1.5 at 0.1");
        judgement.Specificity.Should().Be(new SpecificityResult(3, 1, 2, "0.1", 4, null));
        judgement.Snapshots.Should().ContainSingle().Which.Name.Should().Be("table");
    }

    [Test]
    public void Table_that_cannot_answer_is_no_experiment()
    {
        Judging(Table(1, double.NaN, 2, 3).IsLargestAt("1.1")).Should().Throw<InvalidExperimentException>().WithMessage("*not finite at head 0.1*");
        Judging(Table(1, 2, 3, 4)).Should().Throw<InvalidExperimentException>().WithMessage("*says nothing yet*");
        Judging(Table(1, 2, 3, 4).IsLargestAt("2.0")).Should().Throw<InvalidExperimentException>().WithMessage("*no value for head 2.0*");
        Judging(Claim.Exactly(new HeadTable("lonely", [KeyValuePair.Create(new Head(0, 0), 1.0)])).IsLargestAt("0.0")).Should().Throw<InvalidExperimentException>().WithMessage("*only head 0.0*");
    }

    [Test]
    public void Factor_below_one_is_refused() => FluentActions.Invoking(() => Table(1, 2, 3, 4).IsLargestAt("1.1", by: 0.9)).Should().Throw<ArgumentOutOfRangeException>();

    private static TableClaim Table(params double[] values) => Claim.Exactly(new HeadTable("scores", values.Select((value, index) => KeyValuePair.Create(new Head(index / 2, index % 2), value))));

    private static Judgement Judge(TableClaim claim) => claim.Judge(Synthetic.Context());

    private static Action Judging(TableClaim claim) => () => Judge(claim);
}
