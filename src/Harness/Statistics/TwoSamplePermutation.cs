using System.Collections.Immutable;

namespace CircuitSpecs.Statistics;

/// <summary>
/// Tests whether two independent samples come from one distribution: under the null hypothesis it does not matter which
/// value belongs to which sample. The statistic is the difference of their means, or of any other number. Exact over all
/// divisions where there are at most 10,000 of them, otherwise over random ones with p = (1 + hits) / (1 + permutations).
/// For paired measurements <see cref="SignFlipPermutation"/> is the test.
/// </summary>
public static class TwoSamplePermutation
{
    /// <summary>Number of random divisions unless said otherwise.</summary>
    public const int DefaultPermutations = 9999;

    // Equal sums, added in another order, may differ by rounding.
    private const double Tolerance = 1e-12;
    private const double MostExactDivisions = 10_000;

    /// <summary>Tests the difference statistic(x) − statistic(y).</summary>
    /// <param name="x">At least one value.</param>
    /// <param name="y">At least one value; three in both samples together.</param>
    /// <param name="alternative">Greater: x has the larger number. Two-sided compares absolute differences.</param>
    /// <param name="seed">Fixes the divisions.</param>
    /// <param name="permutations">How many divisions where not all are tried.</param>
    /// <param name="statistic">The mean if null.</param>
    /// <exception cref="ArgumentException">An empty sample, or a value that is not finite.</exception>
    public static PermutationResult Test(IReadOnlyList<double> x, IReadOnlyList<double> y, Alternative alternative = Alternative.TwoSided, int seed = 0, int permutations = DefaultPermutations, Func<ReadOnlySpan<double>, double>? statistic = null)
    {
        double[] first = Samples.Finite(x, 1, nameof(x));
        double[] second = Samples.Finite(y, 1, nameof(y));
        ArgumentOutOfRangeException.ThrowIfLessThan(permutations, 1);
        double[] pooled = [.. first, .. second];
        if (pooled.Length < 3)
        {
            throw new ArgumentException("Two single values tell nothing about chance: measure on more prompts.", nameof(y));
        }

        statistic ??= SampleStatistic.Mean;
        double observed = statistic(first) - statistic(second);
        double divisions = MathNet.Numerics.SpecialFunctions.Binomial(pooled.Length, first.Length);
        bool isExact = divisions <= MostExactDivisions;
        IEnumerable<double[]> arrangements = isExact ? All(pooled, first.Length) : Random(pooled, seed, permutations);
        int hits = 0;
        int count = 0;
        foreach (double[] arrangement in arrangements)
        {
            double difference = statistic(arrangement.AsSpan(0, first.Length)) - statistic(arrangement.AsSpan(first.Length));
            count++;
            hits += IsAtLeastAsExtreme(difference, observed, alternative) ? 1 : 0;
        }

        return new PermutationResult(observed, hits, count, isExact);
    }

    private static bool IsAtLeastAsExtreme(double difference, double observed, Alternative alternative) => alternative switch
    {
        Alternative.Greater => difference >= observed - Tolerance,
        Alternative.Less => difference <= observed + Tolerance,
        _ => Math.Abs(difference) >= Math.Abs(observed) - Tolerance,
    };

    private static IEnumerable<double[]> Random(double[] pooled, int seed, int permutations)
    {
        var random = SeededRandom.For(seed, "two samples");
        double[] shuffled = [.. pooled];
        for (int permutation = 0; permutation < permutations; permutation++)
        {
            random.Shuffle(shuffled.AsSpan());
            yield return shuffled;
        }
    }

    /// <summary>Every choice of the first sample's members, in lexicographic order.</summary>
    private static IEnumerable<double[]> All(double[] pooled, int size)
    {
        int[] chosen = [.. Enumerable.Range(0, size)];
        while (true)
        {
            ImmutableHashSet<int> members = [.. chosen];
            yield return [.. chosen.Select(index => pooled[index]), .. pooled.Where((_, index) => !members.Contains(index))];
            int last = size - 1;
            while (last >= 0 && chosen[last] == pooled.Length - size + last)
            {
                last--;
            }

            if (last < 0)
            {
                yield break;
            }

            chosen[last]++;
            for (int next = last + 1; next < size; next++)
            {
                chosen[next] = chosen[next - 1] + 1;
            }
        }
    }
}
