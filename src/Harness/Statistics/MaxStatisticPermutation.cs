namespace CircuitSpecs.Statistics;

/// <summary>
/// Is one component out of many really special, or just the largest of many? Under the null hypothesis it does not
/// matter which component a value belongs to: the labels are permuted within each prompt, and the named component's
/// value is compared with the <i>maximum</i> over all components of each permutation, which makes the p honest over the
/// whole family (Westfall and Young 1993).
/// </summary>
public static class MaxStatisticPermutation
{
    /// <summary>Number of permutations unless said otherwise.</summary>
    public const int DefaultPermutations = 1999;

    // Equal sums, added in another order, may differ by rounding.
    private const double Tolerance = 1e-12;

    /// <summary>Tests the named component's value against the maximum over all.</summary>
    /// <param name="components">Every component's measurement over the same prompts, the named one among them; ratios are permuted with their denominators.</param>
    /// <param name="named">Which one is named.</param>
    /// <param name="alternative">Whether large or small values are special; two-sided compares absolute values.</param>
    /// <param name="seed">Fixes the permutations.</param>
    /// <param name="permutations">How many.</param>
    /// <exception cref="ArgumentException">Fewer than two components, different numbers of prompts, ratios mixed with means, or a value that is not finite.</exception>
    public static PermutationResult Test(IReadOnlyList<PerPrompt> components, int named, Alternative alternative = Alternative.Greater, int seed = 0, int permutations = DefaultPermutations)
    {
        ArgumentNullException.ThrowIfNull(components);
        ArgumentOutOfRangeException.ThrowIfNegative(named);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(named, components.Count);
        if (components.Count < 2 || components.Any(component => component.Count != components[0].Count || component.IsRatio != components[0].IsRatio))
        {
            throw new ArgumentException("A family needs at least two components, all measured on the same prompts, and all means or all ratios.", nameof(components));
        }

        double observed = Extremeness(components[named].Value, alternative);
        int count = components.Count;
        int prompts = components[0].Count;
        double[] numerators = [.. Enumerable.Range(0, prompts).SelectMany(prompt => components.Select(component => component.Numerators[prompt]))];
        double[] denominators = [.. Enumerable.Range(0, prompts).SelectMany(prompt => components.Select(component => component.IsRatio ? component.Denominators[prompt] : 1))];
        if (numerators.Concat(denominators).Any(value => !double.IsFinite(value)))
        {
            throw new ArgumentException("A component has a value that is not finite.", nameof(components));
        }

        var random = SeededRandom.For(seed, "max statistic");
        double[] numeratorSums = new double[count];
        double[] denominatorSums = new double[count];
        int[] order = [.. Enumerable.Range(0, count)];
        int hits = 0;
        for (int permutation = 0; permutation < permutations; permutation++)
        {
            Array.Clear(numeratorSums);
            Array.Clear(denominatorSums);
            for (int row = 0; row < numerators.Length; row += count)
            {
                random.Shuffle(order.AsSpan());
                for (int component = 0; component < count; component++)
                {
                    numeratorSums[component] += numerators[row + order[component]];
                    denominatorSums[component] += denominators[row + order[component]];
                }
            }

            double largest = double.NegativeInfinity;
            for (int component = 0; component < count; component++)
            {
                largest = Math.Max(largest, Extremeness(numeratorSums[component] / denominatorSums[component], alternative));
            }

            hits += largest >= observed - Tolerance ? 1 : 0;
        }

        return new PermutationResult(components[named].Value, hits, permutations, IsExact: false);
    }

    private static double Extremeness(double value, Alternative alternative) => alternative switch
    {
        Alternative.Greater => value,
        Alternative.Less => -value,
        _ => Math.Abs(value),
    };
}
