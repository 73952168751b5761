using static TorchSharp.torch;

namespace CircuitSpecs.Tests.Properties;

/// <summary>Numbers to draw inputs from; now and then one of the awkward ones, where <paramref name="Special"/> says so.</summary>
internal sealed record Domain(double Low, double High, bool Special = false)
{
    private static readonly double[] Awkward = [0, -0.0, double.NaN, double.PositiveInfinity, double.NegativeInfinity, 1, -1, 0.5, -2.5, 1e-4, 3e4];

    public double Draw(Random random, ScalarType type)
    {
        if (type == ScalarType.Bool) return random.Next(2);
        bool real = Numeric.IsReal(type);
        if (real && Special && random.Next(12) == 0) return Numeric.Round(Awkward[random.Next(Awkward.Length)], type);
        double low = Numeric.IsUnsigned(type) ? Math.Max(Low, 0) : Low;
        double value = low + random.NextDouble() * (Math.Max(High, low) - low);
        if (real) return Numeric.Round(value, type);
        return Math.Clamp(Math.Round(value), Math.Ceiling(low), Math.Max(Math.Floor(High), Math.Ceiling(low)));
    }
}
