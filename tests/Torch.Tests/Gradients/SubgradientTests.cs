using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace CircuitSpecs.Tests.Gradients;

/// <summary>
/// Gradients at ties, corners, zeros and infinities, where a difference quotient says nothing: the numbers are those of
/// PyTorch 1.13, of the sum of each result in float64.
/// </summary>
public sealed class SubgradientTests
{
    private const double Inf = double.PositiveInfinity;
    private const double NaN = double.NaN;

    private static IEnumerable<TestCaseData> OfOne()
    {
        (string Name, Func<Tensor, Tensor> Call, double[] At, double[] Gradient)[] table =
        [
            ("amax shares among ties", x => x.amax(0), [1, 3, 3, 2, 3], [0, 1 / 3.0, 1 / 3.0, 0, 1 / 3.0]),
            ("amin shares among ties", x => x.amin(0), [1, 1, 3], [0.5, 0.5, 0]),
            ("max of all shares among ties", x => x.max(), [1, 3, 3, 2], [0, 0.5, 0.5, 0]),
            ("min of all shares among ties", x => x.min(), [1, 1, 2], [0.5, 0.5, 0]),
            ("max over a dimension goes to its index", x => x.max(0).values, [1, 3, 3, 2], [0, 1, 0, 0]),
            ("min over a dimension goes to its index", x => x.min(0).values, [1, 1, 3, 2], [1, 0, 0, 0]),
            ("median of all shares among ties", x => x.median(), [3, 1, 2, 2], [0, 0, 0.5, 0.5]),
            ("abs", x => x.abs(), [0, -0.0, 2], [0, 0, 1]),
            ("relu", x => x.relu(), [0, -1, 2], [0, 0, 1]),
            ("clamp", x => x.clamp(-1, 1), [-1, 1, 0, 2], [1, 1, 1, 0]),
            ("clamp crossed", x => x.clamp(2, 1), [1.5], [0]),
            ("clamp_min", x => x.clamp_min(1), [1, 0], [1, 0]),
            ("clamp_max", x => x.clamp_max(1), [1, 2], [1, 0]),
            ("sqrt", x => x.sqrt(), [0, 1], [Inf, 0.5]),
            ("rsqrt", x => x.rsqrt(), [0], [-Inf]),
            ("log", x => x.log(), [0, 1], [Inf, 1]),
            ("reciprocal", x => x.reciprocal(), [0], [-Inf]),
            ("exp", x => x.exp(), [1000], [Inf]),
            ("expm1", x => x.expm1(), [0], [1]),
            ("asin", x => x.asin(), [1], [Inf]),
            ("tanh", x => x.tanh(), [Inf], [0]),
            ("sigmoid", x => x.sigmoid(), [-Inf], [0]),
            ("norm at zero", x => x.norm(), [0, 0], [0, 0]),
            ("norm 1", x => x.norm(0, p: 1), [0, 2, -1], [0, 1, -1]),
            ("norm inf", x => linalg.vector_norm(x, double.PositiveInfinity, [0]), [2, -2, 1], [0.5, -0.5, 0]),
            ("norm 3 at zero", x => x.norm(0, p: 3), [0, 0], [0, 0]),
            ("pow 2", x => x.pow(2), [0], [0]),
            ("pow 0", x => x.pow(0), [0, 2], [0, 0]),
            ("pow 0.5", x => x.pow(0.5), [0, 4], [Inf, 0.25]),
            ("prod with a zero", x => x.prod(), [0, 2, 3], [6, 0, 0]),
            ("prod with two zeros", x => x.prod(), [0, 0, 3], [0, 0, 0]),
            ("prod over a dimension with a zero", x => x.prod(0L), [0, 2, 3], [6, 0, 0]),
            ("cumprod with a zero", x => x.cumprod(0), [2, 0, 3], [1, 8, 0]),
            ("sort keeps the order of ties", x => x.sort(0, descending: true, stable: true).Values[..1], [1, 1], [1, 0]),
            ("std of equal elements", x => x.std(), [1, 1], [0, 0]),
            ("std without correction", x => x.std(0L, false), [2, 2], [0, 0]),
            ("var of equal elements", x => x.var(), [1, 1], [0, 0]),
            ("softmax", x => x.softmax(0)[0], [-Inf, 1, 2], [0, 0, 0]),
            ("log_softmax", x => x.log_softmax(0)[1], [-Inf, 1], [0, 0]),
            ("log_softmax far apart", x => x.log_softmax(0)[..1], [1000, 0], [0, 0]),
            ("logsumexp of nothing but -inf", x => x.logsumexp(0), [-Inf, -Inf], [NaN, NaN]),
            ("logsumexp with -inf", x => x.logsumexp(0), [-Inf, 1], [0, 1]),
            ("logsumexp with inf", x => x.logsumexp(0), [Inf, 1], [NaN, 0]),
            ("where hides the other branch", x => where(x.gt(0), x.log(), x * 0), [-1, 2], [0, 0.5]),
            ("nan_to_num", x => x.nan_to_num(), [NaN, Inf, 1], [0, 0, 1]),
            ("nansum", x => x.nansum(), [NaN, 1], [0, 1]),
            ("floor", x => x.floor(), [1.5], [0]),
            ("ceil", x => x.ceil(), [1.5], [0]),
            ("trunc", x => x.trunc(), [1.2], [0]),
            ("fix", x => x.fix(), [1.2], [0]),
            ("frac", x => x.frac(), [1.2], [1]),
            ("round", x => x.round(), [0.4], [0]),
            ("sign", x => x.sign(), [2], [0]),
            ("sgn", x => x.sgn(), [2], [0]),
            ("fmod", x => x.fmod(2), [3], [1]),
            ("floor_divide", x => x.floor_divide(2), [3], [0]),
            ("masked_fill", x => x.masked_fill(tensor(new[] { true, false }), 0), [1, 2], [0, 1]),
            ("normalize", x => nn.functional.normalize(x, dim: 0), [0, 0], [1e12, 1e12]),
            ("gelu", x => x.gelu(), [0], [0.5]),
            ("silu", x => x.silu(), [0], [0.5]),
            ("log_sigmoid", x => nn.functional.logsigmoid(x), [-1000, 1000], [1, 0]),
            ("an element read twice", x => x[tensor(new long[] { 0, 0, 1 })], [1, 2], [2, 1]),
        ];
        return table.Select(t => new TestCaseData(t.Call, t.At, t.Gradient).SetArgDisplayNames(t.Name));
    }

    private static IEnumerable<TestCaseData> OfTwo()
    {
        (string Name, Func<Tensor, Tensor, Tensor> Call, double[] X, double[] Y, double[] GradientX, double[] GradientY)[] table =
        [
            ("maximum", (x, y) => x.maximum(y), [1, 2, 3], [1, 3, 2], [0.5, 0, 1], [0.5, 1, 0]),
            ("minimum", (x, y) => x.minimum(y), [1, 2, 3], [1, 3, 2], [0.5, 1, 0], [0.5, 0, 1]),
            ("pow", (x, y) => x.pow(y), [0, 0, 2], [0, 2, 0], [0, 0, 0], [0, 0, 0.6931471805599453]),
            ("atan2", (x, y) => x.atan2(y), [0], [0], [NaN], [NaN]),
            ("remainder", (x, y) => x.remainder(y), [5], [3], [1], [-1]),
            ("fmod", (x, y) => x.fmod(y), [-5], [3], [1], [1]),
            ("div floor", (x, y) => x.div(y, RoundingMode.floor), [5], [3], [0], [0]),
            ("l1_loss", (x, y) => nn.functional.l1_loss(x, y), [1, 2], [1, 3], [0, -0.5], [0, 0.5]),
            ("kl_div", (x, y) => nn.functional.kl_div(x, y, false, nn.Reduction.Sum), [-1, -2], [0, 0.5], [0, -0.5], [NaN, 2.3068528194400546]),
        ];
        return table.Select(t => new TestCaseData(t.Call, t.X, t.Y, t.GradientX, t.GradientY).SetArgDisplayNames(t.Name));
    }

    [TestCaseSource(nameof(OfOne))]
    public void Of_one_input(Func<Tensor, Tensor> call, double[] at, double[] gradient)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = tensor(at, requires_grad: true);
        call(x).sum().backward();
        ShouldBe(x.grad!, gradient);
    }

    [TestCaseSource(nameof(OfTwo))]
    public void Of_two_inputs(Func<Tensor, Tensor, Tensor> call, double[] x, double[] y, double[] gradientX, double[] gradientY)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor a = tensor(x, requires_grad: true), b = tensor(y, requires_grad: true);
        call(a, b).sum().backward();
        ShouldBe(a.grad!, gradientX);
        ShouldBe(b.grad ?? zeros_like(b), gradientY);
    }

    private static void ShouldBe(Tensor gradient, double[] expected)
    {
        double[] values = Samples.Values(gradient);
        values.Should().HaveCount(expected.Length);
        for (int i = 0; i < values.Length; i++)
        {
            if (values[i].Equals(expected[i])) continue;
            values[i].Should().BeApproximately(expected[i], 1e-14 * Math.Abs(expected[i]), "gradient {0} is [{1}]", i, string.Join(", ", values));
        }
    }
}
