using CircuitSpecs.Statistics;
using MathNet.Numerics.Distributions;

namespace CircuitSpecs.Tests.Statistics;

/// <summary>How often a test rejects over 1,000 seeded experiments.</summary>
internal static class NullRuns
{
    public const int Count = 1000;

    /// <summary>Number of experiments whose p is at most .05.</summary>
    public static int Rejections(Func<SeededRandom, int, double> experiment) =>
        Enumerable.Range(0, Count).Count(run => experiment(SeededRandom.For(run, "null run"), run) <= 0.05);

    /// <summary>That many rejections fit a test that rejects at a rate; one series in a thousand would fail by chance, and the seeds are fixed.</summary>
    public static void ShouldRejectAt(this int rejections, double rate)
    {
        var binomial = new Binomial(rate, Count);
        int[] likely = [.. Enumerable.Range(0, Count).Where(count => binomial.CumulativeDistribution(count) > 0.0005 && (count == 0 || binomial.CumulativeDistribution(count - 1) < 0.9995))];
        rejections.Should().BeInRange(likely[0], likely[^1], "the test rejects at a rate of {0:G3}", rate);
    }

    public static double[] Normals(SeededRandom random, int count) => [.. Enumerable.Range(0, count).Select(_ => Normal.InvCDF(0, 1, 1 - random.NextDouble()))];

    /// <summary>Exponential with mean 1.</summary>
    public static double[] Skewed(SeededRandom random, int count) => [.. Enumerable.Range(0, count).Select(_ => -Math.Log(1 - random.NextDouble()))];
}
