using MathNet.Numerics;
using MathNet.Numerics.Distributions;
using MathNet.Numerics.Integration;

namespace CircuitSpecs.Statistics;

/// <summary>Tails of Student's t, central and shifted.</summary>
internal static class StudentTail
{
    private const int Nodes = 256;

    /// <summary>The p of a t, from the incomplete beta function so that small ones keep their digits.</summary>
    public static double P(double t, double degrees, Alternative alternative)
    {
        double twoSided = double.IsInfinity(t) ? 0 : SpecialFunctions.BetaRegularized(degrees / 2, 0.5, degrees / (degrees + (t * t)));
        return alternative switch
        {
            Alternative.TwoSided => twoSided,
            Alternative.Greater => t >= 0 ? twoSided / 2 : 1 - (twoSided / 2),
            _ => t <= 0 ? twoSided / 2 : 1 - (twoSided / 2),
        };
    }

    /// <summary>The t whose upper tail is α.</summary>
    public static double Critical(double alpha, double degrees) => -StudentT.InvCDF(0, 1, degrees, alpha);

    /// <summary>
    /// P(T > t) of the noncentral t: ∫ Φ(δ − t s) f(s) ds over s = √(χ²/ν), by Gauss-Legendre quadrature, split where Φ turns.
    /// </summary>
    public static double NoncentralAbove(double t, double degrees, double noncentrality)
    {
        double logScale = Math.Log(2) + (degrees / 2 * Math.Log(degrees / 2)) - SpecialFunctions.GammaLn(degrees / 2);
        double Integrand(double s) => s <= 0 ? 0
            : Normal.CDF(0, 1, noncentrality - (t * s)) * Math.Exp(logScale + ((degrees - 1) * Math.Log(s)) - (degrees * s * s / 2));
        double spread = 12 / Math.Sqrt(2 * degrees);
        double low = Math.Max(0, 1 - spread);
        double high = 1 + spread;
        double[] ends = t == 0
            ? [low, high]
            : [low, Math.Clamp((noncentrality / t) - Math.Abs(8 / t), low, high), Math.Clamp((noncentrality / t) + Math.Abs(8 / t), low, high), high];
        double sum = 0;
        for (int part = 1; part < ends.Length; part++)
        {
            sum += ends[part] > ends[part - 1] ? GaussLegendreRule.Integrate(Integrand, ends[part - 1], ends[part], Nodes) : 0;
        }

        return Math.Clamp(sum, 0, 1);
    }
}
