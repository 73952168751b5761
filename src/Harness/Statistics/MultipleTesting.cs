using System.Collections.Immutable;
using MathNet.Numerics;

namespace CircuitSpecs.Statistics;

/// <summary>
/// Adjusted p of several tests: reject where one is at most the level. Bonferroni, Holm and Holm-Šidák keep the chance of
/// any false rejection at the level; Benjamini-Hochberg and Benjamini-Yekutieli keep the expected share of false ones
/// among the rejections there, which suits lists to explore and no single claim.
/// </summary>
public static class MultipleTesting
{
    /// <summary>Bonferroni: p times the number of tests; valid under any dependence.</summary>
    /// <param name="p">The p of each test.</param>
    /// <returns>In the order given.</returns>
    /// <exception cref="ArgumentException">A p lies outside 0 to 1.</exception>
    public static ImmutableArray<double> Bonferroni(IReadOnlyList<double> p) => [.. Checked(p).Select(value => Math.Min(1, value * p.Count))];

    /// <summary>Holm's step-down correction (1979): never weaker than Bonferroni's, valid under any dependence.</summary>
    /// <param name="p">The p of each test.</param>
    /// <returns>In the order given.</returns>
    /// <exception cref="ArgumentException">A p lies outside 0 to 1.</exception>
    public static ImmutableArray<double> Holm(IReadOnlyList<double> p) => StepDown(p, (value, remaining) => value * remaining);

    /// <summary>Holm's step-down with Šidák's factor 1 − (1 − p)ᵏ: a little stronger, for independent or positively dependent tests.</summary>
    /// <param name="p">The p of each test.</param>
    /// <returns>In the order given.</returns>
    /// <exception cref="ArgumentException">A p lies outside 0 to 1.</exception>
    public static ImmutableArray<double> HolmSidak(IReadOnlyList<double> p) => StepDown(p, (value, remaining) => -SpecialFunctions.Expm1(remaining * SpecialFunctions.Log1p(-value)));

    /// <summary>Benjamini and Hochberg's step-up (1995): false discovery rate, for independent or positively dependent tests.</summary>
    /// <param name="p">The p of each test.</param>
    /// <returns>In the order given.</returns>
    /// <exception cref="ArgumentException">A p lies outside 0 to 1.</exception>
    public static ImmutableArray<double> BenjaminiHochberg(IReadOnlyList<double> p) => StepUp(p, 1);

    /// <summary>Benjamini and Yekutieli's step-up (2001): false discovery rate under any dependence, at the price of a factor Σ 1/k.</summary>
    /// <param name="p">The p of each test.</param>
    /// <returns>In the order given.</returns>
    /// <exception cref="ArgumentException">A p lies outside 0 to 1.</exception>
    public static ImmutableArray<double> BenjaminiYekutieli(IReadOnlyList<double> p) => StepUp(p, Enumerable.Range(1, p?.Count ?? 0).Sum(rank => 1.0 / rank));

    private static ImmutableArray<double> StepDown(IReadOnlyList<double> p, Func<double, int, double> adjust)
    {
        double[] adjusted = new double[Checked(p).Count];
        double largest = 0;
        int remaining = p.Count;
        foreach (int index in Enumerable.Range(0, p.Count).OrderBy(index => p[index]))
        {
            largest = Math.Max(largest, Math.Min(1, adjust(p[index], remaining--)));
            adjusted[index] = largest;
        }

        return [.. adjusted];
    }

    private static ImmutableArray<double> StepUp(IReadOnlyList<double> p, double factor)
    {
        double[] adjusted = new double[Checked(p).Count];
        double smallest = 1;
        int rank = p.Count;
        foreach (int index in Enumerable.Range(0, p.Count).OrderByDescending(index => p[index]))
        {
            smallest = Math.Min(smallest, p[index] * factor * p.Count / rank--);
            adjusted[index] = smallest;
        }

        return [.. adjusted];
    }

    private static IReadOnlyList<double> Checked(IReadOnlyList<double> p)
    {
        ArgumentNullException.ThrowIfNull(p);
        int broken = Enumerable.Range(0, p.Count).FirstOrDefault(index => p[index] is not (>= 0 and <= 1), -1);
        return broken < 0 ? p : throw new ArgumentException(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"Every p has to lie between 0 and 1; number {broken} is {p[broken]}."), nameof(p));
    }
}
