using TorchSharp.Autograd;
using TorchSharp.Kernels;
using TorchSharp.Kernels.Operations;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor sqrt() => FloatUnary<Sqrt>().OfResult("SqrtBackward0", this, static (g, y) => g.div(y.mul(2)));

        public Tensor sqrt_() => Derivative.Wanted(this) ? Rewrite("sqrt_", static x => x.sqrt()) : FloatUnary_<Sqrt>();

        public Tensor rsqrt() => FloatUnary<Rsqrt>().OfResult("RsqrtBackward0", this, static (g, y) => g.mul(y.pow(3)).mul(-0.5));

        public Tensor rsqrt_() => Derivative.Wanted(this) ? Rewrite("rsqrt_", static x => x.rsqrt()) : FloatUnary_<Rsqrt>();

        public Tensor exp() => FloatUnary<Exp>().OfResult("ExpBackward0", this, static (g, y) => g.mul(y));

        public Tensor exp_() => Derivative.Wanted(this) ? Rewrite("exp_", static x => x.exp()) : FloatUnary_<Exp>();

        public Tensor exp2() => FloatUnary<Exp2>().OfResult("Exp2Backward0", this, static (g, y) => g.mul(y).mul(Math.Log(2)));

        public Tensor exp2_() => Derivative.Wanted(this) ? Rewrite("exp2_", static x => x.exp2()) : FloatUnary_<Exp2>();

        public Tensor expm1() => FloatUnary<Expm1>().OfResult("Expm1Backward0", this, static (g, y) => g.mul(y.add(1)));

        public Tensor expm1_() => Derivative.Wanted(this) ? Rewrite("expm1_", static x => x.expm1()) : FloatUnary_<Expm1>();

        public Tensor log() => FloatUnary<Log>().OfInput("LogBackward0", this, static (g, x) => g.div(x));

        public Tensor log_() => Derivative.Wanted(this) ? Rewrite("log_", static x => x.log()) : FloatUnary_<Log>();

        public Tensor log1p() => FloatUnary<Log1p>().OfInput("Log1pBackward0", this, static (g, x) => g.div(x.add(1)));

        public Tensor log1p_() => Derivative.Wanted(this) ? Rewrite("log1p_", static x => x.log1p()) : FloatUnary_<Log1p>();

        public Tensor log2() => FloatUnary<Log2>().OfInput("Log2Backward0", this, static (g, x) => g.div(x.mul(Math.Log(2))));

        public Tensor log2_() => Derivative.Wanted(this) ? Rewrite("log2_", static x => x.log2()) : FloatUnary_<Log2>();

        public Tensor log10() => FloatUnary<Log10>().OfInput("Log10Backward0", this, static (g, x) => g.div(x.mul(Math.Log(10))));

        public Tensor log10_() => Derivative.Wanted(this) ? Rewrite("log10_", static x => x.log10()) : FloatUnary_<Log10>();

        public Tensor sin() => FloatUnary<Sin>().OfInput("SinBackward0", this, static (g, x) => g.mul(x.cos()));

        public Tensor sin_() => Derivative.Wanted(this) ? Rewrite("sin_", static x => x.sin()) : FloatUnary_<Sin>();

        public Tensor cos() => FloatUnary<Cos>().OfInput("CosBackward0", this, static (g, x) => g.mul(x.sin()).neg());

        public Tensor cos_() => Derivative.Wanted(this) ? Rewrite("cos_", static x => x.cos()) : FloatUnary_<Cos>();

        public Tensor tan() => FloatUnary<Tan>().OfResult("TanBackward0", this, static (g, y) => g.mul(y.square().add(1)));

        public Tensor tan_() => Derivative.Wanted(this) ? Rewrite("tan_", static x => x.tan()) : FloatUnary_<Tan>();

        public Tensor asin() => FloatUnary<Asin>().OfInput("AsinBackward0", this, static (g, x) => g.mul(Complement(x).rsqrt()));

        public Tensor asin_() => Derivative.Wanted(this) ? Rewrite("asin_", static x => x.asin()) : FloatUnary_<Asin>();

        public Tensor acos() => FloatUnary<Acos>().OfInput("AcosBackward0", this, static (g, x) => g.mul(Complement(x).rsqrt()).neg());

        public Tensor acos_() => Derivative.Wanted(this) ? Rewrite("acos_", static x => x.acos()) : FloatUnary_<Acos>();

        public Tensor atan() => FloatUnary<Atan>().OfInput("AtanBackward0", this, static (g, x) => g.div(x.square().add(1)));

        public Tensor atan_() => Derivative.Wanted(this) ? Rewrite("atan_", static x => x.atan()) : FloatUnary_<Atan>();

        public Tensor sinh() => FloatUnary<Sinh>().OfInput("SinhBackward0", this, static (g, x) => g.mul(x.cosh()));

        public Tensor sinh_() => Derivative.Wanted(this) ? Rewrite("sinh_", static x => x.sinh()) : FloatUnary_<Sinh>();

        public Tensor cosh() => FloatUnary<Cosh>().OfInput("CoshBackward0", this, static (g, x) => g.mul(x.sinh()));

        public Tensor cosh_() => Derivative.Wanted(this) ? Rewrite("cosh_", static x => x.cosh()) : FloatUnary_<Cosh>();

        public Tensor tanh() => FloatUnary<Tanh>().OfResult("TanhBackward0", this, static (g, y) => Slope<TanhSlope>(g, y) ?? g.mul(Complement(y)));

        public Tensor tanh_() => Derivative.Wanted(this) ? Rewrite("tanh_", static x => x.tanh()) : FloatUnary_<Tanh>();

        public Tensor sigmoid() => FloatUnary<Sigmoid>().OfResult("SigmoidBackward0", this, static (g, y) => Slope<SigmoidSlope>(g, y) ?? g.mul(y.mul(y.neg().add(1))));

        public Tensor sigmoid_() => Derivative.Wanted(this) ? Rewrite("sigmoid_", static x => x.sigmoid()) : FloatUnary_<Sigmoid>();

        public Tensor reciprocal() => FloatUnary<Reciprocal>().OfResult("ReciprocalBackward0", this, static (g, y) => g.mul(y.square()).neg());

        public Tensor reciprocal_() => Derivative.Wanted(this) ? Rewrite("reciprocal_", static x => x.reciprocal()) : FloatUnary_<Reciprocal>();

        public Tensor erf() => FloatUnary<Erf>().OfInput("ErfBackward0", this, static (g, x) => g.mul(x.square().neg().exp()).mul(2 / Math.Sqrt(Math.PI)));

        public Tensor erf_() => Derivative.Wanted(this) ? Rewrite("erf_", static x => x.erf()) : FloatUnary_<Erf>();

        public Tensor erfc() => FloatUnary<Erfc>().OfInput("ErfcBackward0", this, static (g, x) => g.mul(x.square().neg().exp()).mul(-2 / Math.Sqrt(Math.PI)));

        public Tensor erfc_() => Derivative.Wanted(this) ? Rewrite("erfc_", static x => x.erfc()) : FloatUnary_<Erfc>();

        public Tensor silu() => FloatUnary<Silu>().OfInput("SiluBackward0", this, static (g, x) => Slope<SiluSlope>(g, x) ?? g.mul(SiluDerivative(x)));

        public Tensor silu_() => Derivative.Wanted(this) ? Rewrite("silu_", static x => x.silu()) : FloatUnary_<Silu>();

        public Tensor floor() => dtype.IsFloat() ? Stepped(FloatUnary<Floor>()) : clone();

        public Tensor floor_() => Derivative.Wanted(this) ? Rewrite("floor_", static x => x.floor()) : dtype.IsFloat() ? FloatUnary_<Floor>() : this;

        public Tensor ceil() => dtype.IsFloat() ? Stepped(FloatUnary<Ceil>()) : clone();

        public Tensor ceil_() => Derivative.Wanted(this) ? Rewrite("ceil_", static x => x.ceil()) : dtype.IsFloat() ? FloatUnary_<Ceil>() : this;

        public Tensor trunc() => dtype.IsFloat() ? Stepped(FloatUnary<Trunc>()) : clone();

        public Tensor trunc_() => Derivative.Wanted(this) ? Rewrite("trunc_", static x => x.trunc()) : dtype.IsFloat() ? FloatUnary_<Trunc>() : this;

        public Tensor fix() => trunc();

        public Tensor fix_() => trunc_();

        public Tensor frac()
        {
            using Tensor whole = trunc().DetachFromDisposeScope();
            return sub(whole);
        }

        public Tensor round(long decimals = 0)
        {
            if (!dtype.IsFloat()) return clone();
            return Stepped(decimals == 0 ? FloatUnary<Round>() : FloatUnary<RoundTo>(Math.Pow(10, decimals)));
        }

        public Tensor round_(long decimals = 0) => Derivative.Wanted(this) ? Rewrite("round_", x => x.round(decimals)) : dtype.IsFloat() ? decimals == 0 ? FloatUnary_<Round>() : FloatUnary_<RoundTo>(Math.Pow(10, decimals)) : this;

        public Tensor abs() => dtype.IsComplex() ? Magnitude() : Unary<Absolute>().OfInput("AbsBackward0", this, static (g, x) => g.mul(x.sign()));

        public Tensor abs_() => InPlace("abs_", static x => x.abs());

        public Tensor sign() => Stepped(Unary<Sign>());

        public Tensor sign_() => InPlace("sign_", static x => x.sign());

        public Tensor relu() => dtype == ScalarType.Bool ? throw new TorchException("relu", "Boolean inputs not supported for relu") : Unary<Relu>().OfResult("ReluBackward0", this, static (g, y) => g.mul(y.gt(0)));

        public Tensor relu_() => InPlace("relu_", static x => x.relu());

        public Tensor absolute() => abs();

        public Tensor absolute_() => abs_();

        public Tensor sgn() => sign();

        public Tensor sgn_() => sign_();

        public Tensor neg()
        {
            if (dtype == ScalarType.Bool) throw new TorchException("neg", "Negation, the `-` operator, on a bool tensor is not supported. If you are trying to invert a mask, use the `~` or `logical_not()` operator instead.");
            return Unary<Negate>().Linear("NegBackward0", this, static g => g.neg());
        }

        public Tensor neg_() => InPlace("neg_", static x => x.neg());

        public Tensor negative() => neg();

        public Tensor positive() => alias();

        public Tensor square() => dtype == ScalarType.Bool ? to_type(ScalarType.Int64) : Unary<Square>().OfInput("PowBackward0", this, static (g, x) => g.mul(x.mul(2)));

        public Tensor log_sigmoid() => FloatUnary<LogSigmoid>().OfInput("LogSigmoidBackward0", this, static (g, x) => g.mul(x.neg().sigmoid()));

        public Tensor gelu() => FloatUnary<Gelu>().OfInput("GeluBackward0", this, static (g, x) => Slope<GeluSlope>(g, x) ?? g.mul(GeluDerivative(x)));

        public Tensor gelu_() => Derivative.Wanted(this) ? Rewrite("gelu_", static x => x.gelu()) : FloatUnary_<Gelu>();

        public Tensor gelu(Modules.GELU.Approximate approximate) =>
            approximate == Modules.GELU.Approximate.tanh
                ? FloatUnary<GeluTanh>().OfInput("GeluBackward0", this, static (g, x) => Slope<GeluTanhSlope>(g, x) ?? g.mul(GeluTanhDerivative(x)))
                : gelu();

        public Tensor gelu_(Modules.GELU.Approximate approximate) =>
            Derivative.Wanted(this) ? Rewrite("gelu_", x => x.gelu(approximate))
            : approximate == Modules.GELU.Approximate.tanh ? FloatUnary_<GeluTanh>() : FloatUnary_<Gelu>();

        private Tensor Stepped(Tensor result) => result.Linear("StepBackward0", this, static g => g.zeros_like());

        /// <summary>Gradient times derivative by one kernel, or null where the product itself is to be differentiated.</summary>
        private static Tensor? Slope<TOp>(Tensor gradient, Tensor at) where TOp : IFloatBinary =>
            is_grad_enabled() ? null : FloatBinary<TOp>("backward", gradient, at);

        private static Tensor Complement(Tensor y) => y.square().neg().add(1);

        private static Tensor SiluDerivative(Tensor x)
        {
            Tensor s = x.sigmoid();
            return s.mul(x.mul(s.neg().add(1)).add(1));
        }

        /// <summary>Φ(x) + x φ(x).</summary>
        private static Tensor GeluDerivative(Tensor x)
        {
            Tensor density = x.square().mul(-0.5).exp().mul(1 / Math.Sqrt(2 * Math.PI));
            return x.mul(Math.Sqrt(0.5)).erf().add(1).mul(0.5).add(x.mul(density));
        }

        private static Tensor GeluTanhDerivative(Tensor x)
        {
            const double Cubic = 0.044715;
            double root = Math.Sqrt(2 / Math.PI);
            Tensor square = x.square();
            Tensor t = x.mul(square.mul(Cubic).add(1)).mul(root).tanh();
            Tensor inner = square.mul(3 * Cubic).add(1).mul(root);
            return t.add(1).mul(0.5).add(x.mul(0.5).mul(Complement(t)).mul(inner));
        }
    }
}
