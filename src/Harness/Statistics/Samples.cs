using System.Globalization;

namespace CircuitSpecs.Statistics;

/// <summary>What every statistic asks of its numbers before it looks at them.</summary>
internal static class Samples
{
    /// <summary>A sample that is long enough and finite throughout.</summary>
    /// <exception cref="ArgumentException">It is not; the message says where.</exception>
    public static double[] Finite(IReadOnlyList<double> values, int least, string name)
    {
        ArgumentNullException.ThrowIfNull(values, name);
        double[] sample = [.. values];
        if (sample.Length < least)
        {
            throw new ArgumentException($"'{name}' has {Numbers(sample.Length)}; at least {least} are needed: measure on more prompts.", name);
        }

        int broken = Array.FindIndex(sample, value => !double.IsFinite(value));
        if (broken >= 0)
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"'{name}' is {sample[broken]} at index {broken}, which is not finite: find out why the measurement gave that, or leave the prompt out of every sample."), name);
        }

        return sample;
    }

    /// <summary>Two samples over the same prompts.</summary>
    /// <exception cref="ArgumentException">They differ in length, or one is too short or not finite.</exception>
    public static (double[] First, double[] Second) Paired(IReadOnlyList<double> first, IReadOnlyList<double> second, int least, string firstName, string secondName)
    {
        ArgumentNullException.ThrowIfNull(first, firstName);
        ArgumentNullException.ThrowIfNull(second, secondName);
        if (first.Count != second.Count)
        {
            throw new ArgumentException($"'{firstName}' has {Numbers(first.Count)} and '{secondName}' {second.Count}; they have to belong together one by one: measure both on the same prompts.", secondName);
        }

        return (Finite(first, least, firstName), Finite(second, least, secondName));
    }

    /// <summary>Refuses a sample whose values are all equal.</summary>
    public static void MustVary(double[] sample, string name, string because)
    {
        if (Array.TrueForAll(sample, value => value == sample[0]))
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"All {sample.Length} values of '{name}' are {sample[0]}: {because}"), name);
        }
    }

    /// <summary>The scores of a measurement, one per prompt.</summary>
    /// <exception cref="ArgumentException">It is a ratio of means, too short or not finite.</exception>
    public static double[] Scores(PerPrompt measurement, int least, string name)
    {
        ArgumentNullException.ThrowIfNull(measurement, name);
        return measurement.IsRatio
            ? throw new ArgumentException($"'{name}' is a ratio of means, which has no score for each prompt: pass the measurement before the division.", name)
            : Finite(measurement.Numerators, least, name);
    }

    /// <summary>Refuses what is no probability strictly between 0 and 1.</summary>
    public static void MustBeInside(double probability, string name)
    {
        if (probability is not (> 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(name, probability, $"'{name}' has to lie between 0 and 1, both excluded.");
        }
    }

    private static string Numbers(int count) => count == 1 ? "1 number" : $"{count} numbers";
}
