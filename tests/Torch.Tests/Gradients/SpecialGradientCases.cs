using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Tests.Gradients;

/// <summary>The cases of the special functions, statistics, sets and combinations.</summary>
internal static class SpecialGradientCases
{
    public static IEnumerable<GradientCase> All() => Unary().Concat(Binary()).Concat(InPlace()).Concat(Whole());

    private static IEnumerable<GradientCase> Unary()
    {
        (string Name, Func<Tensor, Tensor> F, double Low, double High)[] table =
        [
            ("asinh", x => x.asinh(), -2, 2), ("arcsinh", x => x.arcsinh(), -2, 2), ("acosh", x => x.acosh(), 1.2, 4), ("arccosh", x => x.arccosh(), 1.2, 4), ("atanh", x => x.atanh(), -0.8, 0.8), ("arctanh", x => x.arctanh(), -0.8, 0.8),
            ("arccos", x => x.arccos(), -0.8, 0.8), ("arcsin", x => x.arcsin(), -0.8, 0.8), ("arctan", x => x.arctan(), -2, 2), ("sinc", x => x.sinc(), -2, 2), ("deg2rad", x => x.deg2rad(), -2, 2), ("rad2deg", x => x.rad2deg(), -2, 2),
            ("lgamma", x => x.lgamma(), 0.2, 4), ("lgamma of negatives", x => x.lgamma(), -0.9, -0.1), ("gammaln", x => special.gammaln(x), 0.2, 4), ("digamma", x => x.digamma(), 0.3, 4), ("psi", x => special.psi(x), 0.3, 4),
            ("polygamma", x => x.polygamma(2), 0.6, 4), ("mvlgamma", x => x.mvlgamma(3), 1.5, 4), ("multigammaln", x => special.multigammaln(x, 2), 1.5, 4), ("logit", x => x.logit(), 0.1, 0.9), ("erfinv", x => x.erfinv(), -0.8, 0.8),
            ("i0", x => x.i0(), -2, 2), ("i0e", x => special.i0e(x), 0.1, 2), ("i1", x => special.i1(x), -2, 2), ("i1e", x => special.i1e(x), 0.1, 2), ("erfcx", x => special.erfcx(x), -1, 2), ("ndtr", x => special.ndtr(x), -2, 2),
            ("ndtri", x => special.ndtri(x), 0.1, 0.9), ("frexp", x => x.frexp().Mantissa, 1.1, 1.9), ("atleast_1d", x => x.atleast_1d(), -2, 2), ("adjoint", x => x.adjoint(), -2, 2), ("resolve_conj", x => x.resolve_conj(), -2, 2),
            ("resolve_neg", x => x.resolve_neg(), -2, 2), ("conj", x => x.conj(), -2, 2), ("conj_physical", x => x.conj_physical(), -2, 2), ("real", x => x.real, -2, 2), ("to_dense", x => x.to_dense(), -2, 2),
            ("DoubleTensor", x => DoubleTensor(x), -2, 2), ("igamma", x => full([], 1.7, ScalarType.Float64).igamma(x), 0.3, 3), ("gammainc", x => special.gammainc(full([], 1.7, ScalarType.Float64), x), 0.3, 3),
            ("igammac", x => full([], 1.7, ScalarType.Float64).igammac(x), 0.3, 3), ("gammaincc", x => special.gammaincc(full([], 1.7, ScalarType.Float64), x), 0.3, 3), ("zeta", x => special.zeta(full([], 2.5, ScalarType.Float64), x), 0.3, 3),
        ];
        return table.Select(t => new GradientCase(t.Name, (x, _) => t.F(x[0])) { Low = t.Low, High = t.High, MinRank = t.Name == "adjoint" ? 2 : 0 });
    }

    private static IEnumerable<GradientCase> Binary()
    {
        (string Name, Func<Tensor, Tensor, Tensor> F)[] table =
        [
            ("xlogy", (x, y) => x.xlogy(y)), ("xlog1py", (x, y) => special.xlog1py(x, y)), ("logaddexp", (x, y) => x.logaddexp(y)), ("logaddexp2", (x, y) => x.logaddexp2(y)), ("hypot", (x, y) => x.hypot(y)),
            ("copysign", (x, y) => x.copysign(y.neg())), ("fmax", (x, y) => x.fmax(y.add(0.5))), ("fmin", (x, y) => x.fmin(y.add(0.5))), ("ldexp", (x, y) => x.ldexp(y)), ("float_power", (x, y) => x.float_power(y)), ("arctan2", (x, y) => x.arctan2(y)),
        ];
        return table.Select(t => new GradientCase(t.Name, (x, _) => t.F(x[0], x[1])) { Inputs = 2, Broadcast = true, Low = 0.2, High = 2.5 });
    }

    private static IEnumerable<GradientCase> InPlace()
    {
        (string Name, Action<Tensor, Tensor> Write, double Low, double High)[] table =
        [
            ("asinh_", (y, _) => y.asinh_(), -2, 2), ("arcsinh_", (y, _) => y.arcsinh_(), -2, 2), ("acosh_", (y, _) => y.acosh_(), 1.2, 4), ("arccosh_", (y, _) => y.arccosh_(), 1.2, 4), ("atanh_", (y, _) => y.atanh_(), -0.8, 0.8),
            ("arctanh_", (y, _) => y.arctanh_(), -0.8, 0.8), ("arccos_", (y, _) => y.arccos_(), -0.8, 0.8), ("arcsin_", (y, _) => y.arcsin_(), -0.8, 0.8), ("arctan_", (y, _) => y.arctan_(), -2, 2), ("sinc_", (y, _) => y.sinc_(), -2, 2),
            ("deg2rad_", (y, _) => y.deg2rad_(), -2, 2), ("rad2deg_", (y, _) => y.rad2deg_(), -2, 2), ("lgamma_", (y, _) => y.lgamma_(), 0.2, 4), ("digamma_", (y, _) => y.digamma_(), 0.3, 4), ("polygamma_", (y, _) => y.polygamma_(1), 0.6, 4),
            ("mvlgamma_", (y, _) => y.mvlgamma_(2), 1.5, 4), ("logit_", (y, _) => y.logit_(), 0.1, 0.9), ("erfinv_", (y, _) => y.erfinv_(), -0.8, 0.8), ("i0_", (y, _) => y.i0_(), -2, 2), ("frac_", (y, _) => y.frac_(), -2, 2),
            ("nan_to_num_", (y, _) => y.nan_to_num_(), -2, 2), ("atan2_", (y, z) => y.atan2_(z), 0.2, 2), ("arctan2_", (y, z) => y.arctan2_(z), 0.2, 2), ("xlogy_", (y, z) => y.xlogy_(z), 0.2, 2), ("copysign_", (y, z) => y.copysign_(z), 0.2, 2),
            ("ldexp_", (y, z) => y.ldexp_(z), 0.2, 2), ("float_power_", (y, z) => y.float_power_(z), 0.2, 2), ("masked_scatter_", (y, z) => y.masked_scatter_(y.detach().gt(0), z), -2, 2), ("addcmul_", (y, z) => y.addcmul_(z, z, 0.5), -2, 2),
            ("addcdiv_", (y, z) => y.addcdiv_(z, z.add(3), 0.5), 0.2, 2), ("multiply_", (y, z) => multiply_(y, z), -2, 2), ("negative_", (y, _) => negative_(y), -2, 2), ("conj_physical_", (y, _) => y.conj_physical_(), -2, 2),
        ];
        return table.Select(t => new GradientCase(t.Name, (x, _) =>
        {
            Tensor y = x[0].mul(1);
            t.Write(y, x[1]);
            return y.add(x[0]);
        }) { Low = t.Low, High = t.High, Inputs = 2 });
    }

    private static IEnumerable<GradientCase> Whole()
    {
        (string Name, int MinRank, Func<Tensor, Tensor> F)[] table =
        [
            ("logcumsumexp", 1, x => x.logcumsumexp(0)), ("cummax", 1, x => x.cummax(-1).values), ("cummin", 1, x => x.cummin(0).values), ("nanmean", 0, x => x.nanmean()), ("nanmean dim", 1, x => x.nanmean(0, true)),
            ("nanmedian", 0, x => x.nanmedian()), ("nanquantile", 1, x => x.nanquantile(full([], 0.3, ScalarType.Float64), 0)), ("mode", 1, x => x.mode(0).values), ("std_mean", 1, x => x.std_mean(0, unbiased: false).mean), ("var_mean", 1, x => x.var_mean(0, unbiased: false).var),
            ("cov", 0, x => x.reshape(1, -1).cov(0)), ("trapezoid", 1, x => x.trapezoid(0.5, 0)), ("trapz", 1, x => trapz(x, 0.5, 0)), ("cumulative_trapezoid", 1, x => x.cumulative_trapezoid(0.5, 0)), ("renorm", 2, x => x.renorm(2, 0, 1)),
            ("kron", 0, x => x.kron(tensor(new double[,] { { 1, 2 }, { 3, 4 } }))), ("rot90", 2, x => x.rot90(3)), ("vander", 0, x => x.reshape(-1).vander(4)), ("block_diag", 0, x => block_diag(x.reshape(-1), x.reshape(-1).mul(2))),
            ("tensor_split", 1, x => x.tensor_split([1], 0)[0]), ("vsplit", 2, x => x.vsplit(1)[0]), ("hsplit", 2, x => x.hsplit(1)[0]), ("dsplit", 3, x => x.dsplit(1)[0]), ("atleast_2d", 0, x => x.atleast_2d()), ("atleast_3d", 0, x => x.atleast_3d()),
            ("select_scatter", 1, x => x.select_scatter(x.select(0, 0).mul(2), 0, 0)), ("slice_scatter", 1, x => x.slice_scatter(x.narrow(0, 0, 1).mul(2), 0, 0, 1)), ("diagonal_scatter", 2, x => x.diagonal_scatter(x.diagonal().mul(2))),
            ("masked_scatter", 0, x => x.masked_scatter(x.detach().gt(0), x.mul(3))), ("combinations", 0, x => combinations(x.reshape(-1), 2)),
            ("cartesian_prod", 0, x => cartesian_prod(x.reshape(-1), x.reshape(-1))), ("cdist", 2, x => cdist(x, x.mul(2).add(5))), ("cdist by products", 2, x => cdist(x, x.mul(2).add(5), 2, compute_mode.use_mm_for_euclid_dist)), ("cdist of order one", 2, x => cdist(x, x.mul(2).add(5), 1)),
            ("column_stack", 1, x => column_stack(x, x.mul(2))), ("row_stack", 1, x => row_stack(x, x.mul(2))), ("dstack", 1, x => dstack(x, x.mul(2))), ("chain_matmul", 2, x => chain_matmul(Flat(x), Flat(x).t(), Flat(x))), ("matrix_power", 2, x => Square(x).matrix_power(3)),
            ("matrix_exp", 2, x => Square(x).mul(0.1).matrix_exp()), ("addr", 0, x => x.reshape(-1, 1).mul(ones([1, 2], ScalarType.Float64)).addr(x.reshape(-1), tensor(new[] { 1.0, 2 }), 2, 3)),
            ("addr_", 0, x => ones([x.numel(), 2], ScalarType.Float64).addr_(x.reshape(-1), tensor(new[] { 1.0, 2 }), 2, 3)), ("addbmm", 2, x => ones([1, 1], ScalarType.Float64).addbmm(x.reshape(1, 1, -1), x.reshape(1, -1, 1), 2, 3)),
            ("addbmm_", 2, x => ones([1, 1], ScalarType.Float64).addbmm_(x.reshape(1, 1, -1), x.reshape(1, -1, 1))), ("addmv_", 2, x => ones([1], ScalarType.Float64).addmv_(x.reshape(1, -1), x.reshape(-1))),
        ];
        return table.Select(t => new GradientCase(t.Name, (x, _) => t.F(x[0])) { MinRank = t.MinRank, NoEmpty = true, Distinct = true });

        static Tensor Flat(Tensor x) => x.reshape(2 <= x.ndim ? [x.shape[0], -1] : [1, -1]);
        static Tensor Square(Tensor x) => Flat(x).matmul(Flat(x).t());
    }
}
