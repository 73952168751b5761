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
        // TorchSharp 0.107 takes the generator and draws from the common one.
        double[] Draw() => Samples.Values(normal_(zeros(5), generator: new Generator(3)));
        Draw().Should().Equal(Draw());
    }

    [Test]
    public void New_layers_are_PyTorch_s_after_the_same_seed()
    {
        // PyTorch 1.13: torch.manual_seed(5) before each of nn.Linear(4, 5), nn.Embedding(6, 3, padding_idx=2),
        // init.trunc_normal_(torch.empty(8), 0.5, 2, -1, 1.5).
        double[] weight =
        [
            0.33025187253952026, -0.37388908863067627, 0.4074696898460388, 0.31992703676223755, 0.42010343074798584, -0.3833547830581665,
            -0.33560848236083984, 0.2379193902015686, -0.4667353630065918, 0.4941847324371338, 0.10642856359481812, 0.06457126140594482,
            -0.4275878071784973, 0.15933895111083984, 0.2150057554244995, 0.07932758331298828, 0.4809269309043884, 0.15015864372253418,
            -0.4433661103248596, 0.4201117157936096,
        ];
        double[] bias = [0.16976481676101685, -0.23852688074111938, -0.45928478240966797, 0.28503578901290894, 0.4751613140106201];
        double[] table =
        [
            1.8423298597335815, 0.5188871622085571, -0.33644935488700867, -0.9650601744651794, -0.1296626776456833, -0.6017656326293945, 0, 0, 0,
            -0.4340229630470276, -0.05833946168422699, -2.0304951667785645, 1.4829323291778564, 0.49403807520866394, 0.24921877682209015,
            1.7470314502716064, 0.7447769641876221, 0.0316568948328495,
        ];
        double[] truncated =
        [
            1.0719823837280273, -0.6346415281295776, 1.262284278869629, 1.046961784362793, 1.2940404415130615, -0.6606475114822388,
            -0.5313409566879272, 0.8509061932563782,
        ];

        manual_seed(5);
        using Linear linear = Linear(4, 5);
        Samples.ShouldBe(linear.weight, [5, 4], weight, 1e-7);
        Samples.ShouldBe(linear.bias!, [5], bias, 1e-7);
        manual_seed(5);
        using Embedding embedding = Embedding(6, 3, padding_idx: 2);
        Samples.ShouldBe(embedding.weight!, [6, 3], table, 1e-6);

        // TorchSharp 0.107 draws a constant.
        manual_seed(5);
        Samples.ShouldBe(trunc_normal_(zeros(8), 0.5, 2, -1, 1.5), [8], truncated, 1e-6);
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
