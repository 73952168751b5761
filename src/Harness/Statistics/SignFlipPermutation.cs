namespace CircuitSpecs.Statistics;

/// <summary>
/// Tests whether paired differences have mean zero: under the null hypothesis each could as well have the other sign.
/// Exact over all sign patterns up to 12 prompts, otherwise over random ones.
/// </summary>
public static class SignFlipPermutation
{
    /// <summary>Number of random sign patterns unless said otherwise.</summary>
    public const int DefaultPermutations = 9999;

    // Equal sums, added in another order, may differ by rounding.
    private const double Tolerance = 1e-12;
    private const int MostExactPrompts = 12;

    /// <summary>Tests the mean of the differences against zero.</summary>
    /// <param name="differences">One difference per prompt, for example with an intervention minus without; no ratio.</param>
    /// <param name="alternative">On which side an effect is looked for.</param>
    /// <param name="seed">Fixes the sign patterns.</param>
    /// <param name="permutations">How many patterns where not all are tried.</param>
    /// <exception cref="ArgumentException">The measurement is a ratio, empty, or not finite.</exception>
    public static PermutationResult Test(PerPrompt differences, Alternative alternative = Alternative.TwoSided, int seed = 0, int permutations = DefaultPermutations)
    {
        ArgumentNullException.ThrowIfNull(differences);
        if (differences.IsRatio || differences.Count == 0 || differences.Numerators.Any(value => !double.IsFinite(value)))
        {
            throw new ArgumentException("A sign-flip test needs one finite difference per prompt, not a ratio of means.", nameof(differences));
        }

        int count = differences.Count;
        if (count <= MostExactPrompts)
        {
            return Test([.. differences.Numerators], Enumerable.Range(0, 1 << count).Select(pattern => Enumerable.Range(0, count).Select(bit => ((pattern >> bit) & 1) == 0 ? 1 : -1).ToArray()), alternative, isExact: true);
        }

        var random = SeededRandom.For(seed, "sign flips");
        return Test([.. differences.Numerators], Enumerable.Range(0, permutations).Select(_ => Signs(random, count)), alternative, isExact: false);
    }

    /// <summary>The test with given sign patterns.</summary>
    internal static PermutationResult Test(double[] differences, IEnumerable<int[]> signs, Alternative alternative, bool isExact)
    {
        double observed = differences.Average();
        int hits = 0;
        int count = 0;
        foreach (int[] pattern in signs)
        {
            double mean = 0;
            for (int index = 0; index < differences.Length; index++)
            {
                mean += pattern[index] * differences[index];
            }

            mean /= differences.Length;
            count++;
            hits += alternative switch
            {
                Alternative.Greater => mean >= observed - Tolerance,
                Alternative.Less => mean <= observed + Tolerance,
                _ => Math.Abs(mean) >= Math.Abs(observed) - Tolerance,
            }
                ? 1
                : 0;
        }

        return new PermutationResult(observed, hits, count, isExact);
    }

    private static int[] Signs(SeededRandom random, int count)
    {
        int[] signs = new int[count];
        for (int index = 0; index < count; index++)
        {
            signs[index] = random.Next(2) == 0 ? 1 : -1;
        }

        return signs;
    }
}
