using System.Runtime.InteropServices;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using static TorchSharp.torch.nn.init;

namespace CircuitSpecs.Tests.NN.Modules;

public sealed class InitTests
{
    [SetUp]
    public void Seed() => manual_seed(7);

    [Test]
    public void Everything_writes_in_place_and_records_nothing()
    {
        using Parameter p = Parameter(zeros(4, 4));
        foreach (Func<Tensor, Tensor> write in new Func<Tensor, Tensor>[]
                 {
                     t => ones_(t), t => constant_(t, 3), t => uniform_(t), t => normal_(t), t => eye_(t), t => kaiming_normal_(t), t => xavier_uniform_(t),
                     t => orthogonal_(t), t => sparse_(t, 0.5), t => trunc_normal_(t), t => zeros_(t),
                 })
        {
            write(p).Should().BeSameAs(p);
            (p.is_leaf, p.requires_grad).Should().Be((true, true));
        }

        Samples.Values(p).Should().OnlyContain(v => v == 0);
        Samples.Values(constant_(p, 3)).Should().OnlyContain(v => v == 3);
        Samples.Values(eye_(p)).Should().Equal(1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1);
    }

    [Test]
    public void Gains_are_PyTorch_s()
    {
        // PyTorch 1.13: torch.nn.init.calculate_gain(name, 0.3).
        calculate_gain(NonlinearityType.Linear).Should().Be(1);
        calculate_gain(NonlinearityType.Sigmoid).Should().Be(1);
        calculate_gain(NonlinearityType.Tanh).Should().Be(1.6666666666666667);
        calculate_gain(NonlinearityType.ReLU).Should().Be(1.4142135623730951);
        calculate_gain(NonlinearityType.LeakyReLU, 0.3).Should().Be(1.3545709229571927);
    }

    [Test]
    public void Fans_count_the_field_of_a_convolution()
    {
        CalculateFanInAndFanOut(zeros(3, 5)).Should().Be((5, 3));
        CalculateFanInAndFanOut(zeros(3, 5, 2, 2)).Should().Be((20, 12));
        Assert.Throws<ArgumentException>(() => CalculateFanInAndFanOut(zeros(3)));
    }

    [Test]
    public void Spreads_follow_the_fans()
    {
        using Tensor t = zeros(200, 400);
        Spread(uniform_(t, -2, 4)).Should().Be(mean: 1, std: 6 / Math.Sqrt(12), low: -2, high: 4);
        Spread(normal_(t, 1, 0.5)).Should().Be(mean: 1, std: 0.5);
        double std = Math.Sqrt(2 / 400.0), wide = Math.Sqrt(2 / 200.0), xavier = Math.Sqrt(2 / 600.0);
        Spread(kaiming_normal_(t)).Should().Be(mean: 0, std);
        Spread(kaiming_normal_(t, mode: FanInOut.FanOut, nonlinearity: NonlinearityType.ReLU)).Should().Be(mean: 0, wide);
        Spread(kaiming_uniform_(t)).Should().Be(mean: 0, std, -std * Math.Sqrt(3), std * Math.Sqrt(3));
        Spread(xavier_uniform_(t, 2)).Should().Be(mean: 0, 2 * xavier, -2 * xavier * Math.Sqrt(3), 2 * xavier * Math.Sqrt(3));
        Spread(glorot_uniform_(t)).Should().Be(mean: 0, xavier);
    }

    [Test]
    public void Rows_or_columns_are_orthonormal()
    {
        foreach ((long rows, long columns) in new[] { (3L, 7L), (7L, 3L), (5L, 5L) })
        {
            using Tensor t = orthogonal_(zeros(rows, columns, dtype: ScalarType.Float64), gain: 2);
            using Tensor product = rows <= columns ? t.matmul(t.t()) : t.t().matmul(t);
            Samples.ShouldBe(product, product.shape, Samples.Values(eye(product.shape[0]).mul(4)), 1e-12);
        }

        Assert.Catch<ExternalException>(() => orthogonal_(zeros(3)));
    }

    [Test]
    public void A_share_of_every_column_is_zero()
    {
        using Tensor t = sparse_(zeros(10, 6), 0.35, 0.1);
        for (int c = 0; c < 6; c++) Samples.Values(t.select(1, c)).Count(v => v == 0).Should().Be(4);
    }

    [Test]
    public void A_generator_decides_the_values()
    {
        double[] Draw() => Samples.Values(normal_(zeros(5), generator: new Generator(3)));
        Draw().Should().Equal(Draw());
    }

    [Test]
    public void Wrong_ranks_are_refused()
    {
        Assert.Catch<ExternalException>(() => eye_(zeros(3)));
        Assert.Catch<ExternalException>(() => sparse_(zeros(3), 0.1));
        kaiming_uniform_(zeros(0, 3)).shape.Should().Equal(0, 3);
    }

    private static Observed Spread(Tensor t) => new(Samples.Values(t));

    private sealed class Observed(double[] values)
    {
        public Observed Should() => this;

        public void Be(double mean, double std, double low = double.NegativeInfinity, double high = double.PositiveInfinity)
        {
            double m = values.Average(), s = Math.Sqrt(values.Average(v => (v - m) * (v - m)));
            m.Should().BeApproximately(mean, 5 * std / Math.Sqrt(values.Length));
            s.Should().BeApproximately(std, std * 0.02);
            values.Min().Should().BeGreaterThanOrEqualTo(low * 1.0000001);
            values.Max().Should().BeLessThanOrEqualTo(high * 1.0000001);
        }
    }
}
