using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace CircuitSpecs.Tests.Gradients;

/// <summary>Every operation that has a derivative, as a function of float64 tensors of any small shape and layout.</summary>
internal static partial class GradientTable
{
    private static readonly nn.Reduction[] Reductions = [nn.Reduction.None, nn.Reduction.Mean, nn.Reduction.Sum];

    public static IEnumerable<GradientCase> All() => Unary().Concat(InPlace()).Concat(Binary()).Concat(Reducing()).Concat(Moving()).Concat(Products()).Concat(Layers()).Concat(SpecialFunctions()).Concat(MoreBinary()).Concat(MoreReducing()).Concat(MoreMoving()).Concat(Matrices());

    private static IEnumerable<GradientCase> Unary()
    {
        yield return new("sqrt", (x, _) => x[0].sqrt()) { Low = 0.3, High = 3 };
        yield return new("rsqrt", (x, _) => x[0].rsqrt()) { Low = 0.3, High = 3 };
        yield return new("exp", (x, _) => x[0].exp());
        yield return new("exp2", (x, _) => x[0].exp2());
        yield return new("expm1", (x, _) => x[0].expm1());
        yield return new("log", (x, _) => x[0].log()) { Low = 0.3, High = 3 };
        yield return new("log2", (x, _) => x[0].log2()) { Low = 0.3, High = 3 };
        yield return new("log10", (x, _) => x[0].log10()) { Low = 0.3, High = 3 };
        yield return new("log1p", (x, _) => x[0].log1p()) { Low = -0.6, High = 3 };
        yield return new("sin", (x, _) => x[0].sin());
        yield return new("cos", (x, _) => x[0].cos());
        yield return new("tan", (x, _) => x[0].tan()) { Low = -1, High = 1 };
        yield return new("asin", (x, _) => x[0].asin()) { Low = -0.9, High = 0.9 };
        yield return new("acos", (x, _) => x[0].acos()) { Low = -0.9, High = 0.9 };
        yield return new("atan", (x, _) => x[0].atan());
        yield return new("sinh", (x, _) => x[0].sinh());
        yield return new("cosh", (x, _) => x[0].cosh());
        yield return new("tanh", (x, _) => x[0].tanh());
        yield return new("sigmoid", (x, _) => x[0].sigmoid());
        yield return new("expit", (x, _) => special.expit(x[0]));
        yield return new("reciprocal", (x, _) => x[0].reciprocal()) { Low = 0.4, High = 3 };
        yield return new("erf", (x, _) => x[0].erf());
        yield return new("erfc", (x, _) => x[0].erfc());
        yield return new("entr", (x, _) => special.entr(x[0])) { Low = 0.2, High = 2 };
        yield return new("silu", (x, _) => x[0].silu());
        yield return new("gelu", (x, _) => x[0].gelu());
        yield return new("gelu tanh", (x, _) => x[0].gelu(GELU.Approximate.tanh));
        yield return new("relu", (x, _) => x[0].relu());
        yield return new("log_sigmoid", (x, _) => x[0].log_sigmoid());
        yield return new("logsigmoid", (x, _) => nn.functional.logsigmoid(x[0]));
        yield return new("abs", (x, _) => x[0].abs());
        yield return new("absolute", (x, _) => x[0].absolute());
        yield return new("neg", (x, _) => x[0].neg());
        yield return new("negative", (x, _) => x[0].negative());
        yield return new("positive", (x, _) => x[0].positive());
        yield return new("square", (x, _) => x[0].square());
        yield return new("frac", (x, _) => x[0].frac());
        yield return new("pow 0", (x, _) => x[0].pow(0));
        yield return new("pow 1", (x, _) => x[0].pow(1));
        yield return new("pow 2", (x, _) => x[0].pow(2));
        yield return new("pow 3", (x, _) => x[0].pow(3));
        yield return new("pow -1", (x, _) => x[0].pow(-1)) { Low = 0.4, High = 2 };
        yield return new("pow 0.5", (x, _) => x[0].pow(0.5)) { Low = 0.4, High = 2 };
        yield return new("pow 2.5", (x, _) => x[0].pow(2.5)) { Low = 0.4, High = 2 };
        yield return new("clamp", (x, _) => x[0].clamp(-1, 1.5));
        yield return new("clamp_min", (x, _) => x[0].clamp_min(0.25));
        yield return new("clamp_max", (x, _) => x[0].clamp_max(0.25));
        yield return new("clip", (x, _) => clip(x[0], -1, 1.5));
        yield return new("nan_to_num", (x, _) => x[0].nan_to_num());
        yield return new("add number", (x, _) => (x[0] + 2) + (3 + x[0]));
        yield return new("sub number", (x, _) => (x[0] - 2) * (3 - x[0]));
        yield return new("mul number", (x, _) => x[0] * 2 * (0.5 * x[0]));
        yield return new("div number", (x, _) => x[0] / 3 + 2 / x[0]) { Low = 0.5, High = 2 };
        yield return new("remainder number", (x, _) => x[0].remainder(10)) { Low = 0.5, High = 2 };
        yield return new("fmod number", (x, _) => x[0].fmod(10)) { Low = 0.5, High = 2 };
        yield return new("clone", (x, _) => x[0].clone());
        yield return new("contiguous", (x, _) => x[0].contiguous().square());
        yield return new("to", (x, _) => x[0].to(ScalarType.Float64).square());
        yield return new("to_type", (x, _) => x[0].to_type(ScalarType.Float64, copy: true));
        yield return new("type", (x, _) => x[0].type(ScalarType.Float64).square());
        yield return new("type_as", (x, _) => x[0].type_as(zeros(1, ScalarType.Float64)).square());
        yield return new("double", (x, _) => x[0].@double().square());
        yield return new("cpu", (x, _) => x[0].cpu().square());
        yield return new("alias", (x, _) => x[0].alias().square());
        yield return new("DetachFromDisposeScope", (x, _) => x[0].mul(2).DetachFromDisposeScope().square());
        yield return new("MoveToOuterDisposeScope", (x, _) => x[0].mul(2).MoveToOuterDisposeScope().square());
        yield return new("MoveToOtherDisposeScope", (x, _) => x[0].mul(2).MoveToOtherDisposeScope(x[0]).square());
        yield return new("WrappedTensorDisposeScope", (x, _) => WrappedTensorDisposeScope(() => x[0].mul(2).exp()));
        yield return new("as_tensor", (x, _) => as_tensor(x[0]).square());
    }

    /// <summary>The in-place form of a value that is needed elsewhere too.</summary>
    private static IEnumerable<GradientCase> InPlace()
    {
        (string Name, Action<Tensor, Tensor> Write, double Low, double High)[] table =
        [
            ("sqrt_", (y, _) => y.sqrt_(), 0.3, 3), ("rsqrt_", (y, _) => y.rsqrt_(), 0.3, 3), ("exp_", (y, _) => y.exp_(), -2, 2), ("exp2_", (y, _) => y.exp2_(), -2, 2), ("expm1_", (y, _) => y.expm1_(), -2, 2),
            ("log_", (y, _) => y.log_(), 0.3, 3), ("log2_", (y, _) => y.log2_(), 0.3, 3), ("log10_", (y, _) => y.log10_(), 0.3, 3), ("log1p_", (y, _) => y.log1p_(), 0.3, 3),
            ("sin_", (y, _) => y.sin_(), -2, 2), ("cos_", (y, _) => y.cos_(), -2, 2), ("tan_", (y, _) => y.tan_(), -1, 1), ("asin_", (y, _) => y.asin_(), -0.9, 0.9), ("acos_", (y, _) => y.acos_(), -0.9, 0.9), ("atan_", (y, _) => y.atan_(), -2, 2),
            ("sinh_", (y, _) => y.sinh_(), -2, 2), ("cosh_", (y, _) => y.cosh_(), -2, 2), ("tanh_", (y, _) => y.tanh_(), -2, 2), ("sigmoid_", (y, _) => y.sigmoid_(), -2, 2), ("reciprocal_", (y, _) => y.reciprocal_(), 0.4, 3),
            ("erf_", (y, _) => y.erf_(), -2, 2), ("erfc_", (y, _) => y.erfc_(), -2, 2), ("silu_", (y, _) => y.silu_(), -2, 2), ("gelu_", (y, _) => y.gelu_(), -2, 2), ("relu_", (y, _) => y.relu_(), -2, 2),
            ("abs_", (y, _) => y.abs_(), -2, 2), ("absolute_", (y, _) => y.absolute_(), -2, 2), ("neg_", (y, _) => y.neg_(), -2, 2), ("pow_", (y, _) => y.pow_(3), -2, 2),
            ("clamp_", (y, _) => y.clamp_(-1, 1.5), -2, 2), ("clamp_min_", (y, _) => y.clamp_min_(0.25), -2, 2), ("clamp_max_", (y, _) => y.clamp_max_(0.25), -2, 2),
            ("add_", (y, z) => y.add_(z), -2, 2), ("add_ alpha", (y, z) => y.add_(z, 3), -2, 2), ("sub_", (y, z) => y.sub_(z), -2, 2), ("subtract_", (y, z) => y.subtract_(z), -2, 2), ("mul_", (y, z) => y.mul_(z), -2, 2),
            ("div_", (y, z) => y.div_(z), 0.5, 2), ("divide_", (y, z) => y.divide_(z), 0.5, 2), ("true_divide_", (y, z) => y.true_divide_(z), 0.5, 2), ("lerp_", (y, z) => y.lerp_(z, z.mul(0.5)), -2, 2),
            ("pow_ tensor", (y, z) => y.pow_(z), 0.5, 2), ("remainder_", (y, z) => y.remainder_(z.add(10)), 0.5, 2), ("fmod_", (y, z) => y.fmod_(z.add(10)), 0.5, 2),
            ("copy_", (y, z) => y.copy_(z), -2, 2), ("fill_", (y, z) => y.fill_(3), -2, 2), ("zero_", (y, z) => y.zero_(), -2, 2), ("masked_fill_", (y, z) => y.masked_fill_(y.detach().gt(0), 0.5), -2, 2),
            ("tril_", (y, _) => y.tril_(), -2, 2), ("triu_", (y, _) => y.triu_(), -2, 2),
            ("round_", (y, _) => y.round_(), -2, 2), ("floor_", (y, _) => y.floor_(), -2, 2), ("ceil_", (y, _) => y.ceil_(), -2, 2), ("trunc_", (y, _) => y.trunc_(), -2, 2), ("fix_", (y, _) => y.fix_(), -2, 2), ("sign_", (y, _) => y.sign_(), -2, 2), ("sgn_", (y, _) => y.sgn_(), -2, 2),
            ("floor_divide_", (y, z) => y.floor_divide_(z), 0.5, 2),
        ];
        foreach ((string name, Action<Tensor, Tensor> write, double low, double high) in table)
        {
            int rank = name is "tril_" or "triu_" ? 2 : 0;
            yield return new(name, (x, _) =>
            {
                Tensor y = x[0].mul(1);
                write(y, x[1]);
                return y.add(x[0]);
            }) { Low = low, High = high, Inputs = 2, MinRank = rank };

            // On a view: the tensor that it was cut from takes part.
            yield return new(name + " on a view", (x, _) =>
            {
                Tensor whole = stack([x[0], x[1]], -1);
                write(whole.select(-1, 0), x[1]);
                return whole.mul(x[0].unsqueeze(-1));
            }) { Low = low, High = high, Inputs = 2, MinRank = rank };
        }

        yield return new("unsqueeze_", (x, _) => x[0].mul(1).unsqueeze_(0).square());
        yield return new("squeeze_", (x, _) => x[0].mul(1).squeeze_().square());
        yield return new("transpose_", (x, _) => x[0].mul(1).transpose_(0, -1).exp()) { MinRank = 1 };
        yield return new("addmm_", (x, random) => x[0].unsqueeze(0).matmul(x[0].unsqueeze(1)).addmm_(x[0].unsqueeze(0), x[0].unsqueeze(1), 2, 3)) { MinRank = 1, MaxRank = 1 };
        yield return new("index_put_", (x, random) =>
        {
            Tensor y = x[0].mul(1);
            Tensor at = Places(x[0], 0, random, 4);
            y.index_put_(x[0].index_select(0, at).square(), [TensorIndex.Tensor(at)], accumulate: true);
            return y.square();
        }) { MinRank = 1 };
        yield return new("index_put_ set", (x, _) =>
        {
            Tensor y = x[0].mul(1);
            y[TensorIndex.Slice(0, 1)] = x[1][^1..].exp();
            y[TensorIndex.Ellipsis, 0] = x[1].select(-1, 0).mul(3);
            return y.mul(x[0]);
        }) { MinRank = 1, Inputs = 2, NoEmpty = true };
        yield return new("index_put_ mask", (x, _) =>
        {
            Tensor y = x[0].mul(1), mask = x[0].detach().gt(0.2);
            y[mask] = x[1][mask].square();
            return y.mul(x[0]);
        }) { MinRank = 1, Inputs = 2 };
        yield return new("scatter_", (x, random) =>
        {
            Tensor y = x[0].mul(1);
            return y.scatter_(0, Order(x[0], random), x[1]).mul(x[0]);
        }) { MinRank = 1, Inputs = 2 };
        yield return new("scatter_add_", (x, random) =>
        {
            Tensor y = x[0].mul(1);
            return y.scatter_add_(0, zeros_like(x[0], ScalarType.Int64), x[1]).square();
        }) { MinRank = 1, Inputs = 2, NoEmpty = true };
        yield return new("index_add_", (x, random) => x[0].mul(1).index_add_(0, Places(x[0], 0, random, (int)x[1].shape[0]), x[1], 2).square()) { MinRank = 1, Inputs = 2 };
        yield return new("index_copy_", (x, random) => x[0].mul(1).index_copy_(0, arange(x[0].shape[0]), x[1]).mul(x[0])) { MinRank = 1, Inputs = 2 };
        yield return new("index_fill_", (x, random) => x[0].mul(1).index_fill_(0, tensor(new long[] { 0 }), 2).square()) { MinRank = 1, NoEmpty = true };
    }

    private static IEnumerable<GradientCase> Binary()
    {
        (string Name, Func<Tensor, Tensor, Tensor> Call, double Low, double High)[] table =
        [
            ("add", (a, b) => a + b, -2, 2), ("add alpha", (a, b) => a.add(b, 3), -2, 2), ("sub", (a, b) => a - b, -2, 2), ("subtract", (a, b) => a.subtract(b), -2, 2), ("mul", (a, b) => a * b, -2, 2), ("multiply", (a, b) => a.multiply(b), -2, 2),
            ("div", (a, b) => a / b, 0.4, 2), ("divide", (a, b) => a.divide(b), 0.4, 2), ("true_divide", (a, b) => a.true_divide(b), 0.4, 2), ("pow", (a, b) => a.pow(b), 0.4, 2), ("atan2", (a, b) => a.atan2(b), 0.3, 2),
            ("maximum", (a, b) => a.maximum(b), -2, 2), ("minimum", (a, b) => a.minimum(b), -2, 2), ("max of two", (a, b) => a.max(b), -2, 2), ("min of two", (a, b) => a.min(b), -2, 2),
            ("remainder", (a, b) => a.remainder(b.add(9)), 0.3, 2), ("fmod", (a, b) => a.fmod(b.add(9)), 0.3, 2), ("lerp", (a, b) => a.lerp(b, a.mul(b)), -2, 2), ("lerp number", (a, b) => torch.lerp(a, b, tensor(0.3)), -2, 2),
            ("addcmul", (a, b) => a.addcmul(b, a, 0.5), -2, 2), ("addcdiv", (a, b) => a.addcdiv(b, a, 0.5), 0.4, 2), ("where", (a, b) => where(a.gt(b), a.square(), b.exp()), -2, 2),
            ("clamp tensors", (a, b) => a.clamp(b.sub(0.5), b.add(0.5)), -2, 2), ("div trunc", (a, b) => a.div(b.add(9), RoundingMode.trunc), 0.4, 2),
            ("cosine_similarity", (a, b) => { Tensor[] both = [.. broadcast_tensors(a, b)]; return nn.functional.cosine_similarity(stack(both, 0), stack([both[1], both[0].square()], 0), 0); }, 0.3, 2),
        ];
        foreach ((string name, Func<Tensor, Tensor, Tensor> call, double low, double high) in table)
        {
            yield return new(name, (x, _) => call(x[0], x[1])) { Low = low, High = high, Inputs = 2, Broadcast = true };

            // The same tensor on both sides, where the function has a derivative there.
            if (!name.StartsWith("max", StringComparison.Ordinal) && !name.StartsWith("min", StringComparison.Ordinal))
                yield return new(name + " with itself", (x, _) => call(x[0], x[0].mul(1))) { Low = low, High = high };
        }

        yield return new("dist", (x, _) => x[0].sub(x[1]).norm()) { Inputs = 2, MinRank = 1, NoEmpty = true };
        yield return new("broadcast_tensors", (x, _) => { IList<Tensor> both = broadcast_tensors(x[0], x[1]); return both[0].mul(both[1].exp()); }) { Inputs = 2, Broadcast = true };
    }

    private static IEnumerable<GradientCase> Reducing()
    {
        yield return new("sum", (x, _) => x[0].sum());
        yield return new("sum dim", (x, random) => x[0].sum(Dim(x[0], random), keepdim: random.Next(2) == 0));
        yield return new("sum dims", (x, random) => x[0].sum(Dims(x[0], random), keepdim: random.Next(2) == 0));
        yield return new("nansum", (x, _) => x[0].nansum());
        yield return new("mean", (x, _) => x[0].mean()) { NoEmpty = true };
        yield return new("mean dims", (x, random) => x[0].mean(Dims(x[0], random), keepdim: random.Next(2) == 0)) { NoEmpty = true };
        yield return new("var", (x, random) => x[0].var(unbiased: false)) { NoEmpty = true };
        yield return new("var dims", (x, random) => x[0].var(Dims(x[0], random), unbiased: false, keepdim: random.Next(2) == 0)) { NoEmpty = true };
        yield return new("std dims", (x, random) => cat([x[0], x[0].exp(), x[0].square()], 0).std(0L, unbiased: true)) { NoEmpty = true, MinRank = 1, Low = 0.3 };
        yield return new("std", (x, random) => stack([x[0], x[0].exp()], 0).std()) { NoEmpty = true, Low = 0.3 };
        yield return new("prod", (x, _) => x[0].prod()) { Low = 0.4 };
        yield return new("prod dim", (x, random) => x[0].prod(Dim(x[0], random), keepdim: random.Next(2) == 0)) { Low = -1.5, High = 1.5 };
        yield return new("prod with zeros", (x, random) => x[0].mul(x[0].detach().gt(0)).prod(Dim(x[0], random)));
        yield return new("amax", (x, random) => x[0].amax(Dims(x[0], random), keepdim: random.Next(2) == 0)) { NoEmpty = true, Distinct = true };
        yield return new("amin", (x, random) => x[0].amin(Dims(x[0], random), keepdim: random.Next(2) == 0)) { NoEmpty = true, Distinct = true };
        yield return new("aminmax", (x, random) => { (Tensor low, Tensor high) = x[0].aminmax(Dim(x[0], random)); return high.mul(2).add(low); }) { NoEmpty = true, Distinct = true };
        yield return new("max", (x, random) => x[0].max(Dim(x[0], random), random.Next(2) == 0).values) { NoEmpty = true, Distinct = true };
        yield return new("min", (x, random) => x[0].min(Dim(x[0], random), random.Next(2) == 0).values) { NoEmpty = true, Distinct = true };
        yield return new("max of all", (x, _) => x[0].max()) { NoEmpty = true, Distinct = true };
        yield return new("min of all", (x, _) => x[0].min()) { NoEmpty = true, Distinct = true };
        yield return new("median", (x, _) => x[0].median()) { NoEmpty = true, Distinct = true };
        yield return new("quantile", (x, random) => x[0].quantile(tensor(0.3), Dim(x[0], random))) { NoEmpty = true, Distinct = true, MinRank = 1 };
        yield return new("kthvalue", (x, random) => x[0].kthvalue(1, Dim(x[0], random)).values) { NoEmpty = true, Distinct = true, MinRank = 1 };
        yield return new("logsumexp", (x, random) => x[0].logsumexp(Dim(x[0], random), random.Next(2) == 0)) { NoEmpty = true };
        yield return new("norm", (x, _) => x[0].norm()) { NoEmpty = true, Low = 0.3 };
        yield return new("norm dim", (x, random) => x[0].norm((int)Dim(x[0], random), random.Next(2) == 0, 3)) { NoEmpty = true, MinRank = 1, Low = 0.3 };
        yield return new("vector_norm", (x, random) => linalg.vector_norm(x[0], 1.5, Dims(x[0], random), random.Next(2) == 0)) { NoEmpty = true, MinRank = 1, Low = 0.3 };
        yield return new("vector_norm largest", (x, random) => linalg.vector_norm(x[0], double.PositiveInfinity, [Dim(x[0], random)])) { NoEmpty = true, MinRank = 1, Low = 0.3, Distinct = true };
        yield return new("cumsum", (x, random) => x[0].cumsum(Dim(x[0], random)));
        yield return new("cumprod", (x, random) => x[0].cumprod(Dim(x[0], random)));
        yield return new("sort", (x, random) => x[0].sort(Dim(x[0], random), random.Next(2) == 0).Values.mul(Weights(x[0]))) { Distinct = true };
        yield return new("msort", (x, random) => x[0].msort().mul(Weights(x[0]))) { Distinct = true, MinRank = 1 };
        yield return new("topk", (x, random) => x[0].topk(1, (int)Dim(x[0], random), random.Next(2) == 0).values) { NoEmpty = true, Distinct = true, MinRank = 1 };
        yield return new("softmax", (x, random) => x[0].softmax(Dim(x[0], random)));
        yield return new("softmin", (x, random) => nn.functional.softmin(x[0], Dim(x[0], random)));
        yield return new("log_softmax", (x, random) => x[0].log_softmax(Dim(x[0], random)));
        yield return new("diff", (x, random) => x[0].diff(1, Dim(x[0], random)).square()) { MinRank = 1, NoEmpty = true };
        yield return new("trace", (x, _) => x[0].trace()) { MinRank = 2, MaxRank = 2 };
    }

    private static IEnumerable<GradientCase> Moving()
    {
        yield return new("view", (x, _) => x[0].contiguous().view(-1).square()) { NoEmpty = true };
        yield return new("view_as", (x, _) => x[0].contiguous().view_as(x[0]).square());
        yield return new("reshape", (x, _) => x[0].reshape(-1).square()) { NoEmpty = true };
        yield return new("ravel", (x, _) => x[0].ravel().square());
        yield return new("flatten", (x, _) => x[0].flatten().square());
        yield return new("unflatten", (x, _) => x[0].unflatten(0, 1, x[0].shape[0]).square()) { MinRank = 1 };
        yield return new("permute", (x, random) => x[0].permute(Enumerable.Range(0, (int)x[0].ndim).Select(d => (long)d).Reverse().ToArray()).exp());
        yield return new("transpose", (x, random) => x[0].transpose(0, -1).exp());
        yield return new("swapaxes", (x, random) => x[0].swapaxes(0, -1).exp());
        yield return new("swapdims", (x, random) => x[0].swapdims(0, -1).exp());
        yield return new("movedim", (x, random) => x[0].movedim([0], [-1]).exp()) { MinRank = 1 };
        yield return new("moveaxis", (x, random) => x[0].moveaxis([0], [-1]).exp()) { MinRank = 1 };
        yield return new("t", (x, _) => x[0].t().exp()) { MaxRank = 2 };
        yield return new("squeeze", (x, _) => x[0].squeeze().exp());
        yield return new("unsqueeze", (x, random) => x[0].unsqueeze(Dim(x[0], random)).exp());
        yield return new("expand", (x, _) => x[0].unsqueeze(0).expand([3, .. x[0].shape]).mul(rand([3, .. x[0].shape], ScalarType.Float64, generator: new Generator(4))));
        yield return new("expand_as", (x, _) => x[0].expand_as(zeros([2, .. x[0].shape])).mul(x[0]));
        yield return new("broadcast_to", (x, _) => x[0].broadcast_to([2, .. x[0].shape]).mul(x[0]));
        yield return new("narrow", (x, random) => x[0].narrow(Dim(x[0], random), 0, 1).exp()) { NoEmpty = true, MinRank = 1 };
        yield return new("slice", (x, random) => x[0].slice(Dim(x[0], random), 0, 3, 2).exp()) { MinRank = 1 };
        yield return new("select", (x, random) => x[0].select(Dim(x[0], random), -1).exp()) { NoEmpty = true, MinRank = 1 };
        yield return new("diagonal", (x, _) => x[0].diagonal(0, 0, -1).exp()) { MinRank = 2 };
        yield return new("unfold", (x, random) => x[0].unfold(Dim(x[0], random), 1, 1).square()) { NoEmpty = true, MinRank = 1 };
        yield return new("as_strided", (x, _) => x[0].mul(1).contiguous().as_strided([x[0].numel()], [0], x[0].numel() - 1).mul(x[0].reshape(-1))) { NoEmpty = true };
        yield return new("unbind", (x, random) => x[0].unbind(0).Aggregate((a, b) => a.mul(b))) { NoEmpty = true, MinRank = 1 };
        yield return new("split", (x, random) => x[0].split(2, 0)[^1].exp()) { NoEmpty = true, MinRank = 1 };
        yield return new("chunk", (x, random) => x[0].chunk(2, 0)[^1].exp()) { NoEmpty = true, MinRank = 1 };
        yield return new("index basic", (x, _) => x[0][TensorIndex.Slice(0, 2), TensorIndex.None, TensorIndex.Ellipsis].exp()) { MinRank = 1 };
        yield return new("index numbers", (x, _) => x[0][0].exp().add(x[0][^1, TensorIndex.Ellipsis])) { MinRank = 1, NoEmpty = true };
        yield return new("index", (x, random) => x[0][Places(x[0], 0, random, 5)].exp()) { MinRank = 1, NoEmpty = true };
        yield return new("index apart", (x, random) => x[0][TensorIndex.Tensor(Places(x[0], 0, random, 3)), TensorIndex.Colon, TensorIndex.Tensor(Places(x[0], 2, random, 3))].exp()) { MinRank = 3, NoEmpty = true };
        yield return new("index mask", (x, _) => x[0][x[0].detach().gt(0)].exp()) { MinRank = 1 };
        yield return new("index_select", (x, random) => x[0].index_select(-1, Places(x[0], -1, random, 5)).exp()) { MinRank = 1, NoEmpty = true };
        yield return new("gather", (x, random) => x[0].gather(0, cat([Order(x[0], random), Order(x[0], random)], 0)).exp()) { MinRank = 1, NoEmpty = true };
        yield return new("take", (x, random) => x[0].take(tensor(new long[] { 0, 0 })).exp()) { NoEmpty = true };
        yield return new("take_along_dim", (x, random) => x[0].take_along_dim(Order(x[0], random), 0).exp()) { MinRank = 1, NoEmpty = true };
        yield return new("masked_select", (x, _) => x[0].masked_select(x[0].detach().gt(0)).exp());
        yield return new("masked_fill", (x, _) => x[0].masked_fill(x[0].detach().gt(0), 3).square());
        yield return new("scatter", (x, random) => x[0].scatter(0, Order(x[0], random), x[1]).mul(x[0])) { MinRank = 1, Inputs = 2 };
        yield return new("scatter_add", (x, random) => x[0].scatter_add(0, zeros_like(x[0], ScalarType.Int64), x[1]).square()) { MinRank = 1, Inputs = 2, NoEmpty = true };
        yield return new("index_add", (x, random) => x[0].index_add(0, Places(x[0], 0, random, (int)x[1].shape[0]), x[1], 2).square()) { MinRank = 1, Inputs = 2 };
        yield return new("index_copy", (x, random) => x[0].index_copy(0, arange(x[0].shape[0]), x[1]).mul(x[0])) { MinRank = 1, Inputs = 2 };
        yield return new("index_fill", (x, random) => x[0].index_fill(0, tensor(new long[] { 0 }), 2).square()) { MinRank = 1, NoEmpty = true };
        yield return new("repeat", (x, _) => x[0].repeat([2, .. Enumerable.Repeat(1L, (int)x[0].ndim)]).mul(rand([2, .. x[0].shape], ScalarType.Float64, generator: new Generator(4))));
        yield return new("tile", (x, _) => x[0].tile([2]).square()) { NoEmpty = true };
        yield return new("repeat_interleave", (x, random) => x[0].repeat_interleave(2, Dim(x[0], random)).square()) { MinRank = 1 };
        yield return new("flip", (x, random) => x[0].flip(Dims(x[0], random)).mul(x[0]));
        yield return new("fliplr", (x, _) => x[0].fliplr().mul(x[0])) { MinRank = 2 };
        yield return new("flipud", (x, _) => x[0].flipud().mul(x[0])) { MinRank = 1 };
        yield return new("roll", (x, random) => x[0].roll(1, Dim(x[0], random)).mul(x[0])) { MinRank = 1 };
        yield return new("tril", (x, _) => x[0].tril(1).square()) { MinRank = 2 };
        yield return new("triu", (x, _) => x[0].triu(-1).square()) { MinRank = 2 };
        yield return new("diag", (x, _) => x[0].diag().square()) { MinRank = 1, MaxRank = 2 };
        yield return new("diag_embed", (x, _) => x[0].diag_embed(1).square()) { MinRank = 1 };
        yield return new("diagflat", (x, _) => x[0].diagflat().square()) { MinRank = 1 };
        yield return new("linalg diagonal", (x, _) => linalg.diagonal(x[0]).square()) { MinRank = 2 };
        yield return new("cat", (x, random) => cat([x[0], x[1].exp(), x[0]], Dim(x[0], random)).square()) { MinRank = 1, Inputs = 2 };
        yield return new("concat", (x, random) => concat([x[0], x[1].exp()], 0).square()) { MinRank = 1, Inputs = 2 };
        yield return new("concatenate", (x, random) => concatenate([x[0], x[1].exp()], 0).square()) { MinRank = 1, Inputs = 2 };
        yield return new("stack", (x, random) => stack([x[0], x[1].exp()], Dim(x[0], random)).square()) { Inputs = 2 };
        yield return new("hstack", (x, _) => hstack(x[0], x[1].exp()).square()) { MinRank = 1, Inputs = 2 };
        yield return new("vstack", (x, _) => vstack([x[0], x[1].exp()]).square()) { MinRank = 1, Inputs = 2 };
        yield return new("meshgrid", (x, _) => meshgrid([x[0], x[0].exp()]).Aggregate((a, b) => a.mul(b))) { MinRank = 1, MaxRank = 1 };
    }

    private static IEnumerable<GradientCase> Products()
    {
        yield return new("matmul", (x, _) => x[0].transpose(0, -1).matmul(x[1])) { MinRank = 2, MaxRank = 2, Inputs = 2 };
        yield return new("matmul batch", (x, _) => x[0].matmul(x[1].mT)) { MinRank = 3, MaxRank = 3, Inputs = 2 };
        yield return new("matmul vector", (x, _) => x[0].matmul(x[1].select(-2, 0))) { MinRank = 2, MaxRank = 2, Inputs = 2, NoEmpty = true };
        yield return new("mm", (x, _) => x[0].mm(x[1].t())) { MinRank = 2, MaxRank = 2, Inputs = 2 };
        yield return new("bmm", (x, _) => x[0].bmm(x[1].mT)) { MinRank = 3, MaxRank = 3, Inputs = 2 };
        yield return new("mv", (x, _) => x[0].mv(x[1][0])) { MinRank = 2, MaxRank = 2, Inputs = 2, NoEmpty = true };
        yield return new("dot", (x, _) => x[0].dot(x[1])) { MinRank = 1, MaxRank = 1, Inputs = 2 };
        yield return new("vdot", (x, _) => x[0].vdot(x[1])) { MinRank = 1, MaxRank = 1, Inputs = 2 };
        yield return new("vecdot", (x, _) => linalg.vecdot(x[0], x[1])) { MinRank = 1, Inputs = 2 };
        yield return new("inner", (x, _) => x[0].inner(x[1])) { MinRank = 1, MaxRank = 2, Inputs = 2 };
        yield return new("outer", (x, _) => x[0].outer(x[1])) { MinRank = 1, MaxRank = 1, Inputs = 2 };
        yield return new("ger", (x, _) => x[0].ger(x[1])) { MinRank = 1, MaxRank = 1, Inputs = 2 };
        yield return new("addmm", (x, _) => x[0].matmul(x[1].t()).exp().addmm(x[0], x[1].t(), 2, 3)) { MinRank = 2, MaxRank = 2, Inputs = 2, Low = -1, High = 1 };
        yield return new("addmv", (x, _) => x[0].select(1, 0).addmv(x[0], x[1][0], 2, 3)) { MinRank = 2, MaxRank = 2, Inputs = 2, NoEmpty = true };
        yield return new("baddbmm", (x, _) => x[0].matmul(x[1].mT).exp().baddbmm(x[0], x[1].mT, 2, 3)) { MinRank = 3, MaxRank = 3, Inputs = 2, Low = -1, High = 1 };
        yield return new("tensordot", (x, _) => tensordot(x[0], x[1], [0L], [0L])) { MinRank = 1, Inputs = 2 };
        yield return new("multi_dot", (x, _) => linalg.multi_dot([x[0], x[1].t(), x[0]])) { MinRank = 2, MaxRank = 2, Inputs = 2 };
        yield return new("einsum", (x, _) => einsum("bij,bkj->ikb", x[0], x[1])) { MinRank = 3, MaxRank = 3, Inputs = 2 };
        yield return new("einsum sum", (x, _) => einsum("ij,kj->k", x[0], x[1])) { MinRank = 2, MaxRank = 2, Inputs = 2 };
        yield return new("einsum three", (x, _) => einsum("ij,kj,i->ik", x[0], x[1], x[0].select(1, 0))) { MinRank = 2, MaxRank = 2, Inputs = 2, NoEmpty = true };
        yield return new("matrix_norm", (x, _) => linalg.matrix_norm(x[0])) { MinRank = 2, MaxRank = 2, NoEmpty = true, Low = 0.3 };
        yield return new("linear", (x, _) => nn.functional.linear(x[0], x[1], x[1].select(1, 0))) { MinRank = 2, MaxRank = 2, Inputs = 2, NoEmpty = true };
    }

    private static IEnumerable<GradientCase> Layers()
    {
        yield return new("layer_norm", (x, _) =>
        {
            Tensor y = stack([x[0], x[0].exp(), x[1]], -1);
            return nn.functional.layer_norm(y, [3], y.reshape(-1, 3)[0].square(), y.reshape(-1, 3)[^1]);
        }) { Inputs = 2, NoEmpty = true };
        yield return new("layer_norm of several", (x, _) => nn.functional.layer_norm(x[0], x[0].shape[^2..], x[0].reshape([-1, .. x[0].shape[^2..]])[0], null, 0.1)) { MinRank = 2, NoEmpty = true };
        yield return new("scaled_dot_product_attention", (x, random) => nn.functional.scaled_dot_product_attention(x[0], x[1], x[1].exp(), is_casual: random.Next(2) == 0)) { MinRank = 2, Inputs = 2, NoEmpty = true, Low = -1, High = 1 };
        yield return new("scaled_dot_product_attention mask", (x, _) => nn.functional.scaled_dot_product_attention(x[0], x[1], x[1].exp(), x[0].matmul(x[1].mT).mul(0.3))) { MinRank = 2, Inputs = 2, NoEmpty = true, Low = -1, High = 1 };
        yield return new("cross_entropy", (x, random) => nn.functional.cross_entropy(x[0], Classes(x[0], random), rand(x[0].shape[1], ScalarType.Float64, generator: new Generator(3)), x[0].shape[0] > 1 ? 1 : -100, Reductions[random.Next(3)], 0.2)) { MinRank = 2, NoEmpty = true, SecondAtLeast = 3 };
        yield return new("cross_entropy of probabilities", (x, _) => nn.functional.cross_entropy(x[0], x[1].softmax(1))) { MinRank = 2, Inputs = 2, NoEmpty = true };
        yield return new("nll_loss", (x, random) => nn.functional.nll_loss(x[0], Classes(x[0], random))) { MinRank = 2, MaxRank = 2, NoEmpty = true };
        yield return new("kl_div", (x, random) => nn.functional.kl_div(x[0], x[1], reduction: Reductions[random.Next(3)])) { Inputs = 2, NoEmpty = true };
        yield return new("kl_div of probabilities", (x, _) => nn.functional.kl_div(x[0], x[1], false)) { Inputs = 2, Low = 0.1, High = 1, NoEmpty = true };
        yield return new("mse_loss", (x, random) => nn.functional.mse_loss(x[0], x[1], Reductions[random.Next(3)])) { Inputs = 2, NoEmpty = true };
        yield return new("l1_loss", (x, random) => nn.functional.l1_loss(x[0], x[1], Reductions[random.Next(3)])) { Inputs = 2, NoEmpty = true };
        yield return new("normalize", (x, random) => nn.functional.normalize(x[0], 2, Dim(x[0], random))) { MinRank = 1, NoEmpty = true, Low = 0.3 };
        yield return new("dropout", (x, _) => nn.functional.dropout(x[0], 0.5, training: false).square());
    }

    private static long Dim(Tensor x, Random random) => random.Next((int)Math.Max(x.ndim, 1));

    private static long[] Dims(Tensor x, Random random)
    {
        long[] dims = Enumerable.Range(0, (int)x.ndim).Where(_ => random.Next(2) == 0).Select(d => (long)d).ToArray();
        return dims.Length == 0 && x.ndim > 0 ? [random.Next((int)x.ndim)] : dims;
    }

    private static Tensor Places(Tensor x, int dim, Random random, int count)
    {
        long n = x.shape[dim < 0 ? x.shape.Length + dim : dim];
        return tensor(Enumerable.Range(0, n == 0 ? 0 : count).Select(_ => random.NextInt64(n)).ToArray());
    }

    /// <summary>A permutation along the first dimension at every place of the others.</summary>
    private static Tensor Order(Tensor x, Random random) =>
        rand(x.shape, generator: new Generator((ulong)random.Next())).argsort(0);

    private static Tensor Classes(Tensor x, Random random)
    {
        long[] shape = [x.shape[0], .. x.shape[2..]];
        long[] classes = Enumerable.Range(0, (int)shape.Aggregate(1L, (a, b) => a * b)).Select(_ => random.NextInt64(x.shape[1])).ToArray();

        // One that is surely not ignored.
        if (classes.Length > 0) classes[0] = 0;
        return tensor(classes, shape);
    }

    private static Tensor Weights(Tensor x) => rand(x.shape, ScalarType.Float64, generator: new Generator(9));
}
