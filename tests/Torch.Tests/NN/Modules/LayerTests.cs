using System.Runtime.InteropServices;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace CircuitSpecs.Tests.NN.Modules;

public sealed class LayerTests
{
    [Test]
    public void Linear_is_the_product_with_the_transposed_weight_plus_the_bias()
    {
        using Linear m = Linear(tensor(new[,] { { 1f, 2f }, { 3f, 4f }, { 5f, 6f } }).AsParameter(), tensor(new[] { 10f, 20f, 30f }).AsParameter());
        (m.in_features, m.out_features, m.GetName()).Should().Be((2, 3, "Linear"));
        Samples.ShouldBe(m.call(tensor(new[,] { { 1f, -1f } })), [1, 3], [9, 19, 29], 0);
        using Linear bare = Linear(4, 2, hasBias: false, dtype: ScalarType.Float64);
        (bare.bias is null).Should().BeTrue();
        bare.state_dict().Keys.Should().Equal("weight");
        bare.weight.dtype.Should().Be(ScalarType.Float64);
        Assert.Catch<ExternalException>(() => m.call(ones(2, 5)));
    }

    [Test]
    public void A_new_linear_layer_is_uniform_within_its_bound()
    {
        manual_seed(1);
        using Linear m = Linear(100, 300);
        double[] weight = Samples.Values(m.weight), bias = Samples.Values(m.bias!);
        foreach (double[] values in new[] { weight, bias })
        {
            values.Should().OnlyContain(v => Math.Abs(v) <= 0.1f, "1 / √100");
            values.Max().Should().BeGreaterThan(0.098);
            values.Min().Should().BeLessThan(-0.098);
        }

        Math.Sqrt(weight.Average(v => v * v)).Should().BeApproximately(0.1 / Math.Sqrt(3), 0.0006);
    }

    [Test]
    public void Setting_a_weight_registers_the_new_one()
    {
        using Linear m = Linear(2, 2);
        Parameter before = m.weight;
        m.weight = Parameter(ones(2, 2));
        before.IsInvalid.Should().BeTrue();
        m.get_parameter("weight").Should().BeSameAs(m.weight);
        m.bias = null;
        m.state_dict().Keys.Should().Equal("weight");
        Samples.Values(m.call(ones(1, 2))).Should().Equal(2, 2);
    }

    [Test]
    public void Embedding_looks_up_rows_for_any_shape_of_indices()
    {
        using Embedding m = Embedding(5, 3);
        m.state_dict().Keys.Should().Equal("weight");
        double[] table = Samples.Values(m.weight!);
        using Tensor y = m.call(tensor(new[,] { { 4L, 0L }, { 4L, 2L } }));
        Samples.ShouldBe(y, [2, 2, 3], [.. new[] { 4, 0, 4, 2 }.SelectMany(r => table[(3 * r)..(3 * r + 3)])], 0);
        Samples.ShouldBe(m.call(tensor(new[] { 1, 3 })), [2, 3], [.. new[] { 1, 3 }.SelectMany(r => table[(3 * r)..(3 * r + 3)])], 0);
        m.call(zeros(0, 2, dtype: ScalarType.Int64)).shape.Should().Equal(0, 2, 3);
        Assert.Catch<ExternalException>(() => m.call(tensor(new[] { 5L })));
        Assert.Catch<ExternalException>(() => m.call(ones(2)))!.Message.Should()
            .Contain("Expected tensor for argument #1 'indices' to have one of the following scalar types: Long, Int");
    }

    [Test]
    public void The_gradient_of_an_embedding_counts_its_uses_and_passes_over_the_padding()
    {
        using Embedding m = Embedding(4, 2, padding_idx: 1);
        Samples.Values(m.weight!).Skip(2).Take(2).Should().Equal(0, 0);
        using Tensor loss = m.call(tensor(new[] { 0L, 1L, 3L, 3L, 1L })).sum();
        loss.backward();
        Samples.ShouldBe(m.weight!.grad!, [4, 2], [1, 1, 0, 0, 0, 0, 2, 2], 0);
        m.parameters().Single().grad!.sum().item<float>().Should().Be(6, "the handles of one parameter share its gradient");
    }

    [Test]
    public void A_pretrained_embedding_is_frozen_unless_told_otherwise()
    {
        // TorchSharp 0.107 itself freezes nothing.
        using Embedding frozen = Embedding_from_pretrained(arange(6, dtype: ScalarType.Float32).reshape(3, 2));
        frozen.parameters().Single().requires_grad.Should().BeFalse();
        Samples.ShouldBe(frozen.call(tensor(new[] { 2L })), [1, 2], [4, 5], 0);
        using Embedding free = Embedding_from_pretrained(ones(3, 2), freeze: false);
        free.weight!.requires_grad.Should().BeTrue();
        frozen.weight!.requires_grad = true;
        frozen.parameters().Single().requires_grad.Should().BeTrue();
    }

    [Test]
    public void Rows_longer_than_the_limit_are_shortened_in_the_table()
    {
        using Embedding m = Embedding_from_pretrained(tensor(new[,] { { 3f, 4f }, { 0.3f, 0.4f }, { 6f, 8f } }), max_norm: 1.0);
        using Tensor y = m.call(tensor(new[] { 0L, 1L, 0L }));
        Samples.ShouldBe(y, [3, 2], [0.6, 0.8, 0.3, 0.4, 0.6, 0.8], 1e-6);
        Samples.ShouldBe(m.weight!, [3, 2], [0.6, 0.8, 0.3, 0.4, 6, 8], 1e-6, "rows that were not looked up stay");
    }

    [Test]
    public void Layer_norm_begins_as_plain_normalization()
    {
        using LayerNorm m = LayerNorm([2, 3], eps: 1e-3);
        (m.eps, m.elementwise_affine).Should().Be((1e-3, true));
        using Tensor x = randn(4, 2, 3, dtype: ScalarType.Float64);
        m.to(ScalarType.Float64);
        double[] v = Samples.Values(x), expected = new double[24];
        for (int row = 0; row < 4; row++)
        {
            double[] part = v[(row * 6)..(row * 6 + 6)];
            double mean = part.Average(), variance = part.Average(p => (p - mean) * (p - mean));
            for (int i = 0; i < 6; i++) expected[row * 6 + i] = (part[i] - mean) / Math.Sqrt(variance + 1e-3);
        }

        Samples.ShouldBe(m.call(x), [4, 2, 3], expected, 1e-12);
        LayerNorm(3, elementwise_affine: false).parameters().Should().BeEmpty();
        LayerNorm(3, bias: false).state_dict().Keys.Should().Equal("weight");
        m.state_dict().Keys.Should().BeEquivalentTo("weight", "bias");
        using (no_grad()) m.weight.fill_(7);
        m.reset_parameters();
        Samples.Values(m.weight).Should().OnlyContain(w => w == 1);
    }

    [Test]
    public void Dropout_drops_and_scales_in_training_alone()
    {
        manual_seed(2);
        using Dropout m = Dropout(0.25);
        using Tensor x = ones(100, 100);
        double[] y = Samples.Values(m.call(x));
        y.Distinct().Order().Should().Equal(0, 1 / 0.75f);
        y.Count(v => v == 0).Should().BeInRange(2300, 2700);
        m.eval();
        Samples.Values(m.call(x)).Should().OnlyContain(v => v == 1);
        Assert.Catch<ExternalException>(() => Dropout(1.5).call(x));
    }

    [TestCase("ReLU")]
    [TestCase("SiLU")]
    [TestCase("Tanh")]
    [TestCase("Sigmoid")]
    [TestCase("GELU")]
    [TestCase("GELU tanh")]
    [TestCase("Softmax")]
    [TestCase("LogSoftmax")]
    [TestCase("Softmin")]
    [TestCase("Identity")]
    public void Activations_follow_their_formulas(string name)
    {
        double[] x = [-3, -1, -0.25, 0, 0.5, 2];
        double sum = x.Sum(Math.Exp), less = x.Sum(v => Math.Exp(-v));

        // x · Φ(x) for the x above, from a table of the normal distribution.
        double[] gelu = [-3 * 0.0013498980316300933, -0.15865525393145707, -0.25 * 0.40129367431707624, 0, 0.5 * 0.6914624612740131, 2 * 0.9772498680518208];
        (Module<Tensor, Tensor> m, Func<double, int, double> f) = name switch
        {
            "ReLU" => ((Module<Tensor, Tensor>)ReLU(), (Func<double, int, double>)((v, _) => Math.Max(v, 0))),
            "SiLU" => (SiLU(), (v, _) => v / (1 + Math.Exp(-v))),
            "Tanh" => (Tanh(), (v, _) => Math.Tanh(v)),
            "Sigmoid" => (Sigmoid(), (v, _) => 1 / (1 + Math.Exp(-v))),
            "GELU" => (GELU(), (_, i) => gelu[i]),
            "GELU tanh" => (GELU(TorchSharp.Modules.GELU.Approximate.tanh), (v, _) => 0.5 * v * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (v + 0.044715 * v * v * v)))),
            "Softmax" => (Softmax(-1), (v, _) => Math.Exp(v) / sum),
            "LogSoftmax" => (LogSoftmax(0), (v, _) => v - Math.Log(sum)),
            "Softmin" => (Softmin(0), (v, _) => Math.Exp(-v) / less),
            _ => (Identity(), (v, _) => v),
        };
        using (m)
        {
            using Tensor input = tensor(x);
            Samples.ShouldBe(m.call(input), [6], [.. x.Select(f)], 1e-14, name);
            m.parameters().Should().BeEmpty();
            m.to(ScalarType.Float16).Should().BeSameAs(m);
        }
    }

    [Test]
    public void Shapes_are_flattened_and_unflattened()
    {
        using Tensor x = ones(2, 3, 4);
        Flatten().call(x).shape.Should().Equal(2, 12);
        Flatten(0, 1).call(x).shape.Should().Equal(6, 4);
        Unflatten(1, [3, 1]).call(x).shape.Should().Equal(2, 3, 1, 4);
    }

    [Test]
    public void Sequential_calls_its_parts_in_order_and_can_be_cut()
    {
        using Linear first = Linear(2, 3), second = Linear(3, 1);
        using Sequential m = Sequential(("first", first), ("act", ReLU()), ("second", second));
        m.append("last", Sigmoid());
        m.Count.Should().Be(4);
        m.named_parameters().Select(p => p.name).Should().Equal("first.weight", "first.bias", "second.weight", "second.bias");
        m[0].Should().BeSameAs(first);
        m[1..3].named_children().Select(c => c.name).Should().Equal("act", "second");
        m[(null, 1)].Count.Should().Be(1);
        m[..^1].Count.Should().Be(3);
        using Tensor x = randn(5, 2), expected = second.call(first.call(x).relu()).sigmoid();
        Samples.Values(m.call(x)).Should().Equal(Samples.Values(expected));
        x.IsInvalid.Should().BeFalse();
        m.eval();
        first.training.Should().BeFalse();
        using Tensor same = Sequential().call(x);
        Samples.Values(same).Should().Equal(Samples.Values(x));
        Sequential(first, second).named_children().Select(c => c.name).Should().Equal("0", "1");
    }

    [Test]
    public void The_gradient_goes_through_what_Sequential_disposed_of()
    {
        using Sequential m = Sequential(Linear(2, 8), Tanh(), Linear(8, 8), GELU(), Linear(8, 1));
        using Tensor loss = m.call(ones(3, 2)).sum();
        loss.backward();
        m.parameters().Should().OnlyContain(p => p.grad!.abs().sum().item<float>() > 0);
    }

    [Test]
    public void Losses_reduce_as_told()
    {
        using Tensor x = tensor(new[,] { { 1.0, 2.0, 0.5 }, { 0.0, -1.0, 3.0 } }), target = tensor(new[] { 1L, 0L });
        double[] nll = [Math.Log(Math.Exp(1) + Math.Exp(2) + Math.Exp(0.5)) - 2, Math.Log(1 + Math.Exp(-1) + Math.Exp(3))];
        CrossEntropyLoss().call(x, target).item<double>().Should().BeApproximately(nll.Average(), 1e-12);
        CrossEntropyLoss(reduction: Reduction.Sum).call(x, target).item<double>().Should().BeApproximately(nll.Sum(), 1e-12);
        Samples.ShouldBe(CrossEntropyLoss(reduction: Reduction.None).call(x, target), [2], nll, 1e-12);
        CrossEntropyLoss(ignore_index: 0).call(x, target).item<double>().Should().BeApproximately(nll[0], 1e-12);
        double smooth = new CrossEntropyLoss(label_smoothing: 0.3).call(x, target).item<double>();
        double uniform = (nll[0] + 2 - (1 + 2 + 0.5) / 3 + nll[1] - 2 / 3.0) / 2;
        smooth.Should().BeApproximately(0.7 * nll.Average() + 0.3 * uniform, 1e-12);
        CrossEntropyLoss(weight: tensor(new[] { 3.0, 1.0, 0.0 })).call(x, target).item<double>().Should().BeApproximately((nll[0] + 3 * nll[1]) / 4, 1e-12);
        NLLLoss().call(x.log_softmax(1), target).item<double>().Should().BeApproximately(nll.Average(), 1e-12);
        MSELoss().call(x, x.add(2)).item<double>().Should().BeApproximately(4, 1e-12);
        L1Loss(Reduction.Sum).call(x, x.add(2)).item<double>().Should().BeApproximately(12, 1e-12);
        double[] p = [0.1, 0.2, 0.7], q = [0.5, 0.25, 0.25];
        double kl = p.Zip(q, (a, b) => a * Math.Log(a / b)).Sum();
        KLDivLoss(log_target: false, Reduction.Sum).call(tensor(q).log(), tensor(p)).item<double>().Should().BeApproximately(kl, 1e-12);
        KLDivLoss(reduction: Reduction.Sum).call(tensor(q).log(), tensor(p).log()).item<double>().Should().BeApproximately(kl, 1e-12);
        CrossEntropyLoss(ignore_index: 1).ignore_index.Should().Be(1);
    }
}
