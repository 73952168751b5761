using System.Collections.Immutable;
using System.Globalization;

namespace CircuitSpecs.Statistics;

/// <summary>
/// What a bootstrap draws again. Without clusters: prompts. With clusters (templates): whole clusters, all their
/// prompts with them, since prompts of one template are not independent. Resampling fewer than
/// <see cref="FewestClusters"/> clusters cannot show how much clusters differ (the interval comes out too narrow, or
/// jumps between few values); then the clusters are taken as given, prompts are drawn within each, and the interval
/// speaks about these templates and no others. <see cref="Description"/> says which of the three it was.
/// </summary>
public sealed class Resampling
{
    /// <summary>The least number of clusters that are resampled as a whole.</summary>
    public const int FewestClusters = 8;

    private readonly ImmutableArray<ImmutableArray<ImmutableArray<int>>> strata;

    private Resampling(int count, string description, IEnumerable<IEnumerable<ImmutableArray<int>>> strata)
    {
        Count = count;
        Description = description;
        this.strata = [.. strata.Select(units => units.ToImmutableArray())];
    }

    /// <summary>Number of prompts.</summary>
    public int Count { get; }

    /// <summary>In words, for a result's conventions: <c>prompts</c>, <c>12 clusters</c> or <c>prompts within 3 clusters</c>.</summary>
    public string Description { get; }

    /// <summary>Decides what is resampled.</summary>
    /// <param name="count">Number of prompts.</param>
    /// <param name="clusters">The cluster of each prompt, null for a prompt that is one of its own; null where there are no clusters.</param>
    /// <exception cref="ArgumentException">There are fewer than two prompts, or not one cluster label for each.</exception>
    public static Resampling Of(int count, IReadOnlyList<string?>? clusters = null)
    {
        if (count < 2)
        {
            throw new ArgumentException($"An interval needs at least two prompts; there {(count == 1 ? "is 1" : $"are {count}")}. Generate more prompts (a family's count), or state the single value without an interval.", nameof(count));
        }

        if (clusters is not null && clusters.Count != count)
        {
            throw new ArgumentException($"There are {count} prompts and {clusters.Count} cluster labels; every prompt needs one.", nameof(clusters));
        }

        ImmutableArray<int>[] groups = [.. Enumerable.Range(0, count)
            .GroupBy(prompt => clusters?[prompt] ?? string.Create(CultureInfo.InvariantCulture, $"\0{prompt}"))
            .Select(group => group.ToImmutableArray())];
        return groups.Length == count ? new Resampling(count, "prompts", [groups])
            : groups.Length >= FewestClusters ? new Resampling(count, $"{groups.Length} clusters", [groups])
            : new Resampling(count, groups.Length == 1 ? "prompts" : $"prompts within {groups.Length} clusters", groups.Select(group => group.Select(prompt => ImmutableArray.Create(prompt))));
    }

    /// <summary>One resample: units drawn with replacement, as many as there are, stratum by stratum.</summary>
    internal int[] Draw(SeededRandom random)
    {
        var drawn = new List<int>(Count);
        foreach (ImmutableArray<ImmutableArray<int>> units in strata)
        {
            for (int draw = 0; draw < units.Length; draw++)
            {
                drawn.AddRange(units[random.Next(units.Length)]);
            }
        }

        return [.. drawn];
    }

    /// <summary>
    /// The acceleration of BCa, Σu³ / (6 (Σu²)^1.5), with u of each unit from the jackknife within its stratum (Efron
    /// and Tibshirani 1993, 14.15): 0 where leaving out changes nothing.
    /// </summary>
    internal double Acceleration(Func<ReadOnlySpan<int>, double> statistic)
    {
        double squares = 0;
        double cubes = 0;
        foreach (ImmutableArray<ImmutableArray<int>> units in strata.Where(units => units.Length > 1))
        {
            double[] without = [.. units.Select(unit => statistic([.. strata.SelectMany(stratum => stratum).Where(other => other != unit).SelectMany(other => other)]))];
            double mean = without.Average();
            foreach (double value in without)
            {
                double influence = (units.Length - 1) * (mean - value);
                squares += influence * influence;
                cubes += influence * influence * influence;
            }
        }

        return squares == 0 ? 0 : cubes / (6 * Math.Pow(squares, 1.5));
    }
}
