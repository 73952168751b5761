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

    /// <summary>The fewest prompts with which a t-test of paired differences finds an effect often enough.</summary>
    /// <param name="effect">Cohen's d_z, mean over standard deviation of the differences; not zero.</param>
    /// <param name="power">How often, for example 0.8.</param>
    /// <param name="level">α.</param>
    /// <param name="alternative">On which side an effect is looked for.</param>
    /// <exception cref="ArgumentException">The effect is zero or lies on the side that is not looked at, so that no number suffices.</exception>
    public static int ForPairedT(double effect, double power = 0.8, double level = 0.05, Alternative alternative = Alternative.TwoSided)
    {
        Check(effect, power, alternative);
        return Fewest(2, count => Power.PairedT(effect, count, level, alternative) >= power);
    }

    /// <summary>The fewest prompts in each of two equally large samples with which Student's t-test finds a difference often enough.</summary>
    /// <param name="effect">Cohen's d; not zero.</param>
    /// <param name="power">How often, for example 0.8.</param>
    /// <param name="level">α.</param>
    /// <param name="alternative">On which side an effect is looked for.</param>
    /// <exception cref="ArgumentException">The effect is zero or lies on the side that is not looked at, so that no number suffices.</exception>
    public static int ForTwoSampleT(double effect, double power = 0.8, double level = 0.05, Alternative alternative = Alternative.TwoSided)
    {
        Check(effect, power, alternative);
        return Fewest(2, count => Power.TwoSampleT(effect, count, count, level, alternative) >= power);
    }

    /// <summary>
    /// The fewest trials without a single failure that show a failure rate below a bound: the least n with (1 − rate)ⁿ ≤ α
    /// (59 for "at most 5 %", 299 for "at most 1 %" at α = .05).
    /// </summary>
    /// <param name="rate">The bound, strictly between 0 and 1.</param>
    /// <param name="level">α.</param>
    public static int WithoutFailure(double rate, double level = 0.05)
    {
        Samples.MustBeInside(rate, nameof(rate));
        Samples.MustBeInside(level, nameof(level));
        return Fewest(1, trials => BinomialTest.P(0, trials, rate, Alternative.Less) <= level);
    }

    /// <summary>
    /// The fewest prompts at which an exact sign-flip test can reach a level at all: its smallest p is 2⁻ⁿ, two-sided 2¹⁻ⁿ.
    /// For Bonferroni over 144 heads at .05 that takes 13 prompts.
    /// </summary>
    /// <param name="level">α, already divided by the number of tests.</param>
    /// <param name="alternative">On which side an effect is looked for.</param>
    public static int ForSignFlips(double level, Alternative alternative = Alternative.TwoSided)
    {
        Samples.MustBeInside(level, nameof(level));
        return Fewest(1, count => Math.ScaleB(alternative == Alternative.TwoSided ? 2 : 1, -count) <= level);
    }

    /// <summary>The least number from <paramref name="from"/> on that suffices, where every larger one does too.</summary>
    internal static int Fewest(int from, Func<int, bool> suffices)
    {
        int low = from;
        int high = from;
        while (!suffices(high))
        {
            low = high + 1;
            high = high < int.MaxValue / 2 ? high * 2 : throw new ArgumentException("More than a billion prompts would be needed: no practical number suffices.");
        }

        while (low < high)
        {
            int middle = low + ((high - low) / 2);
            (low, high) = suffices(middle) ? (low, middle) : (middle + 1, high);
        }

        return high;
    }

    private static void Check(double effect, double power, Alternative alternative)
    {
        Samples.MustBeInside(power, nameof(power));
        if (!double.IsFinite(effect) || effect == 0 || (alternative == Alternative.Greater && effect < 0) || (alternative == Alternative.Less && effect > 0))
        {
            throw new ArgumentException(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"No number of prompts finds an effect of {effect} on the side that is looked at: give the smallest effect that would matter, with its sign."), nameof(effect));
        }
    }
}
