using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Tests.Tensors;

public sealed class ElementwiseTests
{
    private static readonly ScalarType[] Numbers =
    [
        ScalarType.Float32, ScalarType.Float64, ScalarType.Int64, ScalarType.Int32, ScalarType.Int16, ScalarType.Int8, ScalarType.Byte,
    ];

    private static IEnumerable<TestCaseData> FloatFunctions()
    {
        yield return Case("exp", t => t.exp(), Math.Exp, -10, 10);
        yield return Case("log", t => t.log(), Math.Log, 0.01, 50);
        yield return Case("log2", t => t.log2(), Math.Log2, 0.01, 50);
        yield return Case("log10", t => t.log10(), Math.Log10, 0.01, 50);
        yield return Case("log1p", t => t.log1p(), x => Math.Log(1 + x), 0.01, 50);
        yield return Case("expm1", t => t.expm1(), x => Math.Exp(x) - 1, -2, 5);
        yield return Case("sqrt", t => t.sqrt(), Math.Sqrt, 0, 50);
        yield return Case("rsqrt", t => t.rsqrt(), x => 1 / Math.Sqrt(x), 0.1, 50);
        yield return Case("tanh", t => t.tanh(), Math.Tanh, -5, 5);
        yield return Case("sin", t => t.sin(), Math.Sin, -20, 20);
        yield return Case("cos", t => t.cos(), Math.Cos, -20, 20);
        yield return Case("sigmoid", t => t.sigmoid(), x => 1 / (1 + Math.Exp(-x)), -20, 20);
        yield return Case("silu", t => t.silu(), x => x / (1 + Math.Exp(-x)), -20, 20);
        yield return Case("reciprocal", t => t.reciprocal(), x => 1 / x, 0.1, 5);
        yield return Case("floor", t => t.floor(), Math.Floor, -5, 5);
        yield return Case("ceil", t => t.ceil(), Math.Ceiling, -5, 5);
        yield return Case("trunc", t => t.trunc(), Math.Truncate, -5, 5);
        yield return Case("round", t => t.round(), x => Math.Round(x, MidpointRounding.ToEven), -5, 5);
        yield return Case("square", t => t.square(), x => x * x, -5, 5);
        yield return Case("relu", t => t.relu(), x => Math.Max(x, 0), -5, 5);
        yield return Case("abs", t => t.abs(), Math.Abs, -5, 5);
        yield return Case("neg", t => -t, x => -x, -5, 5);
        yield return Case("sign", t => t.sign(), x => Math.Sign(x), -5, 5);
        yield return Case("pow 3", t => t.pow(3), x => x * x * x, -3, 3);
        yield return Case("pow 1.5", t => t.pow(1.5), x => Math.Pow(x, 1.5), 0, 3);
        yield return Case("clamp", t => t.clamp(-1.5, 2), x => Math.Clamp(x, -1.5, 2), -5, 5);
        yield return Case("erf", t => t.erf(), Erf, -6, 6);
        yield return Case("erfc", t => t.erfc(), x => 1 - Erf(x), -3, 3);
        yield return Case("gelu", t => t.gelu(), x => 0.5 * x * (1 + Erf(x / Math.Sqrt(2))), -6, 6);
        yield return Case(
            "gelu tanh", t => t.gelu(TorchSharp.Modules.GELU.Approximate.tanh),
            x => 0.5 * x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x))), -6, 6);

        static TestCaseData Case(string name, Func<Tensor, Tensor> f, Func<double, double> reference, double low, double high) =>
            new TestCaseData(f, reference, low, high).SetName("Function_is_that_of_float64_arithmetic: " + name);
    }

    [TestCaseSource(nameof(FloatFunctions))]
    public void Function_agrees_with_float64(Func<Tensor, Tensor> f, Func<double, double> reference, double low, double high)
    {
        var random = new Random(1);
        for (int trial = 0; trial < 25; trial++)
        {
            foreach (ScalarType type in new[] { ScalarType.Float32, ScalarType.Float64, ScalarType.Float16 })
            {
                using DisposeScope scope = NewDisposeScope();
                long[] shape = trial < 3 ? [9000] : Samples.Shape(random);
                Tensor x = Samples.Of(random, shape, type, low, high);
                double tolerance = type switch { ScalarType.Float32 => 3e-6, ScalarType.Float64 => 1e-12, _ => 2e-3 };
                Tensor y = f(x);
                y.dtype.Should().Be(type);
                Samples.ShouldBe(y, shape, Samples.Values(x).Select(reference).ToArray(), tolerance, $"{type}, strides [{string.Join(", ", x.stride())}]");
            }
        }
    }

    private static IEnumerable<TestCaseData> BinaryFunctions()
    {
        yield return new TestCaseData((Tensor a, Tensor b) => a + b, (double a, double b) => a + b).SetName("Binary_function: add");
        yield return new TestCaseData((Tensor a, Tensor b) => a - b, (double a, double b) => a - b).SetName("Binary_function: sub");
        yield return new TestCaseData((Tensor a, Tensor b) => a * b, (double a, double b) => a * b).SetName("Binary_function: mul");
        yield return new TestCaseData((Tensor a, Tensor b) => a.maximum(b), (double a, double b) => Math.Max(a, b)).SetName("Binary_function: maximum");
        yield return new TestCaseData((Tensor a, Tensor b) => a.minimum(b), (double a, double b) => Math.Min(a, b)).SetName("Binary_function: minimum");
        yield return new TestCaseData((Tensor a, Tensor b) => a == b, (double a, double b) => a == b ? 1.0 : 0).SetName("Binary_function: eq");
        yield return new TestCaseData((Tensor a, Tensor b) => a != b, (double a, double b) => a != b ? 1.0 : 0).SetName("Binary_function: ne");
        yield return new TestCaseData((Tensor a, Tensor b) => a < b, (double a, double b) => a < b ? 1.0 : 0).SetName("Binary_function: lt");
        yield return new TestCaseData((Tensor a, Tensor b) => a >= b, (double a, double b) => a >= b ? 1.0 : 0).SetName("Binary_function: ge");
        yield return new TestCaseData((Tensor a, Tensor b) => a.logical_and(b), (double a, double b) => a != 0 && b != 0 ? 1.0 : 0).SetName("Binary_function: logical_and");
    }

    [TestCaseSource(nameof(BinaryFunctions))]
    public void Binary_function_broadcasts_over_any_layout(Func<Tensor, Tensor, Tensor> f, Func<double, double, double> reference)
    {
        var random = new Random(2);
        for (int trial = 0; trial < 60; trial++)
        {
            using DisposeScope scope = NewDisposeScope();
            ScalarType type = Numbers[trial % Numbers.Length];
            long[] full = trial == 0 ? [300, 300] : Samples.Shape(random);
            long[] left = Reduced(full), right = Reduced(full);
            long[] shape = Enumerable.Range(0, Math.Max(left.Length, right.Length)).Select(i =>
            {
                int la = i - (Math.Max(left.Length, right.Length) - left.Length), lb = i - (Math.Max(left.Length, right.Length) - right.Length);
                long x = la < 0 ? 1 : left[la], y = lb < 0 ? 1 : right[lb];
                return x == 1 ? y : x;
            }).ToArray();
            double low = type == ScalarType.Byte ? 3 : -3, high = type == ScalarType.Byte ? 6 : 3;
            Tensor a = Samples.Of(random, left, type, low, high), b = Samples.Of(random, right, type, 0, 3);
            double[] va = Samples.Values(a), vb = Samples.Values(b);
            double[] expected = Samples.Indices(shape).Select(i => reference(va[Samples.Flat(left, i)], vb[Samples.Flat(right, i)])).ToArray();
            Samples.ShouldBe(f(a, b), shape, expected, 1e-6, $"{type} [{string.Join(", ", left)}] with [{string.Join(", ", right)}]");
        }

        long[] Reduced(long[] shape) => shape.Skip(random.Next(shape.Length + 1) / 2).Select(s => random.Next(3) == 0 ? 1 : s).ToArray();
    }

    [Test]
    public void In_place_operation_writes_through_a_view()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = arange(12, ScalarType.Float32).view(3, 4);
        x[TensorIndex.Colon, 1].add_(100);
        x.t()[2].mul_(tensor(new[] { 2f, 3f, 4f }));
        Samples.Values(x).Should().Equal(0, 101, 4, 3, 4, 105, 18, 7, 8, 109, 40, 11);
        Action shrink = () => x.add_(zeros(5, 3, 4));
        shrink.Should().Throw<System.Runtime.InteropServices.ExternalException>().WithMessage("*broadcast*");
        Action repeated = () => zeros(3, 1).expand(3, 4).add_(1);
        repeated.Should().Throw<System.Runtime.InteropServices.ExternalException>().WithMessage("*single memory location*");
    }

    [Test]
    public void In_place_operation_with_its_own_transpose_reads_the_old_elements()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = arange(9, ScalarType.Float32).view(3, 3);
        x.add_(x.t());
        Samples.Values(x).Should().Equal(0, 4, 8, 4, 8, 12, 8, 12, 16);
    }

    [Test]
    public void Integers_wrap_and_division_follows_its_rounding_mode()
    {
        using DisposeScope scope = NewDisposeScope();
        Samples.Values(tensor(new[] { int.MaxValue, int.MinValue }) + 1).Should().Equal(int.MinValue, int.MinValue + 1);
        Samples.Values(tensor(new byte[] { 250 }) * 2).Should().Equal(244);
        Tensor a = tensor(new long[] { 7, -7, 7, -7 }), b = tensor(new long[] { 2, 2, -2, -2 });
        Samples.Values(a.div(b, RoundingMode.trunc)).Should().Equal(3, -3, -3, 3);
        Samples.Values(a.div(b, RoundingMode.floor)).Should().Equal(3, -4, -4, 3);
        Samples.Values(a.remainder(b)).Should().Equal(1, 1, -1, -1);
        Samples.Values(a.fmod(b)).Should().Equal(1, -1, 1, -1);
        (a / b).dtype.Should().Be(ScalarType.Float32);
        Samples.Values(a / b).Should().Equal(3.5, -3.5, -3.5, 3.5);
        Samples.Values(tensor(new long[] { 3, -2 }).pow(3)).Should().Equal(27, -8);
        Action zero = () => a.div(zeros_like(a), RoundingMode.trunc);
        zero.Should().Throw<System.Runtime.InteropServices.ExternalException>().WithMessage("*ZeroDivision*");
    }

    [Test]
    public void NaN_and_infinities_go_where_torch_sends_them()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = tensor(new[] { float.NaN, float.PositiveInfinity, float.NegativeInfinity, -0f, 1f });
        Samples.Values(x.relu()).Should().Equal(double.NaN, double.PositiveInfinity, 0, 0, 1);
        Samples.Values(x.clamp(-1, 1)).Should().Equal(double.NaN, 1, -1, 0, 1);
        Samples.Values(x.maximum(zeros(5))).Should().Equal(double.NaN, double.PositiveInfinity, 0, 0, 1);
        Samples.Values(x.isnan()).Should().Equal(1, 0, 0, 0, 0);
        Samples.Values(x.isinf()).Should().Equal(0, 1, 1, 0, 0);
        Samples.Values(x.isfinite()).Should().Equal(0, 0, 0, 1, 1);
        Samples.Values(x == x.clone()).Should().Equal(0, 1, 1, 1, 1);
        Samples.Values(x.nan_to_num()).Should().Equal(0, float.MaxValue, float.MinValue, 0, 1);
        Samples.ShouldBe(x.gelu(), [5], [double.NaN, double.PositiveInfinity, double.NaN, 0, 0.8413447460685429], 1e-7);
        Samples.Values(x.sign()).Skip(1).Should().Equal(1, -1, 0, 1);
    }

    [Test]
    public void Result_keeps_the_order_of_memory_of_its_inputs()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = randn(2, 3, 4).permute(2, 0, 1);
        x.exp().stride().Should().Equal(x.stride());
        (x + x).stride().Should().Equal(x.stride());
        (x * 2).stride().Should().Equal(x.stride());
        (x + randn(3)).stride().Should().Equal(x.stride());
        x.contiguous().stride().Should().Equal(6, 3, 1);
    }

    [Test]
    public void Close_follows_the_relative_and_absolute_tolerance()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor a = tensor(new[] { 1.0, 100, double.NaN, double.PositiveInfinity }), b = tensor(new[] { 1.0 + 1e-9, 100.01, double.NaN, double.PositiveInfinity });
        Samples.Values(a.isclose(b)).Should().Equal(1, 0, 0, 1);
        Samples.Values(a.isclose(b, rtol: 1e-3, nanEqual: true)).Should().Equal(1, 1, 1, 1);
        a.allclose(b).Should().BeFalse();
        a.allclose(b, rtol: 1e-3, equal_nan: true).Should().BeTrue();
    }

    // Simpson's rule on the definition: an independent, slow erf.
    private static double Erf(double x)
    {
        const int Steps = 1500;
        double h = x / Steps, sum = 1 + Math.Exp(-x * x);
        for (int i = 1; i < Steps; i++) sum += (i % 2 == 1 ? 4 : 2) * Math.Exp(-(i * h) * (i * h));
        return 2 / Math.Sqrt(Math.PI) * sum * h / 3;
    }
}
