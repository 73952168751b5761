namespace CircuitSpecs.Tests.Properties;

/// <summary>Functions of a number in float64 that System.Math lacks.</summary>
internal static class References
{
    /// <summary>log(1 + x), by dividing out the rounding of 1 + x.</summary>
    public static double Log1p(double x)
    {
        double u = 1 + x;
        if (u == 1 || double.IsPositiveInfinity(x)) return x;
        return Math.Log(u) * (x / (u - 1));
    }

    /// <summary>exp(x) - 1, likewise.</summary>
    public static double Expm1(double x)
    {
        double u = Math.Exp(x);
        if (u == 1 || double.IsPositiveInfinity(u)) return u == 1 ? x : u;
        double less = u - 1;
        return less == -1 ? -1 : less * (x / Math.Log(u));
    }

    /// <summary>The error function by its power series, or by the continued fraction of its complement.</summary>
    public static double Erf(double x)
    {
        if (double.IsNaN(x)) return x;
        double a = Math.Abs(x);
        if (a > 6) return Math.Sign(x);
        if (a < 3)
        {
            double term = a, total = a;
            for (int n = 1; n < 200 && Math.Abs(term) > 1e-18 * total; n++)
            {
                term *= 2 * a * a / (2 * n + 1);
                total += term;
            }

            return Math.CopySign(2 / Math.Sqrt(Math.PI) * Math.Exp(-a * a) * total, x);
        }

        double fraction = a;
        for (int n = 120; n > 0; n--) fraction = a + n / 2.0 / fraction;
        return Math.CopySign(1 - Math.Exp(-a * a) / (fraction * Math.Sqrt(Math.PI)), x);
    }

    /// <summary>The integer quotient rounded down, the remainder with the sign of the divisor.</summary>
    public static long FloorDivide(long a, long b) => a / b - (a % b != 0 && (a < 0) != (b < 0) ? 1 : 0);

    public static long Modulo(long a, long b) => a - b * FloorDivide(a, b);
}
