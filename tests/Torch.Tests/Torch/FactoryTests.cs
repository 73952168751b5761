using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Tests.Factories;

public sealed class FactoryTests
{
    [Test]
    public void Sequences_have_the_elements_and_type_of_torch()
    {
        using DisposeScope scope = NewDisposeScope();
        Samples.ShouldBe(arange(4), [4], [0, 1, 2, 3], 0);
        arange(4).dtype.Should().Be(ScalarType.Int64);
        Samples.ShouldBe(arange(5, 0, -2), [3], [5, 3, 1], 0);
        Samples.ShouldBe(arange(0, 1, 0.25), [4], [0, 0.25, 0.5, 0.75], 0);
        arange(0.0, 1, 0.25).dtype.Should().Be(ScalarType.Float32);
        Samples.ShouldBe(linspace(-1, 1, 5), [5], [-1, -0.5, 0, 0.5, 1], 0);
        Samples.ShouldBe(eye(2, 3), [2, 3], [1, 0, 0, 0, 1, 0], 0);
        full([2], 3).dtype.Should().Be(ScalarType.Int64);
        full([2], 3.5).dtype.Should().Be(ScalarType.Float32);
        zeros(2, 3, dtype: ScalarType.Bool).shape.Should().Equal(2, 3);
    }

    [Test]
    public void Arrays_keep_their_shape_and_type()
    {
        using DisposeScope scope = NewDisposeScope();
        Samples.ShouldBe(tensor(new[,] { { 1, 2 }, { 3, 4 } }), [2, 2], [1, 2, 3, 4], 0);
        tensor(new[] { 1L, 2 }).dtype.Should().Be(ScalarType.Int64);
        tensor(new List<float> { 1, 2, 3, 4 }, 2, 2).shape.Should().Equal(2, 2);
        tensor(new float[] { 1, 2, 3, 4 }, [2, 2], dtype: ScalarType.Float64).dtype.Should().Be(ScalarType.Float64);
        Samples.ShouldBe(from_array(new byte[,,] { { { 7 }, { 8 } } }), [1, 2, 1], [7, 8], 0);
        tensor(2.5).dtype.Should().Be(ScalarType.Float64);
        ((double[,])tensor(new[,] { { 1.0, 2 }, { 3, 4 } }).t().data<double>().ToNDArray())[0, 1].Should().Be(3);
        Action wrong = () => tensor(new float[] { 1, 2, 3 }, [2, 2]);
        wrong.Should().Throw<ArgumentException>().WithMessage("*3 elements*[2, 2]*");
    }

    [Test]
    public void Generators_repeat_by_seed_and_draw_the_right_distributions()
    {
        using DisposeScope scope = NewDisposeScope();
        using Generator a = new(7), b = new(7);
        Tensor x = randn([100_000], generator: a);
        Samples.Values(x).Should().Equal(Samples.Values(randn([100_000], generator: b)));
        x.mean().item<float>().Should().BeApproximately(0, 0.02f);
        x.var().item<float>().Should().BeApproximately(1, 0.03f);
        Tensor u = rand([100_000], generator: a);
        u.min().item<float>().Should().BeGreaterThanOrEqualTo(0);
        u.max().item<float>().Should().BeLessThan(1);
        u.var().item<float>().Should().BeApproximately(1f / 12, 0.003f);
        Samples.Values(randperm(50, generator: a).sort().Values).Should().Equal(Enumerable.Range(0, 50).Select(i => (double)i));
        double[] dice = Samples.Values(randint(1, 7, [60_000], generator: a));
        dice.GroupBy(d => d).Should().HaveCount(6).And.OnlyContain(g => Math.Abs(g.Count() - 10_000) < 500 && g.Key >= 1 && g.Key <= 6);
        Tensor state = a.get_state();
        double[] next = Samples.Values(randn([5], generator: a));
        a.set_state(state);
        Samples.Values(randn([5], generator: a)).Should().Equal(next);
    }

    [Test]
    public void Bytes_and_streams_carry_the_raw_elements()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = arange(6, ScalarType.Float32).view(2, 3), y = zeros(3, 2).t();
        using var stream = new MemoryStream();
        x.t().WriteBytesToStream(stream, bufferSize: 5);
        MemoryMarshalFloats(stream.ToArray()).Should().Equal(0, 3, 1, 4, 2, 5);
        stream.Position = 0;
        y.ReadBytesFromStream(stream, bufferSize: 7);
        Samples.Values(y).Should().Equal(0, 3, 1, 4, 2, 5);
        Tensor z = zeros(6);
        z.bytes = x.bytes;
        Samples.Values(z).Should().Equal(0, 1, 2, 3, 4, 5);
        Action wrong = () => z.bytes = new byte[3];
        wrong.Should().Throw<ArgumentException>();

        static float[] MemoryMarshalFloats(byte[] bytes) => System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(bytes).ToArray();
    }

    [Test]
    public void Grad_modes_nest_and_text_shows_the_elements()
    {
        is_grad_enabled().Should().BeTrue();
        using (no_grad())
        {
            is_grad_enabled().Should().BeFalse();
            using (enable_grad()) is_grad_enabled().Should().BeTrue();
            is_grad_enabled().Should().BeFalse();
        }

        is_grad_enabled().Should().BeTrue();
        using (inference_mode()) is_inference_mode_enabled().Should().BeTrue();
        cuda.is_available().Should().BeFalse();
        using Tensor x = tensor(new[,] { { 1f, 2.5f }, { -3f, 4f } });
        x.ToString().Should().Be("[2x2], type = Float32, device = cpu");
        x.ToString(numpy).Should().Contain("2.5").And.Contain("-3");
        Action gpu = () => x.to(DeviceType.CUDA);
        gpu.Should().Throw<NotSupportedException>().WithMessage("*cuda*");
    }
}
