namespace CircuitSpecs.Analysis;

/// <summary>Central moments of a stream of numbers, updated one by one without cancellation (Pébay 2008).</summary>
internal sealed class Moments
{
    private double count;
    private double mean;
    private double second;
    private double third;
    private double fourth;

    /// <summary>Pearson's kurtosis n Σ(x − mean)⁴ / (Σ(x − mean)²)²: 3 for a normal distribution, NaN for a constant.</summary>
    public double Kurtosis => count * fourth / (second * second);

    public void Add(double value)
    {
        count++;
        double delta = value - mean;
        double step = delta / count;
        double term = delta * step * (count - 1);
        mean += step;
        fourth += (term * step * step * ((count * count) - (3 * count) + 3)) + (6 * step * step * second) - (4 * step * third);
        third += (term * step * (count - 2)) - (3 * step * second);
        second += term;
    }
}
