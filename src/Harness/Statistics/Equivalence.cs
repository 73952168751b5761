namespace CircuitSpecs.Statistics;

/// <summary>
/// Whether a value is practically equal to another one: two one-sided tests (TOST, Schuirmann 1987) at α, done as an
/// interval of confidence 1 − 2α that has to lie inside the margin. A value that merely shows no effect is not equivalent.
/// </summary>
/// <param name="Value">The measured value.</param>
/// <param name="Interval">Its BCa interval of confidence 1 − 2α.</param>
/// <param name="Low">The lower end of the margin.</param>
/// <param name="High">The upper end of the margin.</param>
public readonly record struct Equivalence(double Value, Interval Interval, double Low, double High)
{
    /// <summary>The whole interval lies inside the margin.</summary>
    public bool IsShown => Interval.Low > Low && Interval.High < High;

    /// <summary>The whole interval lies outside of the margin; where neither holds, the prompts do not decide.</summary>
    public bool IsRuledOut => Interval.High < Low || Interval.Low > High;

    /// <summary>Tests a measurement.</summary>
    /// <param name="sample">The measurement; at least two prompts.</param>
    /// <param name="to">The value that it should equal.</param>
    /// <param name="within">The margin δ on both sides, in the measurement's unit; above zero.</param>
    /// <param name="clusters">The template of each prompt, or null; see <see cref="Resampling"/>.</param>
    /// <param name="alpha">The level of each one-sided test; .05 gives the 90 % interval.</param>
    /// <param name="seed">Fixes the resamples.</param>
    /// <exception cref="ArgumentException">Fewer than two prompts, or a value that is not finite.</exception>
    public static Equivalence Test(PerPrompt sample, double to, double within, IReadOnlyList<string?>? clusters = null, double alpha = 0.05, int seed = 0)
    {
        ArgumentNullException.ThrowIfNull(sample);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(within);
        return new Equivalence(sample.Value, Bootstrap.BiasCorrectedAccelerated(sample, clusters, 1 - (2 * alpha), seed), to - within, to + within);
    }
}
