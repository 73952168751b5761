using CircuitSpecs.Claims;
using CircuitSpecs.Statistics;
using MathNet.Numerics.Distributions;

namespace CircuitSpecs.Tests.Claims;

/// <summary>How often claims are supported, or refuted, whose value lies exactly on the threshold.</summary>
public class CalibrationTests
{
    private const int DataSets = 1000;
    private const int PromptCount = 60;

    private static readonly Lazy<Verdict[]> AtLeast = new(() => Verdicts(static claim => claim.IsAtLeast(1)));

    [Test]
    public void Value_on_the_threshold_is_found_above_it_in_one_of_forty_experiments() => ShouldBeOneInForty(AtLeast.Value.Count(verdict => verdict == Verdict.Supported));

    [Test]
    public void Value_on_the_threshold_is_found_below_it_in_one_of_forty_experiments() => ShouldBeOneInForty(AtLeast.Value.Count(verdict => verdict == Verdict.Refuted));

    // Of 1,000 experiments that err with probability 0.025 each, all but one in a thousand series have from 10 to 42 errors
    // (the exact binomial quantiles, computed here). A bootstrap with 60 normal prompts errs a little more often, 0.028,
    // since it takes the variance over n for the one over n − 1 and knows no Student's t; that is well inside.
    private static void ShouldBeOneInForty(int errors)
    {
        var binomial = new Binomial(0.025, DataSets);
        int[] likely = [.. Enumerable.Range(0, DataSets).Where(count => binomial.CumulativeDistribution(count) > 0.0005 && (count == 0 || binomial.CumulativeDistribution(count - 1) < 0.9995))];
        errors.Should().BeInRange(likely[0], likely[^1]);
    }

    private static Verdict[] Verdicts(Func<MeasuredClaim, MeasuredClaim> condition) => [.. Enumerable.Range(0, DataSets).Select(dataSet =>
    {
        var samples = new PerPrompt(Normal.Samples(new Random(dataSet), 1, 0.5).Take(PromptCount));
        return condition(Synthetic.Claimed(samples)).Judge(new JudgementContext(new JudgementOptions(), dataSet, Synthetic.Config)).Verdict;
    })];
}
