using CircuitSpecs.Statistics;
using MathNet.Numerics.Distributions;

namespace CircuitSpecs.Tests.Statistics;

public class BootstrapTests
{
    [Test]
    public void The_same_seed_gives_the_same_interval_and_another_seed_another_one()
    {
        PerPrompt sample = Skewed(new Random(3), 30);
        Bootstrap.BiasCorrectedAccelerated(sample, seed: 1).Should().Be(Bootstrap.BiasCorrectedAccelerated(sample, seed: 1));
        Bootstrap.BiasCorrectedAccelerated(sample, seed: 1).Should().NotBe(Bootstrap.BiasCorrectedAccelerated(sample, seed: 2));
    }

    [Test]
    public void Equal_values_give_an_interval_of_width_zero()
    {
        var sample = new PerPrompt(Enumerable.Repeat(0.1, 13));
        Interval interval = Bootstrap.BiasCorrectedAccelerated(sample);
        interval.Width.Should().Be(0);
        interval.Low.Should().BeApproximately(0.1, 1e-15);
    }

    [Test]
    public void A_ratio_is_resampled_with_numerator_and_denominator_together()
    {
        // Numerator = 2 × denominator prompt by prompt: any resample has the ratio 2, though both means vary.
        var denominator = Skewed(new Random(3), 20);
        Interval interval = Bootstrap.BiasCorrectedAccelerated(PerPrompt.RatioOfMeans(denominator * 2, denominator));
        interval.Low.Should().BeApproximately(2, 1e-12);
        interval.High.Should().BeApproximately(2, 1e-12);
    }

    [Test]
    public void Of_three_prompts_the_percentile_interval_equals_that_over_all_27_resamples()
    {
        double[] values = [0, 1, 5];
        List<double> means = [.. from a in values from b in values from c in values orderby a + b + c select (a + b + c) / 3];
        Interval interval = Bootstrap.Percentile(new PerPrompt(values), confidence: 0.5, resamples: 20_001);
        interval.Low.Should().BeApproximately(means[27 / 4], 1e-12);
        interval.High.Should().BeApproximately(means[27 * 3 / 4], 1e-12);
    }

    [Test]
    public void The_interval_covers_the_true_mean_of_skewed_values_nearly_as_often_as_it_says()
    {
        const int Experiments = 400;
        var random = new Random(20);
        int covered = Enumerable.Range(0, Experiments).Count(seed => Bootstrap.BiasCorrectedAccelerated(Skewed(random, 40), seed: seed, resamples: 999).Contains(1));

        // Known for BCa here: about .93 for a nominal .95; ± four standard errors of 400 experiments.
        ((double)covered / Experiments).Should().BeInRange(0.88, 0.98);
    }

    [Test]
    public void Where_templates_differ_only_the_clustered_interval_covers()
    {
        const int Experiments = 200;
        var random = new Random(21);
        int clustered = 0;
        int naive = 0;
        string[] templates = [.. Enumerable.Range(0, 15).SelectMany(template => Enumerable.Repeat($"t{template}", 10))];
        for (int seed = 0; seed < Experiments; seed++)
        {
            double[] values = [.. Enumerable.Range(0, 15).SelectMany(_ =>
            {
                double shift = Normal.Sample(random, 0, 1);
                return Enumerable.Range(0, 10).Select(_ => shift + Normal.Sample(random, 0, 0.3));
            }).ToList()];
            var sample = new PerPrompt(values);
            clustered += Bootstrap.BiasCorrectedAccelerated(sample, templates, seed: seed, resamples: 499).Contains(0) ? 1 : 0;
            naive += Bootstrap.BiasCorrectedAccelerated(sample, seed: seed, resamples: 499).Contains(0) ? 1 : 0;
        }

        ((double)clustered / Experiments).Should().BeGreaterThan(0.84);
        ((double)naive / Experiments).Should().BeLessThan(0.65);
    }

    [Test]
    public void Few_clusters_are_taken_as_given()
    {
        // Two templates that are constant in themselves: nothing varies within them.
        double[] values = [.. Enumerable.Repeat(1.0, 10), .. Enumerable.Repeat(3.0, 10)];
        string[] templates = [.. Enumerable.Repeat("a", 10), .. Enumerable.Repeat("b", 10)];
        Interval given = Bootstrap.BiasCorrectedAccelerated(new PerPrompt(values), templates);
        (given.Low, given.High).Should().Be((2, 2));
        Bootstrap.BiasCorrectedAccelerated(new PerPrompt(values)).Width.Should().BeGreaterThan(0.5);
        Resampling.Of(20, templates).Description.Should().Be("prompts within 2 clusters");
        Resampling.Of(20).Description.Should().Be("prompts");
        Resampling.Of(20, [.. Enumerable.Range(0, 20).Select(prompt => $"t{prompt % 8}")]).Description.Should().Be("8 clusters");
        Resampling.Of(4, [null, null, null, null]).Description.Should().Be("prompts");
    }

    [Test]
    public void Samples_that_tell_nothing_are_refused()
    {
        FluentActions.Invoking(() => Bootstrap.BiasCorrectedAccelerated(new PerPrompt([1]))).Should().Throw<ArgumentException>().WithMessage("*at least two prompts*");
        FluentActions.Invoking(() => Bootstrap.BiasCorrectedAccelerated(new PerPrompt([1, double.NaN, 2]))).Should().Throw<ArgumentException>().WithMessage("*not finite*");
        FluentActions.Invoking(() => Bootstrap.BiasCorrectedAccelerated(new PerPrompt([1, 2, 3]), ["a", "b"])).Should().Throw<ArgumentException>().WithMessage("*3 prompts and 2 cluster labels*");
        var zeroDenominator = PerPrompt.RatioOfMeans(new PerPrompt([1, 2]), new PerPrompt([0, 1]));
        FluentActions.Invoking(() => Bootstrap.BiasCorrectedAccelerated(zeroDenominator)).Should().Throw<ArgumentException>().WithMessage("*denominators*");
    }

    /// <summary>Exponential with mean 1.</summary>
    private static PerPrompt Skewed(Random random, int count) => new(Enumerable.Range(0, count).Select(_ => -Math.Log(1 - random.NextDouble())).ToArray());
}
