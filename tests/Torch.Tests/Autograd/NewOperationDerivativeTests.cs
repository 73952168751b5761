using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Tests.Autograd;

/// <summary>Derivatives of the special functions, statistics and combinations, against difference quotients.</summary>
public sealed class NewOperationDerivativeTests
{
    private static readonly (string Name, Func<Tensor, Tensor> F, double Low, double High)[] Unary =
    [
        ("asinh", x => x.asinh(), -3, 3), ("acosh", x => x.acosh(), 1.2, 4), ("atanh", x => x.atanh(), -0.9, 0.9), ("sinc", x => x.sinc(), -3, 3),
        ("lgamma", x => x.lgamma(), 0.2, 5), ("lgamma of negatives", x => x.lgamma(), -0.9, -0.1), ("digamma", x => x.digamma(), 0.2, 5), ("polygamma 2", x => x.polygamma(2), 0.5, 4),
        ("erfinv", x => x.erfinv(), -0.9, 0.9), ("i0", x => x.i0(), -4, 4), ("i0e", x => special.i0e(x), 0.1, 4), ("i1", x => special.i1(x), 0.1, 4),
        ("i1e", x => special.i1e(x), 0.1, 4), ("ndtr", x => special.ndtr(x), -3, 3), ("ndtri", x => special.ndtri(x), 0.05, 0.95), ("erfcx", x => special.erfcx(x), -1, 3),
        ("logit", x => x.logit(), 0.1, 0.9), ("mvlgamma", x => x.mvlgamma(3), 1.5, 4), ("frexp", x => x.frexp().Mantissa, 1.1, 1.9),
        ("logcumsumexp", x => x.reshape(-1).logcumsumexp(0), -3, 3), ("cummax", x => x.reshape(-1).cummax(0).values, -3, 3), ("cummin", x => x.reshape(-1).cummin(0).values, -3, 3),
        ("nanmean", x => x.nanmean(), -3, 3), ("nanmedian", x => x.nanmedian(), -3, 3), ("nanquantile", x => x.reshape(-1).nanquantile(tensor(0.3)), -3, 3), ("mode", x => x.reshape(-1).mode().values, -3, 3),
        ("kron", x => x.kron(tensor(new double[,] { { 1, 2 }, { 3, 4 } })), -3, 3), ("rot90", x => x.rot90(), -3, 3), ("cov", x => x.cov(), -3, 3), ("corrcoef", x => x.corrcoef(), -3, 3),
        ("renorm", x => x.renorm(2, 0, 1), -3, 3), ("trapezoid", x => x.trapezoid(0.5), -3, 3), ("std_mean", x => x.std_mean(1).std, -3, 3), ("combinations", x => combinations(x.reshape(-1), 2), -3, 3),
        ("block_diag", x => block_diag(x, x), -3, 3), ("vander", x => x.reshape(-1).vander(4), -3, 3), ("cdist", x => cdist(x, x.mul(2).add(1)), -3, 3), ("cdist 1", x => cdist(x, x.mul(2).add(1), 1), -3, 3),
        ("masked_scatter", x => x.masked_scatter(x.gt(0), x.mul(3)), -3, 3), ("slice_scatter", x => x.slice_scatter(x.narrow(1, 0, 1).mul(2), 1, 1, 2), -3, 3),
    ];

    [Test]
    public void Functions_of_one_tensor([Range(0, 39)] int which)
    {
        (string name, Func<Tensor, Tensor> f, double low, double high) = Unary[which];
        var random = new Random(which);
        double[] values = Enumerable.Range(0, 12).Select(_ => low + random.NextDouble() * (high - low)).ToArray();
        Tensor x = tensor(values, [4, 3]);
        TestContext.Out.WriteLine(name);
        FiniteDifference.Check(t => f(t[0]), x);
        FiniteDifference.Check(t => f(t[0].mT.contiguous().mT), x.mT);
    }

    [Test]
    public void Functions_of_two_tensors_that_broadcast()
    {
        var random = new Random(1);
        Tensor a = Samples.Of(random, [2, 3, 4], ScalarType.Float64, 0.3, 2.5), b = Samples.Of(random, [3, 1], ScalarType.Float64, 0.2, 2.6);
        (string Name, Func<Tensor, Tensor, Tensor> F)[] cases =
        [
            ("xlogy", (x, y) => x.xlogy(y)), ("xlog1py", (x, y) => special.xlog1py(x, y)), ("logaddexp", (x, y) => x.logaddexp(y)), ("logaddexp2", (x, y) => x.logaddexp2(y)),
            ("hypot", (x, y) => x.hypot(y)), ("copysign", (x, y) => x.copysign(y.neg())), ("fmax", (x, y) => x.fmax(y)), ("fmin", (x, y) => x.fmin(y)), ("ldexp", (x, y) => x.ldexp(y)),
            ("float_power", (x, y) => x.float_power(y)), ("arctan2", (x, y) => x.arctan2(y)), ("dist", (x, y) => x.dist(y)),
        ];
        foreach ((string name, Func<Tensor, Tensor, Tensor> f) in cases)
        {
            TestContext.Out.WriteLine(name);
            FiniteDifference.Check(t => f(t[0], t[1]), a, b);
        }

        FiniteDifference.Check(t => tensor(1.7).igamma(t[0]), a);
        FiniteDifference.Check(t => tensor(1.7).igammac(t[0]), a);
        FiniteDifference.Check(t => special.zeta(tensor(2.5), t[0]), a);
    }

    [Test]
    public void In_place_forms_are_part_of_the_graph()
    {
        Tensor x = tensor(new[] { 0.3, -0.4 }, requires_grad: true);
        Tensor y = x.clone();
        y.erfinv_().sinc_().deg2rad_();
        FiniteDifference.Check(t => t[0].erfinv().sinc().deg2rad(), tensor(new[] { 0.3, -0.4 }));
        Samples.ShouldBe(autograd.grad([y.sum()], [x])[0], [2], Samples.Values(autograd.grad([x.erfinv().sinc().deg2rad().sum()], [x])[0]), 1e-12);
    }
}
