using TorchSharp.Autograd;
using TorchSharp.Kernels.Operations;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor asinh() => FloatUnary<Asinh>().OfInput("AsinhBackward0", this, static (g, x) => g.mul(x.square().add(1).rsqrt()));

        public Tensor asinh_() => InPlace("asinh_", static x => x.asinh());

        public Tensor acosh() => FloatUnary<Acosh>().OfInput("AcoshBackward0", this, static (g, x) => g.mul(x.square().sub(1).rsqrt()));

        public Tensor acosh_() => InPlace("acosh_", static x => x.acosh());

        public Tensor atanh() => FloatUnary<Atanh>().OfInput("AtanhBackward0", this, static (g, x) => g.div(Complement(x)));

        public Tensor atanh_() => InPlace("atanh_", static x => x.atanh());

        public Tensor sinc() => FloatUnary<Mapped<Sinc>>().OfInput("SincBackward0", this, static (g, x) => g.mul(x.FloatUnary<Mapped<SincSlope>>()));

        public Tensor sinc_() => InPlace("sinc_", static x => x.sinc());

        public Tensor lgamma() => FloatUnary<Mapped<LogGamma>>().OfInput("LgammaBackward0", this, static (g, x) => g.mul(x.digamma()));

        public Tensor lgamma_() => InPlace("lgamma_", static x => x.lgamma());

        public Tensor digamma() => FloatUnary<Mapped<Digamma>>().OfInput("DigammaBackward0", this, static (g, x) => g.mul(x.polygamma(1)));

        public Tensor digamma_() => InPlace("digamma_", static x => x.digamma());

        public Tensor erfinv() => FloatUnary<Mapped<InverseErrorFunction>>().OfResult("ErfinvBackward0", this, static (g, y) => g.mul(y.square().exp()).mul(Math.Sqrt(Math.PI) / 2));

        public Tensor erfinv_() => InPlace("erfinv_", static x => x.erfinv());

        public Tensor i0() => FloatUnary<Mapped<BesselI0>>().OfInput("I0Backward0", this, static (g, x) => g.mul(special.i1(x)));

        public Tensor i0_() => InPlace("i0_", static x => x.i0());

        public Tensor arccos() => acos();

        public Tensor arccos_() => acos_();

        public Tensor arccosh() => acosh();

        public Tensor arccosh_() => acosh_();

        public Tensor arcsin() => asin();

        public Tensor arcsin_() => asin_();

        public Tensor arcsinh() => asinh();

        public Tensor arcsinh_() => asinh_();

        public Tensor arctan() => atan();

        public Tensor arctan_() => atan_();

        public Tensor arctanh() => atanh();

        public Tensor arctanh_() => atanh_();

        public Tensor arctan(Tensor other) => atan2(other);

        public Tensor arctan_(Tensor other) => atan2_(other);

        public Tensor arctan2(Tensor other) => atan2(other);

        public Tensor arctan2_(Tensor other) => atan2_(other);

        public Tensor atan2_(Tensor other) => InPlace("atan2_", x => x.atan2(other), other);

        public Tensor deg2rad() => mul(Math.PI / 180);

        public Tensor deg2rad_() => InPlace("deg2rad_", static x => x.deg2rad());

        public Tensor rad2deg() => mul(180 / Math.PI);

        public Tensor rad2deg_() => InPlace("rad2deg_", static x => x.rad2deg());

        public Tensor frac_() => InPlace("frac_", static x => x.frac());

        public Tensor nan_to_num_(double nan = 0, double? posinf = null, double? neginf = null) => InPlace("nan_to_num_", x => x.nan_to_num(nan, posinf, neginf));

        /// <summary>log(x / (1 − x)), x clamped to [eps, 1 − eps] if eps is given.</summary>
        public Tensor logit(double? eps = null)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor x = to_type(dtype.Floating());
            if (eps is { } e) x = x.clamp(e, 1 - e);
            return x.log().sub(x.neg().log1p()).MoveToOuterDisposeScope();
        }

        public Tensor logit_(double? eps = null) => InPlace("logit_", x => x.logit(eps));

        /// <summary>The p-th derivative of digamma.</summary>
        public Tensor polygamma(long p)
        {
            if (p < 0) throw new TorchException("polygamma", $"polygamma(n, x) does not support negative n, got {p}");
            if (p == 0) return digamma();
            using DisposeScope scope = NewDisposeScope();
            double factor = (p % 2 == 0 ? -1 : 1) * Math.Exp(LogGamma.Of(p + 1));
            Tensor order = full([], p + 1, dtype.Floating());
            using Tensor plain = detach();
            Tensor value = FloatBinary<Mapped2<HurwitzZeta>>("polygamma", order, plain).mul(Math.Round(factor));
            return value.OfInput("PolygammaBackward0", this, (g, x) => g.mul(x.polygamma(p + 1))).MoveToOuterDisposeScope();
        }

        public Tensor polygamma_(long p) => InPlace("polygamma_", x => x.polygamma(p));

        /// <summary>The logarithm of the multivariate gamma function of dimension p.</summary>
        public Tensor mvlgamma(long p)
        {
            if (p < 1) throw new TorchException("mvlgamma", $"p has to be greater than or equal to 1, got {p}");
            using DisposeScope scope = NewDisposeScope();
            Tensor shifts = arange(0, p, 1, dtype.Floating()).mul(-0.5);
            return unsqueeze(-1).add(shifts).lgamma().sum(-1).add(p * (p - 1) / 4.0 * Math.Log(Math.PI)).MoveToOuterDisposeScope();
        }

        public Tensor mvlgamma_(long p) => InPlace("mvlgamma_", x => x.mvlgamma(p));

        public Tensor xlogy(Tensor y)
        {
            Tensor result = FloatBinary<Mapped2<XLogY>>("xlogy", this, y);
            if (!Derivative.Wanted(this, y)) return result;
            return result.From("XlogyBackward0", [this, y], [this, y], static (gradients, n) =>
            [
                n.Needs(0) ? gradients[0]!.mul(torch.where(n[0].eq(0).logical_and(n[1].le(0)), n[1].zeros_like(), n[1].log())) : null,
                n.Needs(1) ? gradients[0]!.mul(n[0]).div(n[1]) : null,
            ]);
        }

        public Tensor xlogy(Scalar y)
        {
            using Tensor number = Number(y);
            return xlogy(number);
        }

        public Tensor xlogy_(Tensor y) => InPlace("xlogy_", x => x.xlogy(y), y);

        public Tensor xlogy_(Scalar y) => InPlace("xlogy_", x => x.xlogy(y));

        public Tensor logaddexp(Tensor other)
        {
            Tensor result = FloatBinary<Mapped2<LogAddExp>>("logaddexp", this, other);
            if (!Derivative.Wanted(this, other)) return result;
            return result.From("LogaddexpBackward0", [this, other], [this, other], static (gradients, n) =>
                [n.Needs(0) ? gradients[0]!.mul(n[0].sub(n[1]).sigmoid()) : null, n.Needs(1) ? gradients[0]!.mul(n[1].sub(n[0]).sigmoid()) : null]);
        }

        public Tensor logaddexp2(Tensor other)
        {
            Tensor result = FloatBinary<Mapped2<LogAddExp2>>("logaddexp2", this, other);
            if (!Derivative.Wanted(this, other)) return result;
            return result.From("Logaddexp2Backward0", [this, other], [this, other], static (gradients, n) =>
            [
                n.Needs(0) ? gradients[0]!.mul(n[0].sub(n[1]).mul(Math.Log(2)).sigmoid()) : null,
                n.Needs(1) ? gradients[0]!.mul(n[1].sub(n[0]).mul(Math.Log(2)).sigmoid()) : null,
            ]);
        }

        public Tensor hypot(Tensor other)
        {
            RequireFloats("hypot", this, other);
            Tensor result = FloatBinary<Hypotenuse>("hypot", this, other);
            if (!Derivative.Wanted(this, other)) return result;
            return result.From("HypotBackward0", [this, other], [this, other, result], static (gradients, n) =>
                [n.Needs(0) ? gradients[0]!.mul(n[0].div(n[2])) : null, n.Needs(1) ? gradients[0]!.mul(n[1].div(n[2])) : null]);
        }

        /// <summary>The magnitude of this with the sign of the other.</summary>
        public Tensor copysign(Tensor other)
        {
            Tensor result = FloatBinary<CopySign>("copysign", this, other);
            if (!Derivative.Wanted(this, other)) return result;
            return result.From("CopysignBackward0", [this, other], [this, result], static (gradients, n) =>
                [n.Needs(0) ? gradients[0]!.mul(n[0].sign()).mul(n[1].sign()) : null, n.Needs(1) ? gradients[0]!.zeros_like() : null]);
        }

        public Tensor copysign_(Tensor other) => InPlace("copysign_", x => x.copysign(other), other);

        public Tensor nextafter(Tensor other)
        {
            RequireFloats("nextafter", this, other);
            if (dtype.IsReduced()) throw new TorchException("nextafter", $"not implemented for {_dtype}");
            return FloatBinary<NextAfter>("nextafter", this, other);
        }

        public Tensor nextafter_(Tensor other) => InPlace("nextafter_", x => x.nextafter(other), other);

        public Tensor fmax(Tensor other) => Chosen(Binary<MaximumNumber>("fmax", this, other), other, static (a, b) => a.ge(b).logical_or(b.isnan()));

        public Tensor fmin(Tensor other) => Chosen(Binary<MinimumNumber>("fmin", this, other), other, static (a, b) => a.le(b).logical_or(b.isnan()));

        public Tensor gcd(Tensor other) => IntegerBinary<GreatestCommonDivisor>("gcd", this, other);

        public Tensor gcd_(Tensor other) => InPlace("gcd_", x => x.gcd(other), other);

        public Tensor lcm(Tensor other) => IntegerBinary<LeastCommonMultiple>("lcm", this, other);

        public Tensor lcm_(Tensor other) => InPlace("lcm_", x => x.lcm(other), other);

        /// <summary>this · 2^other.</summary>
        public Tensor ldexp(Tensor other)
        {
            using DisposeScope scope = NewDisposeScope();
            return mul(other.to_type(other.dtype.Floating()).exp2()).MoveToOuterDisposeScope();
        }

        public Tensor ldexp_(Tensor other) => InPlace("ldexp_", x => x.ldexp(other), other);

        /// <summary>0 below zero, 1 above, and the value given at zero.</summary>
        public Tensor heaviside(Tensor other)
        {
            if (dtype != other.dtype) throw new TorchException("heaviside", $"heaviside is not yet implemented for tensors with different dtypes: {_dtype} and {other._dtype}");
            using DisposeScope scope = NewDisposeScope();
            Tensor step = gt(0).to_type(_dtype);
            Tensor result = torch.where(eq(0), other, step);
            if (_dtype.IsFloat()) result = torch.where(isnan(), step.mul(0), result);
            return result.detach().MoveToOuterDisposeScope();
        }

        public Tensor heaviside_(Tensor other) => InPlace("heaviside_", x => x.heaviside(other), other);

        /// <summary>A power computed in float64.</summary>
        public Tensor float_power(Tensor target)
        {
            using DisposeScope scope = NewDisposeScope();
            return to_type(ScalarType.Float64).pow(target.to_type(ScalarType.Float64)).MoveToOuterDisposeScope();
        }

        public Tensor float_power_(Tensor target)
        {
            if (dtype != ScalarType.Float64) throw new TorchException("float_power_", $"the base given to float_power_ has dtype {_dtype} but the operation's result requires dtype Float64");
            return InPlace("float_power_", x => x.float_power(target), target);
        }

        /// <summary>Mantissa in [0.5, 1) and exponent, of type int32.</summary>
        public (Tensor Mantissa, Tensor Exponent) frexp()
        {
            if (!dtype.IsFloat()) throw new TorchException("frexp", $"torch.frexp() only supports floating-point dtypes, got {_dtype}");
            using DisposeScope scope = NewDisposeScope();
            double[] values = to_type(ScalarType.Float64).data<double>().ToArray();
            var exponents = new int[values.Length];
            for (int i = 0; i < values.Length; i++)
            {
                if (values[i] == 0 || !double.IsFinite(values[i])) continue;
                exponents[i] = Math.ILogB(values[i]) + 1;
                values[i] = Math.ScaleB(values[i], -exponents[i]);
            }

            Tensor exponent = torch.tensor(exponents, shape);
            Tensor mantissa = torch.tensor(values, shape).to_type(_dtype);
            if (Derivative.Wanted(this))
                mantissa.From("FrexpBackward0", [this], [exponent], static (gradients, n) => [gradients[0]!.mul(n[0].neg().to_type(gradients[0]!.dtype).exp2())]);
            return scope.MoveToOuter(mantissa, exponent);
        }

        public Tensor igamma(Tensor other)
        {
            RequireFloats("igamma", this, other);
            return Incomplete(FloatBinary<Mapped2<LowerGamma>>("igamma", this, other), other, 1);
        }

        public Tensor igammac(Tensor other)
        {
            RequireFloats("igammac", this, other);
            return Incomplete(FloatBinary<Mapped2<UpperGamma>>("igammac", this, other), other, -1);
        }

        public Tensor bitwise_left_shift(Tensor other) => IntegerBinary<ShiftLeft>("bitwise_left_shift", this, other);

        public Tensor bitwise_left_shift_(Tensor other) => InPlace("bitwise_left_shift_", x => x.bitwise_left_shift(other), other);

        public Tensor bitwise_right_shift(Tensor other) => IntegerBinary<ShiftRight>("bitwise_right_shift", this, other);

        public Tensor bitwise_right_shift_(Tensor other) => InPlace("bitwise_right_shift_", x => x.bitwise_right_shift(other), other);

        public Tensor bitwise_and_(Tensor other) => InPlace("bitwise_and_", x => x.bitwise_and(other), other);

        public Tensor bitwise_or_(Tensor other) => InPlace("bitwise_or_", x => x.bitwise_or(other), other);

        public Tensor bitwise_xor_(Tensor other) => InPlace("bitwise_xor_", x => x.bitwise_xor(other), other);

        public Tensor bitwise_not_() => InPlace("bitwise_not_", static x => x.bitwise_not());

        public Tensor eq_(Tensor target) => InPlace("eq_", x => x.eq(target), target);

        public Tensor eq_(Scalar target) => InPlace("eq_", x => x.eq(target));

        public Tensor ne_(Tensor target) => InPlace("ne_", x => x.ne(target), target);

        public Tensor ne_(Scalar target) => InPlace("ne_", x => x.ne(target));

        public Tensor lt_(Tensor target) => InPlace("lt_", x => x.lt(target), target);

        public Tensor lt_(Scalar target) => InPlace("lt_", x => x.lt(target));

        public Tensor le_(Tensor target) => InPlace("le_", x => x.le(target), target);

        public Tensor le_(Scalar target) => InPlace("le_", x => x.le(target));

        public Tensor gt_(Tensor target) => InPlace("gt_", x => x.gt(target), target);

        public Tensor gt_(Scalar target) => InPlace("gt_", x => x.gt(target));

        public Tensor ge_(Tensor target) => InPlace("ge_", x => x.ge(target), target);

        public Tensor ge_(Scalar target) => InPlace("ge_", x => x.ge(target));

        public Tensor not_equal_(Tensor target) => ne_(target);

        public Tensor less_equal_(Tensor target) => le_(target);

        internal Tensor Special<TOp>() where TOp : Kernels.IFloatUnary => FloatUnary<TOp>();

        internal static Tensor Special<TOp>(string operation, Tensor a, Tensor b) where TOp : Kernels.IFloatBinary => FloatBinary<TOp>(operation, a, b);

        private static void RequireFloats(string operation, Tensor a, Tensor b)
        {
            if (!a.dtype.IsFloat() || !b.dtype.IsFloat()) throw new TorchException(operation, $"expected floating point tensors, got {a._dtype} and {b._dtype}");
        }

        // The gradient goes where the value came from.
        private Tensor Chosen(Tensor result, Tensor other, Func<Tensor, Tensor, Tensor> first)
        {
            if (!Derivative.Wanted(this, other)) return result;
            return result.From("FmaxBackward0", [this, other], [this, other], (gradients, n) =>
            {
                Tensor mine = first(n[0], n[1]);
                return [n.Needs(0) ? gradients[0]!.mul(mine) : null, n.Needs(1) ? gradients[0]!.mul(mine.logical_not()) : null];
            });
        }

        private Tensor Incomplete(Tensor result, Tensor x, int sign)
        {
            if (Derivative.Wanted(this)) throw new TorchException("igamma", "the derivative for 'self' is not implemented");
            if (!Derivative.Wanted(x)) return result;
            return result.From("IgammaBackward0", [this, x], [this, x], (gradients, n) =>
                [null, gradients[0]!.mul(n[1].neg().add(n[0].sub(1).mul(n[1].log())).sub(n[0].lgamma()).exp()).mul(sign)]);
        }
    }
}
