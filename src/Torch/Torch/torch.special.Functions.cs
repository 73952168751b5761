using TorchSharp.Autograd;
using TorchSharp.Kernels.Operations;

namespace TorchSharp;

public static partial class torch
{
    public static partial class special
    {
        public static Tensor digamma(Tensor input) => input.digamma();

        public static Tensor psi(Tensor input) => input.digamma();

        public static Tensor erfinv(Tensor input) => input.erfinv();

        public static Tensor gammaln(Tensor input) => input.lgamma();

        public static Tensor gammainc(Tensor input, Tensor other) => input.igamma(other);

        public static Tensor gammaincc(Tensor input, Tensor other) => input.igammac(other);

        public static Tensor multigammaln(Tensor input, long p) => input.mvlgamma(p);

        public static Tensor polygamma(long n, Tensor input) => input.polygamma(n);

        public static Tensor logit(Tensor input) => input.logit();

        public static Tensor sinc(Tensor input) => input.sinc();

        public static Tensor sigmoid_(Tensor input) => input.sigmoid_();

        public static Tensor i0(Tensor input) => input.i0();

        public static Tensor i0e(Tensor input) =>
            input.Special<Mapped<BesselI0Scaled>>().OfInput("SpecialI0EBackward0", input, static (g, x) => g.mul(i1e(x).sub(x.sign().mul(i0e(x)))));

        public static Tensor i1(Tensor input) =>
            input.Special<Mapped<BesselI1>>().OfInput("SpecialI1Backward0", input, static (g, x) => g.mul(Slope(x, x.i0(), i1(x))));

        public static Tensor i1e(Tensor input) =>
            input.Special<Mapped<BesselI1Scaled>>().OfInput("SpecialI1EBackward0", input, static (g, x) => g.mul(Slope(x, i0e(x), i1e(x)).sub(x.sign().mul(i1e(x)))));

        /// <summary>erfc(x) exp(x²).</summary>
        public static Tensor erfcx(Tensor input) =>
            input.Special<Mapped<ScaledComplement>>().OfInput("SpecialErfcxBackward0", input, static (g, x) => g.mul(x.mul(2).mul(erfcx(x)).sub(2 / Math.Sqrt(Math.PI))));

        /// <summary>The area under the normal density up to x.</summary>
        public static Tensor ndtr(Tensor input)
        {
            using DisposeScope scope = NewDisposeScope();
            return input.mul(-Math.Sqrt(0.5)).erfc().mul(0.5).MoveToOuterDisposeScope();
        }

        /// <summary>The x up to which the area under the normal density is the input.</summary>
        public static Tensor ndtri(Tensor input) =>
            input.Special<Mapped<InverseNormal>>().OfResult("SpecialNdtriBackward0", input, static (g, y) => g.mul(y.square().mul(0.5).exp()).mul(Math.Sqrt(2 * Math.PI)));

        public static Tensor xlog1py(Tensor input, Tensor other)
        {
            Tensor result = Tensor.Special<Mapped2<XLog1PY>>("special.xlog1py", input, other);
            if (!Derivative.Wanted(input, other)) return result;
            return result.From("SpecialXlog1PyBackward0", [input, other], [input, other], static (gradients, n) =>
            [
                n.Needs(0) ? gradients[0]!.mul(torch.where(n[0].eq(0).logical_and(n[1].le(-1)), n[1].zeros_like(), n[1].log1p())) : null,
                n.Needs(1) ? gradients[0]!.mul(n[0]).div(n[1].add(1)) : null,
            ]);
        }

        /// <summary>Hurwitz' zeta function.</summary>
        public static Tensor zeta(Tensor x, Tensor q)
        {
            if (Derivative.Wanted(x)) throw new TorchException("special.zeta", "the derivative for 'self' is not implemented");
            Tensor result = Tensor.Special<Mapped2<HurwitzZeta>>("special.zeta", x, q);
            if (!Derivative.Wanted(q)) return result;
            return result.From("SpecialZetaBackward0", [x, q], [x, q], static (gradients, n) => [null, gradients[0]!.mul(n[0].neg()).mul(zeta(n[0].add(1), n[1]))]);
        }

        // I₁' = I₀ − I₁ / x, a half at 0.
        private static Tensor Slope(Tensor x, Tensor zeroth, Tensor first)
        {
            Tensor atZero = x.eq(0);
            return torch.where(atZero, full([], 0.5, x.dtype), zeroth.sub(first.div(torch.where(atZero, ones_like(x), x))));
        }
    }
}
