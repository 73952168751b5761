namespace CircuitSpecs.Statistics;

/// <summary>The chance that a test finds an effect of a given size: what "no effect was found" is worth.</summary>
public static class Power
{
    /// <summary>Of the t-test of paired differences (or of one sample), exact from the noncentral t with noncentrality d √n.</summary>
    /// <param name="effect">Cohen's d_z, mean over standard deviation of the differences; positive is the side that <see cref="Alternative.Greater"/> looks at.</param>
    /// <param name="count">Number of prompts, at least two.</param>
    /// <param name="level">α.</param>
    /// <param name="alternative">On which side an effect is looked for.</param>
    public static double PairedT(double effect, int count, double level = 0.05, Alternative alternative = Alternative.TwoSided)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 2);
        return OfT(effect * Math.Sqrt(count), count - 1, level, alternative);
    }

    /// <summary>Of Student's t-test of two independent samples with equal variances, noncentrality d / √(1/n₁ + 1/n₂).</summary>
    /// <param name="effect">Cohen's d.</param>
    /// <param name="first">Size of one sample, at least two.</param>
    /// <param name="second">Size of the other, at least two.</param>
    /// <param name="level">α.</param>
    /// <param name="alternative">On which side an effect is looked for.</param>
    public static double TwoSampleT(double effect, int first, int second, double level = 0.05, Alternative alternative = Alternative.TwoSided)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(first, 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(second, 2);
        return OfT(effect / Math.Sqrt((1.0 / first) + (1.0 / second)), first + second - 2, level, alternative);
    }

    /// <summary>Of the exact binomial test, by adding up the outcomes at which it rejects.</summary>
    /// <param name="rate">The true rate.</param>
    /// <param name="nullRate">The rate under the null hypothesis.</param>
    /// <param name="trials">Number of trials.</param>
    /// <param name="level">α.</param>
    /// <param name="alternative">On which side an effect is looked for.</param>
    public static double Binomial(double rate, double nullRate, int trials, double level = 0.05, Alternative alternative = Alternative.TwoSided)
    {
        Samples.MustBeInside(level, nameof(level));
        return Math.Min(1, Enumerable.Range(0, trials + 1)
            .Where(successes => BinomialTest.P(successes, trials, nullRate, alternative) <= level)
            .Sum(successes => Math.Exp(BinomialTest.LogProbability(successes, trials, rate))));
    }

    private static double OfT(double noncentrality, double degrees, double level, Alternative alternative)
    {
        Samples.MustBeInside(level, nameof(level));
        if (!double.IsFinite(noncentrality))
        {
            throw new ArgumentOutOfRangeException(nameof(noncentrality), noncentrality, "An effect has to be finite.");
        }

        return alternative switch
        {
            Alternative.Greater => StudentTail.NoncentralAbove(StudentTail.Critical(level, degrees), degrees, noncentrality),
            Alternative.Less => StudentTail.NoncentralAbove(StudentTail.Critical(level, degrees), degrees, -noncentrality),
            _ => StudentTail.NoncentralAbove(StudentTail.Critical(level / 2, degrees), degrees, noncentrality)
                + StudentTail.NoncentralAbove(StudentTail.Critical(level / 2, degrees), degrees, -noncentrality),
        };
    }
}
