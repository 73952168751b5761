using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Tests.RandomNumbers;

/// <summary>The numbers are those that PyTorch 1.13 (Debian, without MKL) printed on a CPU after torch.manual_seed(42), unless said otherwise.</summary>
public sealed class GeneratorTests
{
    private const double Single = 1e-6;

    [SetUp]
    public void Seed() => manual_seed(42);

    [Test]
    public void Uniform_numbers_are_torchs_to_the_bit()
    {
        Is(rand(5), 0.8822692632675171, 0.9150039553642273, 0.38286375999450684, 0.9593056440353394, 0.3904482126235962);
        manual_seed(42);
        Is(rand(3, ScalarType.Float64), 0.05815448596142969, 0.06291016742457756, 0.12358607277440903);
        manual_seed(42);
        Is(empty(3).uniform_(-2, 5), 4.17588472366333, 4.405027866363525, 0.6800463199615479);
        manual_seed(42);
        Is(rand(4, ScalarType.BFloat16), 0.3984375, 0.69921875, 0.359375, 0.0546875);
        manual_seed(42);
        Is(rand(4, ScalarType.Float16), 0.5498046875, 0.71240234375, 0.419921875, 0.6318359375);
    }

    [Test]
    public void The_twister_goes_round_its_state_as_torchs_does()
    {
        Tensor x = rand(2000);
        x.to_type(ScalarType.Float64).sum().item<double>().Should().BeApproximately(989.9125378131866, 1e-9);
        x[1999].item<float>().Should().Be(0.4529714584350586f);
        x[700].item<float>().Should().Be(0.802882730960846f);
    }

    [Test]
    public void Seeds_are_cut_to_32_bits()
    {
        manual_seed(-1);
        Is(rand(2), 0.9937993884086609, 0.5713063478469849);
        manual_seed((1L << 40) + 7);
        Is(rand(2), 0.5349225401878357, 0.19880318641662598);
        initial_seed().Should().Be((1L << 40) + 7);
    }

    [Test]
    public void Few_normal_numbers_come_in_pairs_and_the_second_is_kept()
    {
        Near(randn(5), Single, 0.33669036626815796, 0.12880940735340118, 0.23446236550807953, 0.23033303022384644, -1.1228563785552979);
        manual_seed(42);
        Near(randn(5, ScalarType.Float64), 1e-14, 0.33669035438385886, 0.1288094051365897, 0.23446236336153173, 0.2303330279146119, -1.1228563767381703);
        manual_seed(42);
        Near(randn(3), Single, 0.33669036626815796, 0.12880940735340118, 0.23446236550807953);
        Near(randn(3), Single, 0.23033303022384644, -1.1228563785552979, -0.18632829189300537);
        manual_seed(42);
        Near(empty(4).normal_(3, 0.5), Single, 3.1683452129364014, 3.0644047260284424, 3.1172311305999756, 3.115166425704956);
        manual_seed(42);
        Near(normal(tensor(new float[] { 1, 2, 3 }), tensor(new[] { .1f, .2f, .3f })), Single, 1.0336689949035645, 2.025761842727661, 3.070338726043701);
    }

    [Test]
    public void Many_normal_numbers_come_in_blocks_of_sixteen()
    {
        Near(randn(16), 5e-6, 1.9269152879714966, 1.4872840642929077, 0.9007171988487244, -2.1055209636688232, 0.6784184575080872, -1.2345448732376099, -0.04306747764348984, -1.6046669483184814, -0.7521352767944336, 1.6487230062484741, -0.3924786448478699, -1.4036071300506592, -0.7278813123703003, -0.5594301819801331, -0.7688388824462891, 0.7624453902244568);
        manual_seed(42);
        Near(randn(20), 5e-6, 1.9269152879714966, 1.4872840642929077, 0.9007171988487244, -2.1055209636688232, -0.7581311464309692, 1.078317642211914, 0.8008005619049072, 1.680620551109314, 0.3558599054813385, -0.6866229772567749, -0.4933563470840454, 0.2414877861738205, -0.2316243201494217, 0.041759490966796875, -0.2515752911567688, 0.859858512878418, -0.3097267746925354, -0.3957104980945587, 0.8034093379974365, -0.6215953826904297);
        manual_seed(42);
        Near(randn(20, ScalarType.Float64), 1e-13, 0.2995562877502637, 0.24237779080894106, 0.28320739441795323, -0.23294220898382634, -0.03720300727052493, 1.0352472972512925, -0.010085521702337353, 0.08948016046560357, 0.038435238263354446, -0.11824373914203358, -1.744556661084211, -0.46946014308389283, 0.39238484373268534, 1.108461181451433, 0.8651734647119074, 0.855215961472287, 0.2494118796915765, 0.2615836907112959, -1.526543923410825, -0.33113931395169954);
        manual_seed(42);
        Near(randn(16, ScalarType.BFloat16), 0.02, -0.80859375, -1.53125, 0.40625, 0.171875, -0.2470703125, 0.2041015625, -0.87890625, -0.38671875, 0.6015625, 0.267578125, -0.8515625, -0.2890625, 1.0, -0.78125, 1.375, 0.11865234375);
    }

    [Test]
    public void A_strided_tensor_is_filled_in_the_order_of_its_memory()
    {
        Tensor turned = empty(2, 3).t();
        Is(turned.uniform_(0, 1), 0.8822692632675171, 0.9593056440353394, 0.9150039553642273, 0.3904482126235962, 0.38286375999450684, 0.600895345211029);
        manual_seed(42);
        Tensor columns = zeros(5, 8);
        Near(columns[TensorIndex.Colon, TensorIndex.Slice(null, null, 2)].normal_(), Single, 0.33669036626815796, 0.12880940735340118, 0.23446236550807953, 0.23033303022384644, -1.1228563785552979, -0.18632829189300537, 2.2082014083862305, -0.637997031211853, 0.46165722608566284, 0.2673508822917938, 0.5349046587944031, 0.809357225894928, 1.110290288925171, -1.6897989511489868, -0.9889599084854126, 0.9579718112945557, 1.322135090827942, 0.8171897530555725, -0.765838623046875, -0.7506223320960999);
        columns[TensorIndex.Colon, TensorIndex.Slice(1, null, 2)].count_nonzero().item<long>().Should().Be(0);
        manual_seed(42);
        Near(empty(4, 5).t().normal_()[0], Single, 0.33669036626815796, -0.18632829189300537, 0.5349046587944031, 0.9579718112945557);
    }

    [Test]
    public void Whole_numbers_are_remainders()
    {
        Is(randint(10, [8L]), 2, 7, 6, 4, 6, 5, 0, 4);
        manual_seed(42);
        randint(-(1L << 40), 1L << 40, [3L]).data<long>().ToArray().Should().Equal(-658003837517, 395924837646, -640896347065);
        manual_seed(42);
        Tensor narrow = randint(5, 100, [4L], ScalarType.Int32);
        Is(narrow, 77, 37, 16, 19);
        narrow.dtype.Should().Be(ScalarType.Int32);
        manual_seed(42);
        Is(randint(5, 100, [4L], ScalarType.Float32), 77, 37, 16, 19);
        manual_seed(42);
        Is(empty(4, ScalarType.Int64).random_(3, 9), 3, 8, 7, 7);
        manual_seed(42);
        Is(randperm(10), 2, 6, 1, 8, 4, 5, 0, 9, 3, 7);
    }

    [Test]
    public void Coins_are_thrown_as_torch_throws_them()
    {
        Is(empty(10).bernoulli_(0.5), 1, 1, 1, 1, 0, 1, 0, 0, 1, 1);
        manual_seed(42);
        Is(bernoulli(full([10], 0.3)), 0, 0, 0, 0, 0, 0, 1, 0, 0, 1);
        manual_seed(42);
        Is(bernoulli(full([10], 0.3, ScalarType.Float64)), 1, 1, 1, 1, 0, 0, 0, 0, 1, 1);
    }

    [Test]
    public void Multinomial_draws_are_torchs()
    {
        Tensor weights = tensor(new float[] { 1, 2, 3, 4 });
        Is(weights.multinomial(10, replacement: true), 0, 0, 1, 0, 2, 2, 3, 3, 0, 1);
        manual_seed(42);
        Is(weights.multinomial(4), 3, 1, 2, 0);
        manual_seed(42);
        Is(tensor(new float[,] { { 1, 2, 3, 4 }, { 4, 0, 0, 1 } }).multinomial(2), 3, 1, 0, 3);
        manual_seed(42);
        Is(multinomial(weights, 1), 3);
    }

    [Test]
    public void Other_distributions_are_torchs()
    {
        Near(empty(4).exponential_(2), Single, 0.029957007616758347, 0.03248806297779083, 0.06595838814973831, 0.027006475254893303);
        manual_seed(42);
        Near(empty(4, ScalarType.Float64).exponential_(2), 1e-15, 0.029957007845401073, 0.03248806439669265, 0.06595838999204529, 0.02700647589534708);
        manual_seed(42);
        Near(empty(4).cauchy_(1, 2), 1e-6, -9.82497501373291, -8.987401962280273, -3.8897485733032227, -10.997279167175293);
        manual_seed(42);
        Near(empty(4).log_normal_(1, 0.5), Single, 3.216665267944336, 2.8991127014160156, 3.056380033493042, 3.0500760078430176);
        manual_seed(42);
        Is(empty(6).geometric_(0.3), 8, 8, 6, 9, 2, 3);
        manual_seed(42);
        Is(poisson(tensor(new[] { 0.5f, 3, 20, 100 })), 0, 1, 28, 87);
    }

    [Test]
    public void The_state_has_torchs_layout_and_can_be_put_back()
    {
        // torch, after torch.randn(3): 5056 bytes with this sum, this head, and the kept normal number in the tail.
        randn(3);
        byte[] state = get_rng_state().data<byte>().ToArray();
        state.Should().HaveCount(5056);
        state.Sum(b => (long)b).Should().Be(320076);
        state.Take(24).Should().Equal(42, 0, 0, 0, 0, 0, 0, 0, 105, 2, 0, 0, 1, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0);
        state.Skip(24).Take(24).Should().Equal(67, 233, 38, 43, 0, 0, 0, 0, 165, 99, 67, 73, 0, 0, 0, 0, 233, 111, 147, 248, 0, 0, 0, 0);
        state.Skip(5016).Take(26).Should().Equal(0, 0, 0, 0, 0, 0, 0, 0, 34, 124, 10, 123, 141, 123, 205, 63, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0);

        Tensor kept = get_rng_state();
        double[] first = Samples.Values(randn(700));
        set_rng_state(kept);
        Samples.Values(randn(700)).Should().Equal(first);
        Action act = () => set_rng_state(zeros([10], ScalarType.Byte));
        act.Should().Throw<ExternalException>().WithMessage("*5056*");
    }

    [Test]
    public void A_generator_of_ones_own_leaves_the_default_one_alone()
    {
        var own = new Generator(42);
        Is(rand(5, generator: own), 0.8822692632675171, 0.9150039553642273, 0.38286375999450684, 0.9593056440353394, 0.3904482126235962);
        Is(rand(1), 0.8822692632675171);
        own.initial_seed().Should().Be(42);
    }

    [Test]
    public void Distributions_that_are_none_are_refused()
    {
        (Action Act, string Message)[] cases =
        [
            (() => tensor(new float[] { 1, -1 }).multinomial(1), "*multinomial*`inf`, `nan` or element < 0*"),
            (() => zeros(2).multinomial(1), "*invalid multinomial distribution (sum of probabilities <= 0)*"),
            (() => ones(2).multinomial(3), "*cannot sample n_sample > prob_dist.size(-1) samples without replacement*"),
            (() => ones([2], ScalarType.Int64).multinomial(1), "*only supports floating-point dtypes*Int64*"),
            (() => randint(3, 3, [1L]), "*expects 'from' to be less than 'to', but got from=3 >= to=3*"),
            (() => empty(2).uniform_(3, 1), "*expects to return a [from, to) range, but found from=3 > to=1*"),
            (() => empty(2).normal_(0, -1), "*expects std >= 0.0, but found std -1*"),
            (() => empty(2).bernoulli_(2), "*expects p to be in [0, 1], but got p=2*"),
            (() => empty(2).exponential_(-1), "*lambda*-1*"),
            (() => empty(2).geometric_(0), "*expects p to be in (0, 1), but got p=0*"),
            (() => bernoulli(full([1], 2.0f)), "*p_in >= 0 && p_in <= 1*"),
            (() => rand([2], ScalarType.Int64), "*rand*Int64*"),
            (() => randperm(-1), "*randperm*-1*"),
        ];
        foreach ((Action act, string message) in cases) act.Should().Throw<ExternalException>().WithMessage(message);
    }

    private static void Is(Tensor actual, params double[] expected) => Samples.Values(actual).Should().Equal(expected);

    private static void Near(Tensor actual, double tolerance, params double[] expected) => Samples.ShouldBe(actual.reshape(-1), [expected.Length], expected, tolerance);
}
