using CircuitSpecs.Tests.Autograd;
using CircuitSpecs.Tests.Properties;
using static TorchSharp.torch;

namespace CircuitSpecs.Tests.Gradients;

/// <summary>Derivatives against difference quotients on random shapes, layouts and broadcasts.</summary>
public sealed class GradientProperties
{
    private static IEnumerable<TestCaseData> Cases() => GradientTable.All().Select(c => new TestCaseData(c).SetArgDisplayNames(c.Name));

    [TestCaseSource(nameof(Cases))]
    public void Derivative_is_the_limit_of_differences(object function)
    {
        var f = (GradientCase)function;
        ScalarType[][] types = Enumerable.Repeat(new[] { ScalarType.Float64 }, f.Inputs).ToArray();
        Property.Holds("gradient of " + f.Name, Case.Arbitrary(f.MinRank, f.MaxRank, f.Broadcast, types), c =>
        {
            c = c with { Shape = c.Shape.Select((n, d) => Size(n, d, f)).ToArray() };
            Tensor[] inputs = Enumerable.Range(0, f.Inputs).Select(i =>
                Operand.Of(c.ShapeOf(i), ScalarType.Float64, c.Layouts[i], Draw(f, new Random(c.Seed + i)), mayRepeat: !f.Distinct).Tensor).ToArray();
            FiniteDifference.Check(x => f.Function(x, c.Choices()), inputs);
        }, 10);
    }

    private static long Size(long n, int dimension, GradientCase f)
    {
        if (n == 0 && f.NoEmpty) n = 2;
        if (n > 3) n = n % 3 + 1;
        return dimension == 1 ? Math.Max(n, f.SecondAtLeast) : n;
    }

    // Kept away from each other and from zero, where several functions have no derivative.
    private static Func<double> Draw(GradientCase f, Random random)
    {
        var taken = new List<double>();
        return () =>
        {
            double value;
            do value = f.Low + random.NextDouble() * (f.High - f.Low);
            while (Math.Abs(value) < 1e-3 || taken.Any(t => Math.Abs(t - value) < 1e-4) || Near(value));
            taken.Add(value);
            return value;
        };
    }

    // Where clamps and roundings have their corners.
    private static bool Near(double value) =>
        Math.Abs(value - Math.Round(value)) < 1e-3 || Math.Abs(value * 4 - Math.Round(value * 4)) < 1e-3;
}
