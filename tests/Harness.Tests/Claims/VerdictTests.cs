using CircuitSpecs.Claims;
using CircuitSpecs.Components;
using CircuitSpecs.Prompts;
using CircuitSpecs.Statistics;

namespace CircuitSpecs.Tests.Claims;

public class VerdictTests
{
    private const double Hair = 1e-9;

    [Test]
    public void At_least_is_supported_refuted_or_open_by_where_the_whole_interval_lies()
    {
        double[] values = Synthetic.Spread(40);
        Interval interval = Synthetic.IntervalOf(values, 0.95);

        Of(interval.Low - Hair).Should().Be(Verdict.Supported);
        Of(interval.Low + Hair).Should().Be(Verdict.Inconclusive);
        Of(interval.High - Hair).Should().Be(Verdict.Inconclusive);
        Of(interval.High + Hair).Should().Be(Verdict.Refuted);

        Verdict Of(double bound) => Synthetic.Claim(values).IsAtLeast(bound).Judge(Synthetic.Context()).Verdict;
    }

    [Test]
    public void At_most_is_the_mirror_of_at_least()
    {
        double[] values = Synthetic.Spread(40);
        Interval interval = Synthetic.IntervalOf(values, 0.95);

        Of(interval.High + Hair).Should().Be(Verdict.Supported);
        Of(interval.High - Hair).Should().Be(Verdict.Inconclusive);
        Of(interval.Low - Hair).Should().Be(Verdict.Refuted);

        Verdict Of(double bound) => Synthetic.Claim(values).IsAtMost(bound).Judge(Synthetic.Context()).Verdict;
    }

    [Test]
    public void Equivalence_needs_the_whole_90_percent_interval_inside_the_band()
    {
        double[] values = Synthetic.Spread(40, mean: 0);
        Interval interval = Synthetic.IntervalOf(values, 0.90);
        double reach = Math.Max(Math.Abs(interval.Low), Math.Abs(interval.High));

        Of(reach + Hair).Should().Be(Verdict.Supported);
        Of(reach - Hair).Should().Be(Verdict.Inconclusive);
        Synthetic.Claim(values).IsEquivalentTo(interval.High + 1, within: 1 - Hair).Judge(Synthetic.Context()).Verdict.Should().Be(Verdict.Refuted);

        Verdict Of(double within) => Synthetic.Claim(values).IsEquivalentTo(0, within)
            .WithPositiveControl("shifted by ten", _ => new PerPrompt(values.Select(value => value + 10))).Judge(Synthetic.Context()).Verdict;
    }

    [Test]
    public void Equivalence_takes_another_component_as_positive_control()
    {
        var none = new Dictionary<Component, double>();
        Action blind = () => NoEffect(none).Judge(Synthetic.Context(new Head(0, 0), other => NoEffect(none, other)));
        blind.Should().Throw<InvalidExperimentException>().WithMessage("None of the 8 other components*");

        var one = new Dictionary<Component, double> { [new Head(2, 1)] = 5 };
        Judgement seen = NoEffect(one).Judge(Synthetic.Context(new Head(0, 0), other => NoEffect(one, other)));
        seen.Verdict.Should().Be(Verdict.Supported);
        seen.Conditions[0].Text.Should().Contain("positive control: 2.1: 5");

        static MeasuredClaim NoEffect(Dictionary<Component, double> effects, Component? component = null) =>
            Synthetic.Claim([.. Enumerable.Repeat(component is null ? 0 : effects.GetValueOrDefault(component), 10)]).IsEquivalentTo(0, within: 0.1);
    }

    [Test]
    public void Inconclusive_says_how_many_prompts_would_settle_it()
    {
        double[] values = Synthetic.Spread(40);
        Interval interval = Synthetic.IntervalOf(values, 0.95);
        double mean = values.Average();
        double bound = mean - ((mean - interval.Low) / 2);

        long? needed = Synthetic.Claim(values).IsAtLeast(bound).Judge(Synthetic.Context()).Primary.ToSettle;

        // Half the distance of the interval's end: a quarter of its width squared, four times the prompts.
        needed.Should().BeInRange(159, 161);
    }

    [Test]
    public void One_refuted_condition_refutes_and_one_open_one_leaves_open()
    {
        double[] values = Synthetic.Spread(40);
        Synthetic.Claim(values).IsAtLeast(0.5).IsAtMost(0.6).Judge(Synthetic.Context()).Verdict.Should().Be(Verdict.Refuted);
        Synthetic.Claim(values).IsAtLeast(0.5).IsAtMost(values.Average()).Judge(Synthetic.Context()).Verdict.Should().Be(Verdict.Inconclusive);
        Synthetic.Claim(values).IsAtLeast(0.5).IsAtMost(1.5).Judge(Synthetic.Context()).Verdict.Should().Be(Verdict.Supported);
    }

    [Test]
    public void Kinds_of_ablation_have_to_agree_and_the_one_closest_to_failing_is_reported()
    {
        Judgement agreed = Under(3, 2);
        agreed.Verdict.Should().Be(Verdict.Supported);
        agreed.Primary.Value.Should().Be(2);

        Under(3, 0).Verdict.Should().Be(Verdict.Inconclusive);
        Under(3, 0).Primary.Text.Should().Contain("disagree").And.Contain("mean ablation 3").And.Contain("resample ablation 0");
        Under(0.5, 0).Verdict.Should().Be(Verdict.Refuted);

        static Judgement Under(double mean, double resample) => Claim.ThatUnder(
            new Dictionary<string, double> { ["mean"] = mean, ["resample"] = resample },
            Synthetic.Prompts(10),
            (prompts, value) => new PerPrompt(Enumerable.Repeat(value, prompts.Count))).IsAtLeast(1).Judge(Synthetic.Context());
    }

    [Test]
    public void Ratio_is_one_of_means()
    {
        EvaluationSet prompts = Synthetic.Prompts(10);
        double[] denominators = [.. Enumerable.Range(1, 10).Select(value => (double)value)];
        Judgement judgement = Claim.That(prompts, _ => PerPrompt.RatioOfMeans(new PerPrompt(denominators.Select(value => value * value)), new PerPrompt(denominators)))
            .IsAtLeast(5).Judge(Synthetic.Context());
        judgement.Primary.Value.Should().BeApproximately(385.0 / 55, 1e-12);
    }

    [Test]
    public void Ratio_over_nothing_is_an_invalid_set_up()
    {
        Action judge = () => Claim.That(Synthetic.Prompts(10), prompts => PerPrompt.RatioOfMeans(new PerPrompt(Synthetic.Spread(10)), new PerPrompt(new double[10])))
            .IsAtLeast(0.5).Judge(Synthetic.Context());
        judge.Should().Throw<InvalidExperimentException>().WithMessage("*ratio whose scale is zero*");
    }

    [Test]
    public void Metric_gives_one_number_a_prompt()
    {
        Action judge = () => Claim.That(Synthetic.Prompts(10), _ => new PerPrompt(new double[9])).IsAtLeast(0).Judge(Synthetic.Context());
        judge.Should().Throw<InvalidExperimentException>().WithMessage("*9 values for 10 prompts*");
    }

    [Test]
    public void Claim_right_at_the_threshold_is_supported_as_seldom_as_its_confidence_says()
    {
        // The mean of a uniform variable is the threshold, so 'supported' is wrong: 2.5 % of the time for a 95 % interval.
        const int Runs = 1000;
        int supported = Enumerable.Range(0, Runs).Count(run =>
            Synthetic.Claim(Synthetic.Spread(40, mean: 0, seed: run)).IsAtLeast(0).Judge(Synthetic.Context()).Verdict == Verdict.Supported);

        // Binomial(1000, 0.025): mean 25, standard deviation 4.9; four of them either way.
        supported.Should().BeInRange(5, 45);
    }
}
