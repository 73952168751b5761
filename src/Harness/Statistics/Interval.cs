namespace CircuitSpecs.Statistics;

/// <summary>A confidence interval.</summary>
/// <param name="Low">Its lower end.</param>
/// <param name="High">Its upper end.</param>
/// <param name="Confidence">Its nominal coverage, for example 0.95.</param>
public readonly record struct Interval(double Low, double High, double Confidence)
{
    /// <summary>High − Low.</summary>
    public double Width => High - Low;

    /// <summary>Whether a number lies in the interval, ends included.</summary>
    /// <param name="value">The number.</param>
    public bool Contains(double value) => value >= Low && value <= High;
}
