namespace CircuitSpecs.Tests.Properties;

/// <summary>Functions of a number in float64 that System.Math lacks.</summary>
internal static class References
{
    /// <summary>The sum with the roundings added back (Neumaier's), so that float64 results have a better reference than themselves.</summary>
    public static double Sum(double[] row, Func<double, double>? of = null)
    {
        double total = 0, lost = 0, plain = 0;
        foreach (double x in row)
        {
            double v = of is null ? x : of(x), next = total + v;
            plain += v;
            lost += Math.Abs(total) >= Math.Abs(v) ? total - next + v : v - next + total;
            total = next;
        }

        return double.IsFinite(plain) ? total + lost : plain;
    }

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
        if (a < 1)
        {
            double term = a, total = a;
            for (int n = 1; n < 200 && Math.Abs(term) > 1e-18 * total; n++)
            {
                term *= 2 * a * a / (2 * n + 1);
                total += term;
            }

            return Math.CopySign(2 / Math.Sqrt(Math.PI) * Math.Exp(-a * a) * total, x);
        }

        return Math.CopySign(1 - Erfc(a), x);
    }

    /// <summary>1 - erf(x), without the difference where it is small.</summary>
    public static double Erfc(double x)
    {
        if (double.IsNaN(x) || x < 1) return 1 - Erf(x);
        if (x > 30) return 0;
        double fraction = x;
        for (int n = 500; n > 0; n--) fraction = x + n / 2.0 / fraction;
        return Math.Exp(-x * x) / (fraction * Math.Sqrt(Math.PI));
    }

    /// <summary>The integer quotient rounded down, the remainder with the sign of the divisor.</summary>
    public static long FloorDivide(long a, long b) => a / b - (a % b != 0 && (a < 0) != (b < 0) ? 1 : 0);

    public static long Modulo(long a, long b) => a - b * FloorDivide(a, b);

    /// <summary>Python's floor division: the quotient that leaves a remainder with the sign of the divisor.</summary>
    public static double FloorDivide(double a, double b)
    {
        if (b == 0) return a / b;
        double quotient = (a - Modulo(a, b)) / b;
        double below = Math.Floor(quotient);
        return quotient - below > 0.5 ? below + 1 : below;
    }

    public static double Modulo(double a, double b)
    {
        double rest = a % b;
        return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
    }

    /// <summary>Repeated multiplication, wrapping; one over it is zero unless the base is 1 or -1.</summary>
    public static long IntegerPower(long a, long b)
    {
        if (b < 0) return a == 1 ? 1 : a == -1 ? (b % 2 == 0 ? 1 : -1) : 0;
        long result = 1;
        for (long i = 0; i < b; i++) result = unchecked(result * a);
        return result;
    }
}
