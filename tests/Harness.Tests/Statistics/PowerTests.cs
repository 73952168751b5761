using CircuitSpecs.Statistics;

namespace CircuitSpecs.Tests.Statistics;

public class PowerTests
{
    // Cohen (1988), tables 2.3 and 2.4, as every later program gives them.
    [TestCase(0.2, 394)]
    [TestCase(0.5, 64)]
    [TestCase(0.8, 26)]
    public void Two_samples_need_as_many_as_Cohens_tables_say(double effect, int each) => SampleSize.ForTwoSampleT(effect).Should().Be(each);

    [TestCase(0.2, 199)]
    [TestCase(0.5, 34)]
    [TestCase(0.8, 15)]
    public void Paired_differences_need_as_many_as_the_known_tables_say(double effect, int prompts)
    {
        SampleSize.ForPairedT(effect).Should().Be(prompts);
        SampleSize.ForPairedT(-effect).Should().Be(prompts);
        Power.PairedT(effect, prompts).Should().BeGreaterThanOrEqualTo(0.8);
        Power.PairedT(effect, prompts - 1).Should().BeLessThan(0.8);
    }

    [Test]
    public void Without_an_effect_the_power_is_the_level()
    {
        foreach (int count in new[] { 2, 3, 10, 1000 })
        {
            Power.PairedT(0, count, 0.01).Should().BeApproximately(0.01, 1e-9);
            Power.PairedT(0, count, 0.05, Alternative.Less).Should().BeApproximately(0.05, 1e-9);
        }
    }

    [Test]
    public void Power_is_the_share_of_experiments_that_find_the_effect()
    {
        int found = NullRuns.Rejections((random, _) => TTest.OneSample([.. NullRuns.Normals(random, 12).Select(value => value + 0.7)]).P);
        found.ShouldRejectAt(Power.PairedT(0.7, 12));
        int twoSamples = NullRuns.Rejections((random, _) => TTest.Welch([.. NullRuns.Normals(random, 15).Select(value => value + 0.9)], NullRuns.Normals(random, 15)).P);
        twoSamples.ShouldRejectAt(Power.TwoSampleT(0.9, 15, 15));
        int rates = NullRuns.Rejections((random, _) => BinomialTest.P(Enumerable.Range(0, 40).Count(_ => random.NextDouble() < 0.7), 40, 0.5));
        rates.ShouldRejectAt(Power.Binomial(0.7, 0.5, 40));
    }

    [Test]
    public void A_one_sided_test_has_no_power_on_the_other_side()
    {
        Power.PairedT(0.5, 30, alternative: Alternative.Greater).Should().BeGreaterThan(Power.PairedT(0.5, 30));
        Power.PairedT(0.5, 30, alternative: Alternative.Less).Should().BeLessThan(1e-4);
        Power.PairedT(-0.5, 30, alternative: Alternative.Less).Should().BeApproximately(Power.PairedT(0.5, 30, alternative: Alternative.Greater), 1e-12);
    }

    [Test]
    public void Bounds_that_need_no_data()
    {
        SampleSize.WithoutFailure(0.05).Should().Be(59);
        SampleSize.WithoutFailure(0.03).Should().Be(99); // .97⁹⁹ = .049
        SampleSize.ForSignFlips(0.05 / 144).Should().Be(13);
        SampleSize.ForSignFlips(0.05 / 32491).Should().Be(21);
    }

    [Test]
    public void Questions_without_an_answer_say_so()
    {
        FluentActions.Invoking(() => SampleSize.ForPairedT(0)).Should().Throw<ArgumentException>().WithMessage("*smallest effect that would matter*");
        FluentActions.Invoking(() => SampleSize.ForPairedT(-1, alternative: Alternative.Greater)).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => Power.PairedT(1, 1)).Should().Throw<ArgumentOutOfRangeException>();
        FluentActions.Invoking(() => Power.PairedT(1, 10, level: 0)).Should().Throw<ArgumentOutOfRangeException>();
    }
}
