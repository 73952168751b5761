namespace CircuitSpecs.Statistics;

/// <summary>Numbers that sum up a sample: what a bootstrap or a permutation test can be made of.</summary>
public static class SampleStatistic
{
    /// <summary>The arithmetic mean.</summary>
    /// <param name="values">At least one.</param>
    public static double Mean(ReadOnlySpan<double> values)
    {
        double sum = 0;
        foreach (double value in values)
        {
            sum += value;
        }

        return sum / values.Length;
    }

    /// <summary>The middle value; the mean of the two middle ones of an even number.</summary>
    /// <param name="values">At least one.</param>
    public static double Median(ReadOnlySpan<double> values)
    {
        if (values.IsEmpty)
        {
            return double.NaN;
        }

        double[] sorted = values.ToArray();
        Array.Sort(sorted);
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>The unbiased variance, Σ(x − mean)² / (n − 1).</summary>
    /// <param name="values">At least two.</param>
    public static double Variance(ReadOnlySpan<double> values)
    {
        double mean = Mean(values);
        double squares = 0;
        foreach (double value in values)
        {
            squares += (value - mean) * (value - mean);
        }

        return squares / (values.Length - 1);
    }

    /// <summary>The root of the unbiased variance.</summary>
    /// <param name="values">At least two.</param>
    public static double StandardDeviation(ReadOnlySpan<double> values) => Math.Sqrt(Variance(values));

    /// <summary>The ranks from 1 on; equal values share the mean of the ranks that they take up.</summary>
    /// <param name="values">The values.</param>
    /// <returns>In the order given.</returns>
    public static double[] MidRanks(ReadOnlySpan<double> values)
    {
        double[] sorted = values.ToArray();
        int[] order = new int[sorted.Length];
        for (int index = 0; index < order.Length; index++)
        {
            order[index] = index;
        }

        Array.Sort(sorted, order);
        double[] ranks = new double[sorted.Length];
        for (int start = 0, end; start < sorted.Length; start = end)
        {
            end = start + 1;
            while (end < sorted.Length && sorted[end] == sorted[start])
            {
                end++;
            }

            for (int position = start; position < end; position++)
            {
                ranks[order[position]] = (start + 1 + end) / 2.0;
            }
        }

        return ranks;
    }
}
