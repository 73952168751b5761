using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace CircuitSpecs.Tests.Kernels;

/// <summary>Gelu and softmax in float32, against float64 and for every length of the rest behind the last whole vector.</summary>
public sealed class FusedRowTests
{
    [Test]
    public void Gelu_agrees_with_the_definition_over_its_whole_range([Values] bool approximate)
    {
        using DisposeScope scope = NewDisposeScope();

        // Beyond -6 the rounding of the tanh form's own argument in float32 shows in the result, which is below 1e-10 there.
        Tensor x = linspace(approximate ? -6 : -9, 9, 20_001);
        Tensor y = approximate ? nn.functional.gelu(x, GELU.Approximate.tanh) : nn.functional.gelu(x);
        float[] from = x.data<float>().ToArray(), to = y.data<float>().ToArray();
        for (int i = 0; i < from.Length; i++)
        {
            double v = from[i], expected = approximate
                ? v / (1 + Math.Exp(-2 * Math.Sqrt(2 / Math.PI) * (v + (0.044715 * v * v * v))))
                : v * NormalDistribution(v);
            Math.Abs(to[i] - expected).Should().BeLessThanOrEqualTo((1e-5 * Math.Abs(expected)) + 1e-37, $"gelu({v})");
        }
    }

    [Test]
    public void Gelu_at_the_ends_is_what_torch_gives([Values] bool approximate)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = torch.tensor(new[] { float.PositiveInfinity, float.NaN, 1e30f, -1e30f, 0f, 100f, -100f });
        float[] y = (approximate ? nn.functional.gelu(x, GELU.Approximate.tanh) : nn.functional.gelu(x)).data<float>().ToArray();
        y[0].Should().Be(float.PositiveInfinity);
        y[1].Should().Be(float.NaN);
        y[2].Should().Be(1e30f);
        y[3].Should().Be(0);
        y[4].Should().Be(0);
        y[5].Should().Be(100);
        y[6].Should().Be(0);
    }

    [Test]
    public void A_value_does_not_depend_on_its_place()
    {
        using DisposeScope scope = NewDisposeScope();
        using var g = new Generator(3);
        Tensor x = randn(200, generator: g);
        float[] whole = x.gelu().data<float>().ToArray(), tanh = x.gelu(GELU.Approximate.tanh).data<float>().ToArray();
        for (int n = 1; n <= 70; n++)
        {
            x.narrow(0, 3, n).gelu().data<float>().ToArray().Should().Equal(whole[3..(3 + n)]);
            x.narrow(0, 3, n).gelu(GELU.Approximate.tanh).data<float>().ToArray().Should().Equal(tanh[3..(3 + n)]);
        }
    }

    [Test]
    public void Softmax_of_rows_of_any_length_agrees_with_float64()
    {
        using DisposeScope scope = NewDisposeScope();
        using var g = new Generator(4);
        foreach (int n in Enumerable.Range(1, 70).Concat([1023, 1024, 1025, 1100, 5000]))
        {
            Tensor x = randn([3, n], generator: g) * 20;
            if (n > 3) x[1, 2] = float.NegativeInfinity;
            double[] values = Samples.Values(x), expected = new double[3 * n];
            for (int r = 0; r < 3; r++)
            {
                double top = values.Skip(r * n).Take(n).Max(), total = values.Skip(r * n).Take(n).Sum(v => Math.Exp(v - top));
                for (int i = 0; i < n; i++) expected[(r * n) + i] = Math.Exp(values[(r * n) + i] - top) / total;
            }

            float[] y = x.softmax(-1).data<float>().ToArray();
            for (int i = 0; i < y.Length; i++)
                Math.Abs(y[i] - expected[i]).Should().BeLessThanOrEqualTo((1e-5 * expected[i]) + 1e-37, $"row of {n}, element {i}");
        }
    }

    [Test]
    public void Softmax_of_a_row_without_a_distribution_is_not_a_number()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = full([4, 40], 1f);
        x[0] = float.NegativeInfinity;
        x[1, 7] = float.PositiveInfinity;
        x[2, 39] = float.NaN;
        float[] y = x.softmax(-1).data<float>().ToArray();
        y[..120].Should().AllSatisfy(v => float.IsNaN(v).Should().BeTrue());
        y[120..].Should().OnlyContain(v => Math.Abs(v - 0.025f) < 1e-7f);
    }

    // Φ by Taylor series about zero, in float64; for negative x by the continued fraction of the tail.
    private static double NormalDistribution(double x)
    {
        if (x < -3)
        {
            double fraction = 0;
            for (int k = 300; k > 0; k--) fraction = k / (-x + fraction);
            return Math.Exp(-x * x / 2) / Math.Sqrt(2 * Math.PI) / (-x + fraction);
        }

        double term = x, sum = x;
        for (int n = 1; n < 200; n++)
        {
            term *= x * x / ((2 * n) + 1);
            sum += term;
        }

        return 0.5 + (Math.Exp(-x * x / 2) / Math.Sqrt(2 * Math.PI) * sum);
    }
}
