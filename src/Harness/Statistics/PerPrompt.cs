using System.Collections.Immutable;

namespace CircuitSpecs.Statistics;

/// <summary>
/// What a metric gives: one number per prompt, in the order of the prompt set. Its value is the mean, or, for a
/// ratio, the mean of the numerators over the mean of the denominators (a ratio of means, never a mean of ratios:
/// single prompts whose denominator is near zero would decide everything).
/// </summary>
public sealed class PerPrompt
{
    /// <summary>Makes a plain measurement.</summary>
    /// <param name="values">One number per prompt.</param>
    public PerPrompt(IEnumerable<double> values)
        : this([.. values], default)
    {
    }

    private PerPrompt(ImmutableArray<double> numerators, ImmutableArray<double> denominators)
    {
        Numerators = numerators;
        Denominators = denominators;
    }

    /// <summary>The values, or the numerators of a ratio.</summary>
    public ImmutableArray<double> Numerators { get; }

    /// <summary>The denominators of a ratio; default (no array) for a plain measurement.</summary>
    public ImmutableArray<double> Denominators { get; }

    /// <summary>Whether this is a ratio of two means.</summary>
    public bool IsRatio => !Denominators.IsDefault;

    /// <summary>Number of prompts.</summary>
    public int Count => Numerators.Length;

    /// <summary>The mean, or the ratio of the means.</summary>
    public double Value => IsRatio ? Numerators.Average() / Denominators.Average() : Numerators.Average();

    /// <summary>A ratio of means over the same prompts, for example the share of a logit difference that survives an ablation.</summary>
    /// <param name="numerator">Measured on the same prompts as the denominator.</param>
    /// <param name="denominator">What it is divided by.</param>
    /// <exception cref="ArgumentException">The two differ in length, or one is a ratio itself.</exception>
    public static PerPrompt RatioOfMeans(PerPrompt numerator, PerPrompt denominator)
    {
        ArgumentNullException.ThrowIfNull(numerator);
        ArgumentNullException.ThrowIfNull(denominator);
        Check(numerator, denominator, "divide");
        return new PerPrompt(numerator.Numerators, denominator.Numerators);
    }

    /// <summary>The value over a selection of prompts, with repetition: what a bootstrap needs.</summary>
    /// <param name="indices">Which prompts.</param>
    public double ValueOver(ReadOnlySpan<int> indices)
    {
        double numerator = 0;
        double denominator = 0;
        foreach (int index in indices)
        {
            numerator += Numerators[index];
            denominator += IsRatio ? Denominators[index] : 1;
        }

        return numerator / denominator;
    }

    /// <summary>Prompt by prompt sum.</summary>
    public static PerPrompt operator +(PerPrompt left, PerPrompt right) => Combine(left, right, "add", (a, b) => a + b);

    /// <summary>Prompt by prompt difference, the paired effect of an intervention.</summary>
    public static PerPrompt operator -(PerPrompt left, PerPrompt right) => Combine(left, right, "subtract", (a, b) => a - b);

    /// <summary>Every value times a number.</summary>
    public static PerPrompt operator *(PerPrompt left, double right) => new(left.Numerators.Select(value => value * right).ToImmutableArray(), left.Denominators);

    /// <summary>Every value divided by a number.</summary>
    public static PerPrompt operator /(PerPrompt left, double right) => left * (1 / right);

    /// <summary>Every value with the other sign.</summary>
    public static PerPrompt operator -(PerPrompt value) => value * -1;

    private static PerPrompt Combine(PerPrompt left, PerPrompt right, string verb, Func<double, double, double> operation)
    {
        Check(left, right, verb);
        return new PerPrompt(left.Numerators.Zip(right.Numerators, operation));
    }

    private static void Check(PerPrompt left, PerPrompt right, string verb)
    {
        if (left.Count != right.Count)
        {
            throw new ArgumentException($"Cannot {verb} measurements over {left.Count} and {right.Count} prompts: measure both on the same prompts.");
        }

        if (left.IsRatio || right.IsRatio)
        {
            throw new ArgumentException($"Cannot {verb} ratios prompt by prompt: {verb} first, then take the ratio of means.");
        }
    }
}
