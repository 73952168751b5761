using MathNet.Numerics.Distributions;

namespace CircuitSpecs.Statistics;

/// <summary>
/// Wilcoxon's signed-rank test (1945) of paired differences: are they symmetric around zero? Differences of zero are
/// dropped, equal sizes share midranks. Exact over all sign patterns up to 50 differences, ties included; above that
/// normal with the variance corrected for ties and no continuity correction.
/// </summary>
public static class WilcoxonSignedRank
{
    private const int MostExact = 50;

    /// <summary>Tests x − y.</summary>
    /// <param name="x">One value per prompt.</param>
    /// <param name="y">One value per prompt, of the same prompts.</param>
    /// <param name="alternative">Greater: x tends to be larger than y.</param>
    /// <returns>The sum of the ranks of the positive differences; two-sided the smaller of both signs' sums, as scipy has it.</returns>
    /// <exception cref="ArgumentException">Different lengths, no value, one that is not finite, or no difference at all.</exception>
    public static TestResult Test(IReadOnlyList<double> x, IReadOnlyList<double> y, Alternative alternative = Alternative.TwoSided)
    {
        (double[] first, double[] second) = Samples.Paired(x, y, 1, nameof(x), nameof(y));
        double[] differences = [.. first.Zip(second, (a, b) => a - b).Where(difference => difference != 0)];
        if (differences.Length == 0)
        {
            throw new ArgumentException("x and y are equal in every prompt: there is no difference to rank. Check that the intervention changed anything.", nameof(y));
        }

        double[] ranks = SampleStatistic.MidRanks(Array.ConvertAll(differences, Math.Abs));
        double positive = ranks.Where((_, index) => differences[index] > 0).Sum();
        double total = ranks.Sum();
        double smaller = Math.Min(positive, total - positive);
        Func<double, double> atMost = differences.Length <= MostExact ? Exact(ranks) : Approximate(ranks);
        return alternative switch
        {
            Alternative.Greater => new TestResult(positive, atMost(total - positive)), // the distribution is symmetric
            Alternative.Less => new TestResult(positive, atMost(positive)),
            _ => new TestResult(smaller, Math.Min(1, 2 * atMost(smaller))),
        };
    }

    /// <summary>P(rank sum ≤ w) over all sign patterns, by counting the patterns of each sum; midranks are whole when doubled.</summary>
    private static Func<double, double> Exact(double[] ranks)
    {
        int[] doubled = Array.ConvertAll(ranks, rank => (int)Math.Round(2 * rank));
        double[] share = new double[doubled.Sum() + 1];
        share[0] = 1;
        int reached = 0;
        foreach (int rank in doubled)
        {
            reached += rank;
            for (int sum = reached; sum >= 0; sum--)
            {
                share[sum] = (share[sum] + (sum >= rank ? share[sum - rank] : 0)) / 2;
            }
        }

        return w => share.Take((int)Math.Round(2 * w) + 1).Sum();
    }

    private static Func<double, double> Approximate(double[] ranks)
    {
        double deviation = Math.Sqrt(ranks.Sum(rank => rank * rank) / 4);
        return w => Normal.CDF(ranks.Sum() / 2, deviation, w);
    }
}
