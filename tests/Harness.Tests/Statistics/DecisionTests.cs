using CircuitSpecs.Statistics;

namespace CircuitSpecs.Tests.Statistics;

public class DecisionTests
{
    [Test]
    public void Equivalence_needs_the_whole_90_percent_interval_inside_the_margin()
    {
        var sample = new PerPrompt([0.9, 1.1, 0.95, 1.05, 1.0, 1.02, 0.98, 1.03]);
        Interval interval = Bootstrap.BiasCorrectedAccelerated(sample, confidence: 0.9);
        Equivalence wide = Equivalence.Test(sample, to: 1, within: 0.1);
        wide.Interval.Should().Be(interval);
        (wide.IsShown, wide.IsRuledOut).Should().Be((true, false));
        Equivalence narrow = Equivalence.Test(sample, to: 1, within: 0.001);
        (narrow.IsShown, narrow.IsRuledOut).Should().Be((false, false), "the prompts do not decide");
        Equivalence away = Equivalence.Test(sample, to: 2, within: 0.1);
        (away.IsShown, away.IsRuledOut).Should().Be((false, true));
        FluentActions.Invoking(() => Equivalence.Test(sample, 1, within: 0)).Should().Throw<ArgumentOutOfRangeException>();
    }

    [Test]
    public void Twice_the_needed_precision_takes_four_times_the_prompts()
    {
        var interval = new Interval(0.5, 1.0, 0.95);
        SampleSize.ToSettle(0.75, interval, 50, 0.625).Should().Be(201); // half-width 1/4, distance 1/8: 4 × 50 would just touch
        SampleSize.ToSettle(0.75, interval, 50, 0.25).Should().Be(50, "it is settled already");
        SampleSize.ToSettle(0.75, interval, 50, 0.75).Should().BeNull("no number settles a value on the threshold");
        SampleSize.ToSettle(0.75, interval, 50, 0.25, 0.8125).Should().Be(801, "the nearer end of a margin decides");
    }

    [Test]
    public void The_half_of_the_interval_that_points_at_the_threshold_counts()
    {
        var skewed = new Interval(0.5, 1.75, 0.95);
        SampleSize.ToSettle(0.75, skewed, 50, 0.625).Should().Be(201);
        SampleSize.ToSettle(0.75, skewed, 50, 1.25).Should().Be(201);
    }

    [Test]
    public void That_many_prompts_do_settle_it()
    {
        double[] values = [.. Enumerable.Range(0, 20).Select(index => 0.15 + ((index - 9.5) / 10))];
        Interval interval = Bootstrap.BiasCorrectedAccelerated(new PerPrompt(values));
        interval.Contains(0).Should().BeTrue("otherwise there is nothing to settle");
        int copies = (int)SampleSize.ToSettle(0.15, interval, 20, 0)!.Value / 20;
        Interval With(int repeats) => Bootstrap.BiasCorrectedAccelerated(new PerPrompt(Enumerable.Repeat(values, repeats).SelectMany(row => row)));
        With(copies + 1).Contains(0).Should().BeFalse();
        With(copies - 1).Contains(0).Should().BeTrue();
    }

    [Test]
    public void Binomial_probabilities_are_right_far_out_in_the_tail()
    {
        BinomialTest.P(1000, 1000, 0.001, Alternative.Greater).Should().Be(0, "10⁻³⁰⁰⁰ is below the smallest number");
        (BinomialTest.LogProbability(1000, 1000, 0.001) / (1000 * Math.Log(0.001))).Should().BeApproximately(1, 1e-12);
        BinomialTest.P(3, 5, 1, Alternative.Less).Should().Be(0);
        BinomialTest.P(0, 5, 0).Should().BeApproximately(1, 1e-12);
        double byHand = Enumerable.Range(7, 4).Sum(k => new[] { 120.0, 45, 10, 1 }[k - 7] * Math.Pow(0.3, k) * Math.Pow(0.7, 10 - k));
        BinomialTest.P(7, 10, 0.3, Alternative.Greater).Should().BeApproximately(byHand, 1e-14);
    }

    [Test]
    public void Clopper_Pearson_ends_are_where_a_tail_of_the_binomial_is_half_of_what_is_left()
    {
        Interval interval = Proportion.ClopperPearson(7, 20, 0.9);
        BinomialTest.P(7, 20, interval.Low, Alternative.Greater).Should().BeApproximately(0.05, 1e-10);
        BinomialTest.P(7, 20, interval.High, Alternative.Less).Should().BeApproximately(0.05, 1e-10);
        FluentActions.Invoking(() => Proportion.Wilson(3, 2)).Should().Throw<ArgumentOutOfRangeException>();
    }

    [Test]
    public void Holm_multiplies_by_the_number_of_tests_left_and_never_falls()
    {
        MultipleTesting.Holm([0.01, 0.04, 0.03]).Should().Equal(0.03, 0.06, 0.06);
        FluentActions.Invoking(() => MultipleTesting.Holm([0.5, double.NaN])).Should().Throw<ArgumentException>();
    }
}
