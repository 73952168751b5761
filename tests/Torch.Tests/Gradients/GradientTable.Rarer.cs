using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Tests.Gradients;

/// <summary>The rarer functions, and linear algebra.</summary>
internal static partial class GradientTable
{
    private static IEnumerable<GradientCase> SpecialFunctions()
    {
        (string Name, Func<Tensor, Tensor> Call, Func<Tensor, Tensor>? InPlace, double Low, double High)[] table =
        [
            ("asinh", t => t.asinh(), t => t.asinh_(), -2, 2), ("acosh", t => t.acosh(), t => t.acosh_(), 1.2, 3), ("atanh", t => t.atanh(), t => t.atanh_(), -0.8, 0.8),
            ("arccos", t => t.arccos(), t => t.arccos_(), -0.8, 0.8), ("arccosh", t => t.arccosh(), t => t.arccosh_(), 1.2, 3), ("arcsin", t => t.arcsin(), t => t.arcsin_(), -0.8, 0.8), ("arcsinh", t => t.arcsinh(), t => t.arcsinh_(), -2, 2),
            ("arctan", t => t.arctan(), t => t.arctan_(), -2, 2), ("arctanh", t => t.arctanh(), t => t.arctanh_(), -0.8, 0.8),
            ("sinc", t => t.sinc(), t => t.sinc_(), 0.1, 2), ("lgamma", t => t.lgamma(), t => t.lgamma_(), 0.4, 4), ("digamma", t => t.digamma(), t => t.digamma_(), 0.4, 4), ("erfinv", t => t.erfinv(), t => t.erfinv_(), -0.8, 0.8),
            ("i0", t => t.i0(), t => t.i0_(), -2, 2), ("deg2rad", t => t.deg2rad(), t => t.deg2rad_(), -2, 2), ("rad2deg", t => t.rad2deg(), t => t.rad2deg_(), -2, 2), ("logit", t => t.logit(), t => t.logit_(), 0.1, 0.9),
            ("polygamma", t => t.polygamma(1), t => t.polygamma_(1), 0.6, 4), ("mvlgamma", t => t.mvlgamma(2), t => t.mvlgamma_(2), 1, 4), ("frac_ alone", t => t.frac(), t => t.frac_(), -2, 2), ("nan_to_num_ alone", t => t.nan_to_num(), t => t.nan_to_num_(), -2, 2),
            ("negative_ alone", t => t.neg(), t => torch.neg_(t), -2, 2),
            ("psi", t => special.psi(t), null, 0.4, 4), ("gammaln", t => special.gammaln(t), null, 0.4, 4), ("multigammaln", t => special.multigammaln(t, 2), null, 1, 4),
            ("i0e", t => special.i0e(t), null, -2, 2), ("i1", t => special.i1(t), null, 0.2, 2), ("i1e", t => special.i1e(t), null, 0.2, 2), ("erfcx", t => special.erfcx(t), null, -1, 2), ("ndtr", t => special.ndtr(t), null, -2, 2), ("ndtri", t => special.ndtri(t), null, 0.1, 0.9),
            ("frexp", t => t.frexp().Item1, null, 0.3, 2), ("conj", t => t.conj().square(), null, -2, 2), ("resolve_conj", t => t.resolve_conj().square(), null, -2, 2), ("resolve_neg", t => t.resolve_neg().square(), null, -2, 2), ("conj_physical", t => t.conj_physical().square(), null, -2, 2),
            ("real", t => torch.real(t).square(), null, -2, 2),
            ("to_dense", t => t.to_dense().square(), null, -2, 2), ("DoubleTensor", t => torch.DoubleTensor(t).square(), null, -2, 2),
        ];
        foreach ((string name, Func<Tensor, Tensor> call, Func<Tensor, Tensor>? inPlace, double low, double high) in table)
        {
            string plain = name.Split(' ')[0].TrimEnd('_');
            yield return new(plain, (x, _) => call(x[0])) { Low = low, High = high };
            if (inPlace is not null)
            {
                yield return new(plain + "_", (x, _) =>
                {
                    Tensor y = x[0].mul(1);
                    inPlace(y);
                    return y.add(x[0]);
                }) { Low = low, High = high };
            }
        }
    }

    private static IEnumerable<GradientCase> MoreBinary()
    {
        (string Name, Func<Tensor, Tensor, Tensor> Call, double Low, double High)[] table =
        [
            ("arctan2", (a, b) => a.arctan2(b), 0.3, 2), ("xlogy", (a, b) => a.xlogy(b), 0.3, 2), ("xlog1py", (a, b) => special.xlog1py(a, b), 0.3, 2), ("logaddexp", (a, b) => a.logaddexp(b), -2, 2), ("logaddexp2", (a, b) => a.logaddexp2(b), -2, 2),
            ("hypot", (a, b) => a.hypot(b), 0.3, 2), ("copysign", (a, b) => a.copysign(b), -2, 2), ("fmax", (a, b) => a.fmax(b), -2, 2), ("fmin", (a, b) => a.fmin(b), -2, 2), ("ldexp", (a, b) => a.ldexp(b), -2, 2), ("float_power", (a, b) => a.float_power(b), 0.4, 2),
            ("igamma", (a, b) => a.detach().igamma(b), 0.4, 3), ("igammac", (a, b) => a.detach().igammac(b), 0.4, 3), ("gammainc", (a, b) => special.gammainc(a.detach(), b), 0.4, 3), ("gammaincc", (a, b) => special.gammaincc(a.detach(), b), 0.4, 3),
        ];
        foreach ((string name, Func<Tensor, Tensor, Tensor> call, double low, double high) in table)
        {
            // The incomplete gamma functions have a derivative by their second argument only.
            bool second = name.Contains("gamm", StringComparison.Ordinal);
            yield return second
                ? new(name, (x, _) => call(x[0].detach().mul(0).add(1.3), x[0])) { Low = low, High = high }
                : new(name, (x, _) => call(x[0], x[1])) { Low = low, High = high, Inputs = 2, Broadcast = true };
        }

        (string Name, Action<Tensor, Tensor> Write, double Low, double High)[] inPlace =
        [
            ("arctan2_", (y, z) => y.arctan2_(z), 0.3, 2), ("atan2_", (y, z) => y.atan2_(z), 0.3, 2), ("xlogy_", (y, z) => y.xlogy_(z), 0.3, 2), ("copysign_", (y, z) => y.copysign_(z), -2, 2), ("ldexp_", (y, z) => y.ldexp_(z), -2, 2), ("float_power_", (y, z) => y.float_power_(z), 0.4, 2),
            ("addcmul_", (y, z) => y.addcmul_(z, z, 2), -2, 2), ("addcdiv_", (y, z) => y.addcdiv_(z, z.square(), 2), 0.4, 2), ("multiply_", (y, z) => torch.multiply_(y, z), -2, 2), ("conj_physical_", (y, _) => y.conj_physical_(), -2, 2),
            ("masked_scatter_", (y, z) => y.masked_scatter_(y.detach().gt(0), z), -2, 2),
        ];
        foreach ((string name, Action<Tensor, Tensor> write, double low, double high) in inPlace)
        {
            yield return new(name, (x, _) =>
            {
                Tensor y = x[0].mul(1);
                write(y, x[1]);
                return y.add(x[0]);
            }) { Low = low, High = high, Inputs = 2 };
        }

        yield return new("masked_scatter", (x, _) => x[0].masked_scatter(x[0].detach().gt(0), x[1].exp())) { Inputs = 2 };
        yield return new("cdist", (x, _) => torch.cdist(x[0], x[1].add(5))) { Inputs = 2, MinRank = 2, NoEmpty = true };
        yield return new("cross", (x, _) => linalg.cross(stack([x[0], x[1], x[0]], -1), stack([x[1].exp(), x[0], x[1]], -1))) { Inputs = 2 };
    }

    private static IEnumerable<GradientCase> MoreReducing()
    {
        yield return new("nanmean", (x, _) => x[0].nanmean()) { NoEmpty = true };
        yield return new("nanmedian", (x, _) => x[0].nanmedian()) { NoEmpty = true, Distinct = true };
        yield return new("nanquantile", (x, random) => x[0].nanquantile(tensor(0.3), Dim(x[0], random))) { NoEmpty = true, Distinct = true, MinRank = 1 };
        yield return new("std_mean", (x, _) => { (Tensor s, Tensor m) = torch.std_mean(stack([x[0], x[0].exp()], 0)); return s.mul(2).add(m); }) { NoEmpty = true, Low = 0.3 };
        yield return new("var_mean", (x, _) => { (Tensor s, Tensor m) = torch.var_mean(stack([x[0], x[0].exp()], 0)); return s.mul(2).add(m); }) { NoEmpty = true, Low = 0.3 };
        yield return new("cummax", (x, random) => x[0].cummax(Dim(x[0], random)).Item1) { NoEmpty = true, Distinct = true, MinRank = 1 };
        yield return new("cummin", (x, random) => x[0].cummin(Dim(x[0], random)).Item1) { NoEmpty = true, Distinct = true, MinRank = 1 };
        yield return new("logcumsumexp", (x, random) => x[0].logcumsumexp(Dim(x[0], random))) { NoEmpty = true, MinRank = 1 };
        yield return new("cov", (x, _) => cat([x[0], x[0].exp()], 1).cov()) { NoEmpty = true, MinRank = 2, MaxRank = 2 };
        yield return new("corrcoef", (x, _) => cat([x[0], x[0].exp()], 1).corrcoef()) { NoEmpty = true, MinRank = 2, MaxRank = 2 };
        yield return new("renorm", (x, _) => x[0].renorm(2, 0, 1)) { NoEmpty = true, MinRank = 2, Low = 0.5 };
        yield return new("trapezoid", (x, random) => x[0].trapezoid(0.5, Dim(x[0], random))) { NoEmpty = true, MinRank = 1 };
        yield return new("trapz", (x, random) => torch.trapz(x[0], 0.5, Dim(x[0], random))) { NoEmpty = true, MinRank = 1 };
        yield return new("cumulative_trapezoid", (x, random) => x[0].cumulative_trapezoid(0.5, Dim(x[0], random))) { NoEmpty = true, MinRank = 1 };
        yield return new("mode", (x, random) => cat([x[0], x[0]], -1).mode(-1).Item1) { NoEmpty = true, MinRank = 1, Distinct = true };
    }

    private static IEnumerable<GradientCase> MoreMoving()
    {
        yield return new("tensor_split", (x, _) => x[0].tensor_split(2)[0].exp()) { MinRank = 1, NoEmpty = true };
        yield return new("vsplit", (x, _) => x[0].vsplit(x[0].shape[0])[0].exp()) { MinRank = 2, NoEmpty = true };
        yield return new("hsplit", (x, _) => x[0].hsplit(x[0].shape[1])[0].exp()) { MinRank = 2, NoEmpty = true };
        yield return new("dsplit", (x, _) => x[0].dsplit(x[0].shape[2])[0].exp()) { MinRank = 3, NoEmpty = true };
        yield return new("atleast_1d", (x, _) => x[0].atleast_1d().square());
        yield return new("atleast_2d", (x, _) => x[0].atleast_2d().square());
        yield return new("atleast_3d", (x, _) => x[0].atleast_3d().square());
        yield return new("rot90", (x, _) => x[0].rot90(1, (0, 1)).exp()) { MinRank = 2 };
        yield return new("select_scatter", (x, _) => x[0].select_scatter(x[1].select(0, 0), 0, -1).square()) { MinRank = 1, Inputs = 2, NoEmpty = true };
        yield return new("slice_scatter", (x, _) => x[0].slice_scatter(x[1][..1], 0, 0, 1, 1).square()) { MinRank = 1, Inputs = 2, NoEmpty = true };
        yield return new("diagonal_scatter", (x, _) => x[0].diagonal_scatter(x[1].diagonal().exp()).square()) { MinRank = 2, MaxRank = 2, Inputs = 2, NoEmpty = true };
        yield return new("vander", (x, _) => x[0].vander(3)) { MinRank = 1, MaxRank = 1, NoEmpty = true };
        yield return new("block_diag", (x, _) => torch.block_diag(x[0], x[1].exp()).square()) { MinRank = 2, MaxRank = 2, Inputs = 2 };
        yield return new("cartesian_prod", (x, _) => torch.cartesian_prod(x[0], x[1]).square()) { MinRank = 1, MaxRank = 1, Inputs = 2, NoEmpty = true };
        yield return new("combinations", (x, _) => torch.combinations(x[0], 2, true).square()) { MinRank = 1, MaxRank = 1, NoEmpty = true };
        yield return new("column_stack", (x, _) => torch.column_stack(x[0], x[1].exp()).square()) { MinRank = 1, Inputs = 2 };
        yield return new("row_stack", (x, _) => torch.row_stack(x[0], x[1].exp()).square()) { MinRank = 1, Inputs = 2 };
        yield return new("dstack", (x, _) => torch.dstack(x[0], x[1].exp()).square()) { MinRank = 1, Inputs = 2 };
        yield return new("adjoint", (x, _) => x[0].adjoint().exp()) { MinRank = 2 };
        yield return new("kron", (x, _) => x[0].kron(x[1])) { MinRank = 1, MaxRank = 2, Inputs = 2, NoEmpty = true };
    }

    private static IEnumerable<GradientCase> Matrices()
    {
        GradientCase Of(string name, Func<Tensor, Tensor> call) => new(name, (x, _) => call(x[0])) { MinRank = 2, MaxRank = 2, NoEmpty = true, Low = -1, High = 1 };
        GradientCase OfTwo(string name, Func<Tensor, Tensor, Tensor> call) => new(name, (x, _) => call(x[0], x[1])) { MinRank = 2, MaxRank = 2, NoEmpty = true, Inputs = 2, Low = -1, High = 1 };

        yield return Of("det", x => Positive(x).det());
        yield return Of("logdet", x => Positive(x).logdet());
        yield return Of("slogdet", x => torch.slogdet(Positive(x)).Item2);
        yield return Of("inverse", x => Positive(x).inverse());
        yield return Of("inv", x => linalg.inv(Positive(x)));
        yield return Of("inv_ex", x => linalg.inv_ex(Positive(x)).Item1);
        yield return Of("pinverse", x => Positive(x).pinverse());
        yield return Of("pinv", x => linalg.pinv(Positive(x)));
        yield return Of("matrix_exp", x => x.matmul(x.mT).mul(0.3).matrix_exp());
        yield return Of("matrix_power", x => Positive(x).matrix_power(3));
        yield return Of("cholesky", x => linalg.cholesky(Positive(x)));
        yield return Of("cholesky_ex", x => linalg.cholesky_ex(Positive(x)).Item1);
        yield return Of("cholesky_inverse", x => linalg.cholesky(Positive(x)).cholesky_inverse());
        yield return OfTwo("cholesky_solve", (x, y) => y.cholesky_solve(linalg.cholesky(Positive(x))));
        yield return OfTwo("solve", (x, y) => linalg.solve(Positive(x), y));
        yield return OfTwo("solve_ex", (x, y) => linalg.solve_ex(Positive(x), y).Item1);
        yield return OfTwo("solve_triangular", (x, y) => linalg.solve_triangular(Positive(x).tril(), y, upper: false));
        yield return OfTwo("lstsq", (x, y) => linalg.lstsq(Positive(x), y).Item1);
        yield return Of("qr", x => { (Tensor q, Tensor r) = linalg.qr(Positive(x)); return q.mul(2).add(r); });
        yield return Of("eigh", x => { (Tensor values, Tensor vectors) = linalg.eigh(Spread(x)); return vectors.square().mul(values); });
        yield return Of("eigvalsh", x => linalg.eigvalsh(Spread(x)));
        yield return Of("svd", x => { (Tensor u, Tensor s, Tensor vh) = linalg.svd(Spread(x), fullMatrices: false); return u.square().mul(s).add(vh.square()); });
        yield return Of("svdvals", x => linalg.svdvals(Spread(x)));
        yield return Of("cond", x => linalg.cond(Spread(x)));
        yield return Of("tensorinv", x => linalg.tensorinv(Positive(x), 1));
        yield return OfTwo("tensorsolve", (x, y) => linalg.tensorsolve(Positive(x), y.select(1, 0), null!));
        yield return OfTwo("addbmm", (x, y) => x.matmul(y.mT).addbmm(stack([x, y], 0), stack([y, x], 0).mT, 2, 3));
        yield return OfTwo("addbmm_", (x, y) => x.matmul(y.mT).addbmm_(stack([x, y], 0), stack([y, x], 0).mT, 2, 3));
        yield return OfTwo("addmv_", (x, y) => x.select(1, 0).mul(1).addmv_(x, y[0], 2, 3));
        yield return OfTwo("addr", (x, y) => x.matmul(y.mT).addr(x.select(1, 0), y.select(1, 0), 2, 3));
        yield return OfTwo("addr_", (x, y) => x.matmul(y.mT).addr_(x.select(1, 0), y.select(1, 0), 2, 3));
        yield return OfTwo("chain_matmul", (x, y) => torch.chain_matmul(x, y.mT, x));
    }

    /// <summary>A symmetric matrix with eigenvalues of two and more.</summary>
    private static Tensor Positive(Tensor x) => x.matmul(x.mT).add(eye(x.shape[^2], dtype: ScalarType.Float64).mul(2));

    /// <summary>A symmetric matrix whose eigenvalues lie apart.</summary>
    private static Tensor Spread(Tensor x) => x.matmul(x.mT).mul(0.1).add(diag(arange(1, 1 + x.shape[^2], ScalarType.Float64).mul(3)));
}
