using System.Collections.Immutable;

namespace CircuitSpecs.Statistics;

/// <summary>Holm's step-down correction (1979) for several tests: keeps the chance of any false rejection at the level, under any dependence.</summary>
public static class HolmCorrection
{
    /// <summary>Adjusted p: reject where it is at most the level.</summary>
    /// <param name="p">The p of each test.</param>
    /// <returns>In the order given.</returns>
    /// <exception cref="ArgumentException">A p lies outside 0 to 1.</exception>
    public static ImmutableArray<double> Adjust(IReadOnlyList<double> p)
    {
        ArgumentNullException.ThrowIfNull(p);
        if (p.Any(value => value is not (>= 0 and <= 1)))
        {
            throw new ArgumentException("Every p has to lie between 0 and 1.", nameof(p));
        }

        double[] adjusted = new double[p.Count];
        double largest = 0;
        int remaining = p.Count;
        foreach (int index in Enumerable.Range(0, p.Count).OrderBy(index => p[index]))
        {
            largest = Math.Max(largest, Math.Min(1, p[index] * remaining--));
            adjusted[index] = largest;
        }

        return [.. adjusted];
    }
}
