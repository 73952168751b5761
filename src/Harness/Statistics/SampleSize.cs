namespace CircuitSpecs.Statistics;

/// <summary>How many prompts it takes to decide.</summary>
public static class SampleSize
{
    /// <summary>
    /// The number of prompts at which an interval would no longer reach any threshold, if value and spread stayed as
    /// measured: an interval's half-width shrinks with 1/√n, and the half that points at a threshold has to become
    /// smaller than the distance to it. More prompts of the same kind are meant; new templates where the interval is
    /// over templates.
    /// </summary>
    /// <param name="value">The measured value.</param>
    /// <param name="interval">Its interval.</param>
    /// <param name="count">The number of prompts that the interval is from.</param>
    /// <param name="thresholds">What the value is compared with: one number, or both ends of an equivalence margin.</param>
    /// <returns>At least <paramref name="count"/>; null where the value equals a threshold, so that no number settles it.</returns>
    public static long? ToSettle(double value, Interval interval, int count, params ReadOnlySpan<double> thresholds)
    {
        double needed = count;
        foreach (double threshold in thresholds)
        {
            double distance = Math.Abs(value - threshold);
            double half = Math.Max(0, threshold < value ? value - interval.Low : interval.High - value);
            if (half < distance)
            {
                continue;
            }

            if (distance == 0)
            {
                return null;
            }

            // Strictly below the distance: at equality the interval still touches the threshold.
            needed = Math.Max(needed, Math.Floor(count * (half / distance) * (half / distance)) + 1);
        }

        return needed < long.MaxValue ? (long)needed : null;
    }
}
