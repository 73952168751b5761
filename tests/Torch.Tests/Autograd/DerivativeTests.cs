using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Tests.Autograd;

/// <summary>Every derivative against difference quotients, over broadcast, transposed and cut inputs.</summary>
public sealed class DerivativeTests
{
    private static readonly long[] Index = [0, 2, 2, 1];

    [TestCaseSource(nameof(Unary))]
    public void Of_one_input(Case c)
    {
        FiniteDifference.Check(x => c.Function(x), Sample(1, c.Low, c.High, 3, 4));
        FiniteDifference.Check(x => c.Function(x), Sample(2, c.Low, c.High, 4, 3).transpose(0, 1));
        FiniteDifference.Check(x => c.Function(x), Sample(3, c.Low, c.High, 6, 4).slice(0, 0, 6, 2));
    }

    [TestCaseSource(nameof(Binary))]
    public void Of_two_inputs(Case c)
    {
        FiniteDifference.Check(x => c.Function(x), Sample(1, c.Low, c.High, 3, 4), Sample(2, c.Low, c.High, 3, 4));
        FiniteDifference.Check(x => c.Function(x), Sample(3, c.Low, c.High, 2, 3, 4), Sample(4, c.Low, c.High, 4));
        FiniteDifference.Check(x => c.Function(x), Sample(5, c.Low, c.High, 3, 1), Sample(6, c.Low, c.High, 4, 3).transpose(0, 1));
        FiniteDifference.Check(x => c.Function(x), Sample(7, c.Low, c.High), Sample(8, c.Low, c.High, 3, 4));
    }

    [TestCaseSource(nameof(Given))]
    public void Of_given_shapes(Case c) => FiniteDifference.Check(x => c.Function(x), c.Inputs);

    private static IEnumerable<Case> Unary()
    {
        yield return new("sqrt", x => x[0].sqrt(), 0.5, 3);
        yield return new("rsqrt", x => x[0].rsqrt(), 0.5, 3);
        yield return new("exp", x => x[0].exp());
        yield return new("exp2", x => x[0].exp2());
        yield return new("expm1", x => x[0].expm1());
        yield return new("log", x => x[0].log(), 0.5, 3);
        yield return new("log1p", x => x[0].log1p(), 0.5, 3);
        yield return new("log2", x => x[0].log2(), 0.5, 3);
        yield return new("log10", x => x[0].log10(), 0.5, 3);
        yield return new("sin", x => x[0].sin());
        yield return new("cos", x => x[0].cos());
        yield return new("tan", x => x[0].tan(), -1, 1);
        yield return new("asin", x => x[0].asin(), -0.9, 0.9);
        yield return new("acos", x => x[0].acos(), -0.9, 0.9);
        yield return new("atan", x => x[0].atan());
        yield return new("sinh", x => x[0].sinh());
        yield return new("cosh", x => x[0].cosh());
        yield return new("tanh", x => x[0].tanh());
        yield return new("sigmoid", x => x[0].sigmoid());
        yield return new("reciprocal", x => x[0].reciprocal(), 0.5, 3);
        yield return new("erf", x => x[0].erf());
        yield return new("erfc", x => x[0].erfc());
        yield return new("silu", x => x[0].silu());
        yield return new("gelu", x => x[0].gelu());
        yield return new("gelu tanh", x => nn.functional.gelu(x[0], TorchSharp.Modules.GELU.Approximate.tanh));
        yield return new("relu", x => x[0].relu());
        yield return new("log_sigmoid", x => nn.functional.logsigmoid(x[0]));
        yield return new("abs", x => x[0].abs());
        yield return new("neg", x => x[0].neg());
        yield return new("square", x => x[0].square());
        yield return new("frac", x => x[0].frac(), 0.2, 0.8);
        yield return new("pow 3", x => x[0].pow(3));
        yield return new("pow 2.5", x => x[0].pow(2.5), 0.5, 3);
        yield return new("clamp", x => x[0].clamp(-1, 1));
        yield return new("nan_to_num", x => x[0].nan_to_num());
        yield return new("scalar", x => (2 - (x[0] * 3 + 1) / 5).mul(x[0]));
        yield return new("reciprocal scalar", x => 2 / x[0], 0.5, 3);
        yield return new("sum", x => x[0].sum());
        yield return new("sum dim", x => x[0].sum(1L));
        yield return new("sum keepdim", x => x[0].sum([0, 1], keepdim: true));
        yield return new("mean", x => x[0].mean());
        yield return new("mean dim", x => x[0].mean([-1]));
        yield return new("var", x => x[0].var());
        yield return new("var dim", x => x[0].var(0L, unbiased: false, keepdim: true));
        yield return new("std", x => x[0].std());
        yield return new("std dim", x => x[0].std(1L));
        yield return new("prod", x => x[0].prod());
        yield return new("prod dim", x => x[0].prod(1));
        yield return new("amax", x => x[0].amax(1));
        yield return new("amin", x => x[0].amin([0], keepdim: true));
        yield return new("max", x => x[0].max());
        yield return new("max dim", x => x[0].max(1).values);
        yield return new("min dim", x => x[0].min(0, keepdim: true).values);
        yield return new("logsumexp", x => x[0].logsumexp(1));
        yield return new("logsumexp keepdim", x => x[0].logsumexp(0, keepdim: true));
        yield return new("norm", x => x[0].norm());
        yield return new("norm 1", x => x[0].norm(1, p: 1));
        yield return new("norm 3", x => x[0].norm(0, keepdim: true, p: 3));
        yield return new("cumsum", x => x[0].cumsum(1));
        yield return new("cumprod", x => x[0].cumprod(0));
        yield return new("sort", x => x[0].sort(1, descending: true).Values);
        yield return new("topk", x => x[0].topk(2, 1).values);
        yield return new("softmax", x => x[0].softmax(-1));
        yield return new("softmax first", x => x[0].softmax(0));
        yield return new("log_softmax", x => x[0].log_softmax(1));
        yield return new("view", x => x[0].contiguous().view(2, 6).mul(2));
        yield return new("reshape", x => x[0].reshape(-1).square());
        yield return new("permute", x => x[0].permute(1, 0).exp());
        yield return new("squeeze", x => x[0].unsqueeze(1).squeeze(1).exp());
        yield return new("expand", x => x[0].unsqueeze(1).expand(3, 5, 4).exp());
        yield return new("slice", x => x[0].slice(1, 1, 4, 2).exp());
        yield return new("select", x => x[0].select(0, -1).exp());
        yield return new("diagonal", x => x[0].diagonal(1).exp());
        yield return new("unfold", x => x[0].unfold(1, 3, 1).square());
        yield return new("unbind", x => x[0].unbind(0)[1].mul(x[0].unbind(1)[0].sum()));
        yield return new("split", x => x[0].split(3, 1)[1].exp());
        yield return new("movedim", x => x[0].movedim([0], [1]).exp());
        yield return new("index basic", x => x[0][.., 1..3].exp());
        yield return new("index long", x => x[0][1, 2].exp());
        yield return new("index tensor", x => x[0][tensor(Index)].exp());
        yield return new("index two", x => x[0][TensorIndex.Tensor(tensor(Index)), TensorIndex.Tensor(tensor(Index))].exp());
        yield return new("index mask", x => x[0][x[0].gt(0)].exp());
        yield return new("index None", x => x[0][TensorIndex.Ellipsis, TensorIndex.None, 2].exp());
        yield return new("gather", x => x[0].gather(1, tensor(new long[] { 0, 0, 3, 1, 2, 2 }, [3, 2])).exp());
        yield return new("take", x => x[0].take(tensor(Index)).exp());
        yield return new("index_select", x => x[0].index_select(0, tensor(Index)).exp());
        yield return new("index_fill", x => x[0].index_fill(0, tensor(new long[] { 1 }), 7).square());
        yield return new("masked_fill", x => x[0].masked_fill(x[0].lt(0), 3).square());
        yield return new("masked_select", x => x[0].masked_select(x[0].lt(0)).square());
        yield return new("tril", x => x[0].tril(1).square());
        yield return new("triu", x => x[0].triu().square());
        yield return new("diag", x => x[0][0].diag().square());
        yield return new("flip", x => x[0].flip(0, 1).mul(x[0]));
        yield return new("roll", x => x[0].roll(1, 1).mul(x[0]));
        yield return new("repeat", x => x[0].repeat(2, 3).square());
        yield return new("repeat_interleave", x => x[0].repeat_interleave(2, 1).square());
        yield return new("cat", x => cat([x[0], x[0].square()], 1));
        yield return new("stack", x => stack([x[0], x[0].exp()], 1));
        yield return new("float and back", x => x[0].to(ScalarType.Float64).square());
        yield return new("einsum trace", x => einsum("ii", x[0][.., ..3]));
        yield return new("einsum sum", x => einsum("ij->j", x[0]).square());
        yield return new("clone", x => x[0].clone().square());
        yield return new("in place", x => x[0].mul(1).add_(1).mul_(x[0]).exp_().sub_(2).div_(x[0].exp()).pow_(2).neg_());
        yield return new("in place unary", x => x[0].mul(1).tanh_().sigmoid_().sqrt_().log_().abs_());
        yield return new("in place on a view", x => { Tensor y = x[0].mul(2); y[0].mul_(x[0][1]); y[.., 1].exp_(); return y.square(); });
        yield return new("view after a write", x => { Tensor y = x[0].mul(2); Tensor v = y[1]; y.mul_(x[0]); return v.square(); });
        yield return new("other view after a write", x => { Tensor y = x[0].mul(2); Tensor v = y.transpose(0, 1), w = y[1]; w.mul_(x[0][0]); return v.square(); });
        yield return new("set slice", x => { Tensor y = zeros(3, 4, ScalarType.Float64); y[.., 1..3] = x[0][.., ..2].square(); y[0, 0] = x[0][2, 2]; return y.mul(x[0]); });
        yield return new("set mask", x => { Tensor y = x[0].mul(1); y[x[0].gt(0)] = tensor(2.0); return y.square(); });
        yield return new("index_put_ accumulate", x => { Tensor y = x[0].mul(1); y.index_put_(x[0][0].mul(2), [TensorIndex.Tensor(tensor(Index))], accumulate: true); return y.square(); });
        yield return new("copy_", x => { Tensor y = zeros(2, 3, 4, ScalarType.Float64); y.copy_(x[0]); return y.square(); });
        yield return new("masked_fill_", x => x[0].mul(1).masked_fill_(x[0].gt(0), 0.5).square());
        yield return new("unsqueeze_", x => x[0].mul(1).unsqueeze_(0).transpose_(0, 1).squeeze_(1).square());
        yield return new("detach", x => x[0].mul(x[0].detach()).add(x[0].square()).sub(x[0].mul(x[0].detach())));
    }

    private static IEnumerable<Case> Binary()
    {
        yield return new("add", x => x[0] + x[1]);
        yield return new("add alpha", x => x[0].add(x[1], 3));
        yield return new("sub", x => x[0] - x[1]);
        yield return new("mul", x => x[0] * x[1]);
        yield return new("div", x => x[0] / x[1], 0.5, 3);
        yield return new("pow", x => x[0].pow(x[1]), 0.5, 3);
        yield return new("maximum", x => maximum(x[0], x[1]));
        yield return new("minimum", x => minimum(x[0], x[1]));
        yield return new("atan2", x => x[0].atan2(x[1]), 0.5, 3);
        yield return new("remainder", x => x[0].remainder(x[1].add(10)), 0.5, 3);
        yield return new("fmod", x => x[0].fmod(x[1].add(10)), 0.5, 3);
        yield return new("where", x => where(x[0].gt(x[1]), x[0].square(), x[1].exp()));
        yield return new("lerp", x => x[0].lerp(x[1], x[1].mul(0.3)));
        yield return new("addcmul", x => x[0].addcmul(x[1], x[1], 0.5));
        yield return new("addcdiv", x => x[0].addcdiv(x[1], x[1].square(), 0.5), 0.5, 3);
        yield return new("clamp tensors", x => x[0].clamp(x[1].sub(1), x[1].add(1)));
    }

    private static IEnumerable<Case> Given()
    {
        yield return new("mm", x => x[0].matmul(x[1]), Sample(1, 3, 4), Sample(2, 5, 4).transpose(0, 1));
        yield return new("mv", x => x[0].matmul(x[1]), Sample(1, 3, 4), Sample(2, 4));
        yield return new("vm", x => x[0].matmul(x[1]), Sample(1, 4), Sample(2, 4, 3));
        yield return new("dot", x => x[0].dot(x[1]), Sample(1, 4), Sample(2, 4));
        yield return new("batched", x => x[0].matmul(x[1]), Sample(1, 2, 3, 4), Sample(2, 2, 4, 5));
        yield return new("batch times matrix", x => x[0].matmul(x[1]), Sample(1, 2, 3, 4), Sample(2, 4, 5));
        yield return new("matrix times batch", x => x[0].matmul(x[1]), Sample(1, 3, 4), Sample(2, 2, 4, 5));
        yield return new("broadcast batch", x => x[0].matmul(x[1]), Sample(1, 2, 1, 3, 4), Sample(2, 5, 4, 2));
        yield return new("vector times batch", x => x[0].matmul(x[1]), Sample(1, 4), Sample(2, 2, 4, 5));
        yield return new("batch times vector", x => x[0].matmul(x[1]), Sample(1, 2, 3, 4), Sample(2, 4));
        yield return new("bmm", x => x[0].bmm(x[1]), Sample(1, 2, 3, 4), Sample(2, 2, 4, 5));
        yield return new("addmm", x => x[0].addmm(x[1], x[2], 0.5f, 2f), Sample(1, 5), Sample(2, 3, 4), Sample(3, 4, 5));
        yield return new("baddbmm", x => x[0].baddbmm(x[1], x[2]), Sample(1, 2, 3, 5), Sample(2, 2, 3, 4), Sample(3, 2, 4, 5));
        yield return new("outer", x => x[0].outer(x[1]), Sample(1, 3), Sample(2, 4));
        yield return new("tensordot", x => tensordot(x[0], x[1], [1, 0], [0, 2]), Sample(1, 3, 4, 2), Sample(2, 4, 5, 3));
        yield return new("einsum product", x => einsum("bij,bjk->bik", x), Sample(1, 2, 3, 4), Sample(2, 2, 4, 5));
        yield return new("einsum outer", x => einsum("i,j->ij", x), Sample(1, 3), Sample(2, 4));
        yield return new("einsum three", x => einsum("bqhd,bkhd,h->bhqk", x), Sample(1, 2, 3, 2, 4), Sample(2, 2, 3, 2, 4), Sample(3, 2));
        yield return new("einsum ellipsis", x => einsum("...i,ij->...j", x), Sample(1, 2, 3, 4), Sample(2, 4, 5));
        yield return new("einsum lonely label", x => einsum("ij,jk->k", x), Sample(1, 3, 4), Sample(2, 4, 5));
        yield return new("einsum broadcast", x => einsum("...ij,...jk->...ik", x), Sample(1, 1, 3, 4), Sample(2, 2, 4, 5));
        yield return new("linear", x => nn.functional.linear(x[0], x[1], x[2]), Sample(1, 2, 3, 4), Sample(2, 5, 4), Sample(3, 5));
        yield return new("layer_norm", x => nn.functional.layer_norm(x[0], [4], x[1], x[2]), Sample(1, 2, 3, 4), Sample(2, 4), Sample(3, 4));
        yield return new("layer_norm two dims", x => nn.functional.layer_norm(x[0], [3, 4], x[1], x[2]), Sample(1, 2, 3, 4), Sample(2, 3, 4), Sample(3, 3, 4));
        yield return new("layer_norm bare", x => nn.functional.layer_norm(x[0], [4]), Sample(1, 3, 4));
        yield return new("attention", x => nn.functional.scaled_dot_product_attention(x[0], x[1], x[2], is_casual: true), Sample(1, 2, 3, 4), Sample(2, 2, 3, 4), Sample(3, 2, 3, 4));
        yield return new("attention bare", x => nn.functional.scaled_dot_product_attention(x[0], x[1], x[2]), Sample(1, 2, 3, 4), Sample(2, 2, 5, 4), Sample(3, 2, 5, 3));
        yield return new("cosine_similarity", x => nn.functional.cosine_similarity(x[0], x[1]), Sample(1, 3, 4), Sample(2, 3, 4));
        yield return new("normalize", x => nn.functional.normalize(x[0]), Sample(1, 3, 4));
        yield return new("cross_entropy", x => nn.functional.cross_entropy(x[0], tensor(new long[] { 1, 0, 3 })), Sample(1, 3, 4));
        yield return new("cross_entropy smoothed", x => nn.functional.cross_entropy(x[0], tensor(new long[] { 1, -100, 3 }), label_smoothing: 0.1), Sample(1, 3, 4));
        yield return new("cross_entropy of probabilities", x => nn.functional.cross_entropy(x[0], x[1].softmax(-1)), Sample(1, 3, 4), Sample(2, 3, 4));
        yield return new("kl_div", x => nn.functional.kl_div(x[0].log_softmax(-1), x[1].log_softmax(-1)), Sample(1, 3, 4), Sample(2, 3, 4));
        yield return new("mse", x => nn.functional.mse_loss(x[0], x[1]), Sample(1, 3, 4), Sample(2, 3, 4));
        yield return new("scatter", x => x[0].scatter(1, tensor(new long[] { 0, 2, 1, 3, 3, 0 }, [3, 2]), x[1]).square(), Sample(1, 3, 4), Sample(2, 3, 3));
        yield return new("scatter_add", x => x[0].scatter_add(1, tensor(new long[] { 0, 0, 1, 3, 3, 0 }, [3, 2]), x[1]).square(), Sample(1, 3, 4), Sample(2, 3, 2));
        yield return new("index_add", x => x[0].index_add(0, tensor(Index), x[1], 2).square(), Sample(1, 3, 4), Sample(2, 4, 4));
        yield return new("index_copy", x => x[0].index_copy(1, tensor(new long[] { 2, 0 }), x[1]).square(), Sample(1, 3, 4), Sample(2, 3, 2));
        yield return new("prod with zeros", x => x[0].mul(tensor(new double[] { 1, 0, 1, 1 })).prod(1), Sample(1, 3, 4));
        yield return new("cumprod with zeros", x => x[0].mul(tensor(new double[] { 1, 0, 1, 1 })).cumprod(1), Sample(1, 3, 4));
        yield return new("expanded input", x => x[0].square().sum(0L), Sample(1, 1, 4).expand(3, 4));
        yield return new("as_strided", x => x[0].mul(1).as_strided([3, 3], [1, 2]).square(), Sample(1, 3, 4));
        yield return new("softmax of one", x => x[0].softmax(0).add(x[0]), Sample(1));
    }

    private static Tensor Sample(int seed, params long[] shape) => Sample(seed, -2, 2, shape);

    private static Tensor Sample(int seed, double low, double high, params long[] shape)
    {
        var random = new Random(seed);
        var values = new double[shape.Aggregate(1L, (a, b) => a * b)];
        for (int i = 0; i < values.Length; i++) values[i] = low + (high - low) * random.NextDouble();
        return tensor(values, shape);
    }

    public sealed record Case(string Name, Func<Tensor[], Tensor> Function, double Low, double High)
    {
        public Case(string name, Func<Tensor[], Tensor> function)
            : this(name, function, -2, 2)
        {
        }

        public Case(string name, Func<Tensor[], Tensor> function, params Tensor[] inputs)
            : this(name, function, -2, 2) => Inputs = inputs;

        public Tensor[] Inputs { get; } = [];

        public override string ToString() => Name;
    }
}
