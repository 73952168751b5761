using TorchSharp.Kernels.Operations;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor sqrt() => FloatUnary<Sqrt>();

        public Tensor sqrt_() => FloatUnary_<Sqrt>();

        public Tensor rsqrt() => FloatUnary<Rsqrt>();

        public Tensor rsqrt_() => FloatUnary_<Rsqrt>();

        public Tensor exp() => FloatUnary<Exp>();

        public Tensor exp_() => FloatUnary_<Exp>();

        public Tensor exp2() => FloatUnary<Exp2>();

        public Tensor exp2_() => FloatUnary_<Exp2>();

        public Tensor expm1() => FloatUnary<Expm1>();

        public Tensor expm1_() => FloatUnary_<Expm1>();

        public Tensor log() => FloatUnary<Log>();

        public Tensor log_() => FloatUnary_<Log>();

        public Tensor log1p() => FloatUnary<Log1p>();

        public Tensor log1p_() => FloatUnary_<Log1p>();

        public Tensor log2() => FloatUnary<Log2>();

        public Tensor log2_() => FloatUnary_<Log2>();

        public Tensor log10() => FloatUnary<Log10>();

        public Tensor log10_() => FloatUnary_<Log10>();

        public Tensor sin() => FloatUnary<Sin>();

        public Tensor sin_() => FloatUnary_<Sin>();

        public Tensor cos() => FloatUnary<Cos>();

        public Tensor cos_() => FloatUnary_<Cos>();

        public Tensor tan() => FloatUnary<Tan>();

        public Tensor tan_() => FloatUnary_<Tan>();

        public Tensor asin() => FloatUnary<Asin>();

        public Tensor asin_() => FloatUnary_<Asin>();

        public Tensor acos() => FloatUnary<Acos>();

        public Tensor acos_() => FloatUnary_<Acos>();

        public Tensor atan() => FloatUnary<Atan>();

        public Tensor atan_() => FloatUnary_<Atan>();

        public Tensor sinh() => FloatUnary<Sinh>();

        public Tensor sinh_() => FloatUnary_<Sinh>();

        public Tensor cosh() => FloatUnary<Cosh>();

        public Tensor cosh_() => FloatUnary_<Cosh>();

        public Tensor tanh() => FloatUnary<Tanh>();

        public Tensor tanh_() => FloatUnary_<Tanh>();

        public Tensor sigmoid() => FloatUnary<Sigmoid>();

        public Tensor sigmoid_() => FloatUnary_<Sigmoid>();

        public Tensor reciprocal() => FloatUnary<Reciprocal>();

        public Tensor reciprocal_() => FloatUnary_<Reciprocal>();

        public Tensor erf() => FloatUnary<Erf>();

        public Tensor erf_() => FloatUnary_<Erf>();

        public Tensor erfc() => FloatUnary<Erfc>();

        public Tensor erfc_() => FloatUnary_<Erfc>();

        public Tensor silu() => FloatUnary<Silu>();

        public Tensor silu_() => FloatUnary_<Silu>();

        public Tensor floor() => dtype.IsFloat() ? FloatUnary<Floor>() : clone();

        public Tensor floor_() => dtype.IsFloat() ? FloatUnary_<Floor>() : this;

        public Tensor ceil() => dtype.IsFloat() ? FloatUnary<Ceil>() : clone();

        public Tensor ceil_() => dtype.IsFloat() ? FloatUnary_<Ceil>() : this;

        public Tensor trunc() => dtype.IsFloat() ? FloatUnary<Trunc>() : clone();

        public Tensor trunc_() => dtype.IsFloat() ? FloatUnary_<Trunc>() : this;

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
            return decimals == 0 ? FloatUnary<Round>() : FloatUnary<RoundTo>(Math.Pow(10, decimals));
        }

        public Tensor round_(long decimals = 0) => dtype.IsFloat() ? decimals == 0 ? FloatUnary_<Round>() : FloatUnary_<RoundTo>(Math.Pow(10, decimals)) : this;

        public Tensor abs() => Unary<Absolute>();

        public Tensor abs_() => Assign(Unary<Absolute>(), "abs_");

        public Tensor sign() => Unary<Sign>();

        public Tensor sign_() => Assign(Unary<Sign>(), "sign_");

        public Tensor relu() => Unary<Relu>();

        public Tensor relu_() => Assign(Unary<Relu>(), "relu_");

        public Tensor absolute() => abs();

        public Tensor absolute_() => abs_();

        public Tensor sgn() => sign();

        public Tensor sgn_() => sign_();

        public Tensor neg()
        {
            if (dtype == ScalarType.Bool) throw new TorchException("neg", "Negation, the `-` operator, on a bool tensor is not supported. If you are trying to invert a mask, use the `~` or `logical_not()` operator instead.");
            return Unary<Negate>();
        }

        public Tensor neg_() => Assign(neg(), "neg_");

        public Tensor negative() => neg();

        public Tensor positive() => alias();

        public Tensor square() => dtype == ScalarType.Bool ? clone() : Unary<Square>();

        public Tensor log_sigmoid() => FloatUnary<LogSigmoid>();

        public Tensor gelu() => FloatUnary<Gelu>();

        public Tensor gelu_() => FloatUnary_<Gelu>();

        public Tensor gelu(Modules.GELU.Approximate approximate) =>
            approximate == Modules.GELU.Approximate.tanh ? FloatUnary<GeluTanh>() : FloatUnary<Gelu>();

        public Tensor gelu_(Modules.GELU.Approximate approximate) =>
            approximate == Modules.GELU.Approximate.tanh ? FloatUnary_<GeluTanh>() : FloatUnary_<Gelu>();
    }
}
