using TorchSharp.Autograd;
using TorchSharp.Kernels.Operations;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor add(Tensor target) =>
            BothBool(this, target) ? IntegerBinary<BitOr>("add", this, target) : Added(Binary<Add>("add", this, target), this, target, 1);

        public Tensor add(Scalar scalar)
        {
            using Tensor number = Number(scalar);
            return add(number);
        }

        public Tensor add(Tensor target, Scalar alpha)
        {
            using Tensor wide = target.to_type(Dtypes.Result(this, target)).DetachFromDisposeScope(), scaled = wide.mul(alpha).DetachFromDisposeScope();
            return add(scaled);
        }

        public Tensor add(Scalar scalar, Scalar alpha)
        {
            using Tensor number = Number(scalar), factor = Number(alpha), scaled = number.mul(factor).DetachFromDisposeScope(), plain = Number(scaled.ToScalar());
            return add(plain);
        }

        public Tensor add_(Tensor target) =>
            Derivative.Wanted(this, target) ? Rewrite("add_", x => x.add(target))
            : BothBool(this, target) ? Assign(add(target), "add_") : Binary_<Add>("add_", target);

        public Tensor add_(Scalar scalar)
        {
            using Tensor number = Number(scalar);
            return add_(number);
        }

        public Tensor add_(Tensor target, Scalar alpha)
        {
            using Tensor wide = target.to_type(Dtypes.Result(this, target)).DetachFromDisposeScope(), scaled = wide.mul(alpha).DetachFromDisposeScope();
            return add_(scaled);
        }

        public Tensor add_(Scalar scalar, Scalar alpha) => InPlace("add_", x => x.add(scalar, alpha));

        public Tensor sub(Tensor target)
        {
            CheckNotBool("sub", this, target);
            return Added(Binary<Subtract>("sub", this, target), this, target, -1);
        }

        public Tensor sub(Scalar target)
        {
            using Tensor number = Number(target);
            return sub(number);
        }

        public Tensor sub_(Tensor target)
        {
            CheckNotBool("sub_", this, target);
            return Derivative.Wanted(this, target) ? Rewrite("sub_", x => x.sub(target)) : Binary_<Subtract>("sub_", target);
        }

        public Tensor sub_(Scalar target)
        {
            using Tensor number = Number(target);
            return sub_(number);
        }

        public Tensor subtract(Tensor target) => sub(target);

        public Tensor subtract(Scalar target) => sub(target);

        public Tensor subtract_(Tensor target) => sub_(target);

        public Tensor subtract_(Scalar target) => sub_(target);

        public Tensor mul(Tensor target) =>
            BothBool(this, target) ? IntegerBinary<BitAnd>("mul", this, target) : Product(Binary<Multiply>("mul", this, target), this, target);

        public Tensor mul(Scalar target)
        {
            using Tensor number = Number(target);
            return mul(number);
        }

        public Tensor mul_(Tensor target) =>
            Derivative.Wanted(this, target) ? Rewrite("mul_", x => x.mul(target))
            : BothBool(this, target) ? Assign(mul(target), "mul_") : Binary_<Multiply>("mul_", target);

        public Tensor mul_(Scalar target)
        {
            using Tensor number = Number(target);
            return mul_(number);
        }

        public Tensor multiply(Tensor target) => mul(target);

        public Tensor multiply(Scalar target) => mul(target);

        public Tensor div(Tensor target, RoundingMode rounding_mode = RoundingMode.None) => rounding_mode switch
        {
            RoundingMode.trunc => Flat(Binary<DivideTrunc>("div", this, target), this, target),
            RoundingMode.floor => Flat(Binary<DivideFloor>("div", this, target), this, target),
            _ => Quotient(FloatBinary<Divide>("div", this, target), this, target),
        };

        public Tensor div(Scalar target, RoundingMode rounding_mode = RoundingMode.None)
        {
            using Tensor number = Number(target);
            return div(number, rounding_mode);
        }

        public Tensor div_(Tensor target, RoundingMode rounding_mode = RoundingMode.None) => Derivative.Wanted(this, target) ? Rewrite("div_", x => x.div(target, rounding_mode)) : rounding_mode switch
        {
            RoundingMode.trunc => Binary_<DivideTrunc>("div_", target),
            RoundingMode.floor => Binary_<DivideFloor>("div_", target),
            _ => FloatBinary_<Divide>("div_", target),
        };

        public Tensor div_(Scalar target, RoundingMode rounding_mode = RoundingMode.None)
        {
            using Tensor number = Number(target);
            return div_(number, rounding_mode);
        }

        public Tensor divide(Tensor target, RoundingMode rounding_mode = RoundingMode.None) => div(target, rounding_mode);

        public Tensor divide(Scalar target, RoundingMode rounding_mode = RoundingMode.None) => div(target, rounding_mode);

        public Tensor true_divide(Tensor other) => div(other);

        public Tensor true_divide(Scalar other) => div(other);

        public Tensor floor_divide(Tensor other) => div(other, RoundingMode.floor);

        public Tensor floor_divide(Scalar other) => div(other, RoundingMode.floor);

        public Tensor divide_(Tensor target, RoundingMode rounding_mode = RoundingMode.None) => div_(target, rounding_mode);

        public Tensor divide_(Scalar target, RoundingMode rounding_mode = RoundingMode.None) => div_(target, rounding_mode);

        public Tensor true_divide_(Tensor other) => div_(other);

        public Tensor true_divide_(Scalar other) => div_(other);

        public Tensor floor_divide_(Tensor other) => div_(other, RoundingMode.floor);

        public Tensor floor_divide_(Scalar other) => div_(other, RoundingMode.floor);

        public Tensor remainder(Tensor target) =>
            Remainder(Binary<Modulo>("remainder", this, target), "RemainderBackward0", this, target, RoundingMode.floor);

        public Tensor remainder(Scalar scalar)
        {
            using Tensor number = Number(scalar);
            return remainder(number);
        }

        public Tensor remainder_(Tensor target) =>
            Derivative.Wanted(this, target) ? Rewrite("remainder_", x => x.remainder(target)) : Binary_<Modulo>("remainder_", target);

        public Tensor remainder_(Scalar scalar)
        {
            using Tensor number = Number(scalar);
            return remainder_(number);
        }

        public Tensor fmod(Tensor target) =>
            Remainder(Binary<Fmod>("fmod", this, target), "FmodBackward0", this, target, RoundingMode.trunc);

        public Tensor fmod(Scalar scalar)
        {
            using Tensor number = Number(scalar);
            return fmod(number);
        }

        public Tensor fmod_(Tensor target) =>
            Derivative.Wanted(this, target) ? Rewrite("fmod_", x => x.fmod(target)) : Binary_<Fmod>("fmod_", target);

        public Tensor fmod_(Scalar scalar)
        {
            using Tensor number = Number(scalar);
            return fmod_(number);
        }

        public Tensor pow(Tensor exponent) => Dtypes.Result(this, exponent).IsFloat()
            ? Powered(FloatBinary<Power>("pow", this, exponent), this, exponent)
            : IntegerBinary<IntegerPower>("pow", this, exponent);

        public Tensor pow(Scalar exponent)
        {
            if (exponent.IsInteger)
            {
                if (dtype.IsFloat() && exponent.Integer == 1) return clone();
                if (dtype.IsFloat() && exponent.Integer == 0) return Stepped(ones_like());
                if (dtype.IsFloat() && exponent.Integer == 2) return square();
                if (!_dtype.IsFloat() && exponent.Integer < 0) throw new TorchException("pow", "Integers to negative integer powers are not allowed.");
                if (!_dtype.IsFloat())
                {
                    using Tensor number = Number(exponent);
                    return pow(number);
                }
            }
        
            return exponent.Real switch
            {
                2 => FloatUnary<SquareOf>().OfInput("PowBackward0", this, static (g, x) => g.mul(x.mul(2))),
                0.5 => sqrt(),
                -0.5 => rsqrt(),
                -1 => reciprocal(),
                double p => FloatUnary<PowerOf>(p).OfInput(
                    "PowBackward0", this, (g, x) => p == 0 ? g.zeros_like() : g.mul(x.pow(p - 1).mul(p))),
            };
        }

        public Tensor pow_(Tensor exponent) => InPlace("pow_", x => x.pow(exponent), exponent);

        public Tensor pow_(Scalar exponent) => InPlace("pow_", x => x.pow(exponent));

        public Tensor maximum(Tensor other) => Chosen(Binary<Maximum>("maximum", this, other), "MaximumBackward0", this, other);

        public Tensor minimum(Tensor other) => Chosen(Binary<Minimum>("minimum", this, other), "MinimumBackward0", this, other);

        public Tensor max(Tensor other) => maximum(other);

        public Tensor min(Tensor other) => minimum(other);

        public Tensor atan2(Tensor other) => Angle(FloatBinary<Atan2>("atan2", this, other), this, other);

        public Tensor clamp(Scalar? min = null, Scalar? max = null)
        {
            if (min is null && max is null) throw new TorchException("clamp", "At least one of 'min' or 'max' must not be None");
            ScalarType type = NumberResult(NumberResult(dtype, min), max);
            if (type != _dtype)
            {
                using Tensor wide = As(type);
                return wide.clamp(min, max);
            }
        
            Tensor result = min is null ? Unary<ClampMax>(max) : max is null ? Unary<ClampMin>(min) : Unary<Clamp>(min, max);
            return result.OfInput("ClampBackward0", this, (g, x) =>
            {
                Tensor inside = min is null ? x.le(max!) : max is null ? x.ge(min) : x.ge(min).logical_and(x.le(max));
                return g.mul(inside);
            });
        }

        public Tensor clamp(Tensor? min = null, Tensor? max = null)
        {
            if (min is null && max is null) throw new TorchException("clamp", "At least one of 'min' or 'max' must not be None");
            if (min is null) return minimum(max!);
            if (max is null) return maximum(min);
            using Tensor raised = maximum(min).DetachFromDisposeScope();
            return raised.minimum(max);
        }

        public Tensor clamp_(Scalar? min = null, Scalar? max = null) => InPlace("clamp_", x => x.clamp(min, max));

        public Tensor clamp_(Tensor? min = null, Tensor? max = null) => InPlace("clamp_", x => x.clamp(min, max), min, max);

        public Tensor clamp_min(Scalar min) => clamp(min: min);

        public Tensor clamp_max(Scalar max) => clamp(max: max);

        public Tensor clamp_min_(Scalar min) => clamp_(min: min);

        public Tensor clamp_max_(Scalar max) => clamp_(max: max);

        public Tensor clip(Scalar? min = null, Scalar? max = null) => clamp(min, max);

        public Tensor lerp(Tensor end, Tensor weight)
        {
            using DisposeScope scope = NewDisposeScope();
            return end.sub(this).mul(weight).add(this).MoveToOuterDisposeScope();
        }

        public Tensor lerp_(Tensor end, Tensor weight) => InPlace("lerp_", x => x.lerp(end, weight), end, weight);

        public Tensor addcmul(Tensor tensor1, Tensor tensor2, Scalar value)
        {
            using DisposeScope scope = NewDisposeScope();
            return add(tensor1.mul(tensor2).mul(value)).MoveToOuterDisposeScope();
        }

        public Tensor addcdiv(Tensor tensor1, Tensor tensor2, Scalar value)
        {
            using DisposeScope scope = NewDisposeScope();
            return add(tensor1.div(tensor2).mul(value)).MoveToOuterDisposeScope();
        }

        public Tensor bitwise_and(Tensor other) => IntegerBinary<BitAnd>("bitwise_and", this, other);

        public Tensor bitwise_or(Tensor other) => IntegerBinary<BitOr>("bitwise_or", this, other);

        public Tensor bitwise_xor(Tensor other) => IntegerBinary<BitXor>("bitwise_xor", this, other);

        public Tensor bitwise_not() => dtype == ScalarType.Bool ? logical_not() : neg().sub_(1);

        private static Tensor Added(Tensor result, Tensor a, Tensor b, int sign)
        {
            if (!Derivative.Wanted(a, b)) return result;
            return result.From(sign > 0 ? "AddBackward0" : "SubBackward0", [a, b], [], (gradients, n) =>
                [n.Needs(0) ? gradients[0] : null, !n.Needs(1) ? null : sign > 0 ? gradients[0] : gradients[0]!.neg()]);
        }

        private static Tensor Product(Tensor result, Tensor a, Tensor b)
        {
            if (!Derivative.Wanted(a, b)) return result;
            return result.From("MulBackward0", [a, b], [b.requires_grad ? a : null, a.requires_grad ? b : null], static (gradients, n) =>
                [n.Needs(0) ? gradients[0]!.mul(n[1]) : null, n.Needs(1) ? gradients[0]!.mul(n[0]) : null]);
        }

        private static Tensor Quotient(Tensor result, Tensor a, Tensor b)
        {
            if (!Derivative.Wanted(a, b)) return result;
            return result.From("DivBackward0", [a, b], [b.requires_grad ? result : null, b], static (gradients, n) =>
            {
                Tensor g = gradients[0]!.div(n[1]);
                return [n.Needs(0) ? g : null, n.Needs(1) ? g.mul(n[0]).neg() : null];
            });
        }

        /// <summary>Steps: the derivative is zero wherever there is one.</summary>
        private static Tensor Flat(Tensor result, Tensor a, Tensor b)
        {
            if (!Derivative.Wanted(a, b)) return result;
            return result.From("DivBackward1", [a, b], [], static (gradients, n) =>
                [n.Needs(0) ? gradients[0]!.zeros_like() : null, n.Needs(1) ? gradients[0]!.zeros_like() : null]);
        }

        private static Tensor Remainder(Tensor result, string name, Tensor a, Tensor b, RoundingMode rounding)
        {
            if (!Derivative.Wanted(a, b)) return result;
            return result.From(name, [a, b], [a, b], (gradients, n) =>
                [n.Needs(0) ? gradients[0] : null, n.Needs(1) ? gradients[0]!.mul(n[0].div(n[1], rounding)).neg() : null]);
        }

        private static Tensor Powered(Tensor result, Tensor x, Tensor p)
        {
            if (!Derivative.Wanted(x, p)) return result;
            return result.From("PowBackward1", [x, p], [x, p, result], static (gradients, n) =>
            {
                Tensor g = gradients[0]!, a = n[0], b = n[1];
                return
                [
                    n.Needs(0) ? g.mul(Where(b.eq(0), zeros([], g.dtype), b.mul(a.pow(b.sub(1))))) : null,
                    n.Needs(1) ? g.mul(Where(a.eq(0).logical_and(b.ge(0)), zeros([], g.dtype), n[2].mul(a.log()))) : null,
                ];
            });
        }

        /// <summary>The gradient goes to the element that was taken, half to each where they are equal.</summary>
        private static Tensor Chosen(Tensor result, string name, Tensor a, Tensor b)
        {
            if (!Derivative.Wanted(a, b)) return result;
            return result.From(name, [a, b], [a, b, result], static (gradients, n) =>
            {
                Tensor g = gradients[0]!, half = n[0].eq(n[1]).to_type(g.dtype).mul(0.5);
                return [n.Needs(0) ? Share(0) : null, n.Needs(1) ? Share(1) : null];

                Tensor Share(int i) => g.mul(n[i].eq(n[2]).to_type(g.dtype).sub(half));
            });
        }

        private static Tensor Angle(Tensor result, Tensor y, Tensor x)
        {
            if (!Derivative.Wanted(y, x)) return result;
            return result.From("Atan2Backward0", [y, x], [y, x], static (gradients, n) =>
            {
                Tensor g = gradients[0]!.div(n[0].square().add(n[1].square()));
                return [n.Needs(0) ? g.mul(n[1]) : null, n.Needs(1) ? g.mul(n[0]).neg() : null];
            });
        }

        private static void CheckNotBool(string operation, Tensor a, Tensor b)
        {
            if (BothBool(a, b)) throw new TorchException(operation, "Subtraction, the `-` operator, with two bool tensors is not supported. Use the `^` or `logical_xor()` operator instead.");
            if (a.dtype == ScalarType.Bool || b.dtype == ScalarType.Bool)
                throw new TorchException(operation, $"Subtraction, the `-` operator, with a bool tensor is not supported. If you are trying to invert a mask, use the `~` or `logical_not()` operator instead. Got {a._dtype} and {b._dtype}.");
        }

        private static bool BothBool(Tensor a, Tensor b) => a.dtype == ScalarType.Bool && b.dtype == ScalarType.Bool;

        private static ScalarType NumberResult(ScalarType type, Scalar? number)
        {
            if (number is null || number.Type.Category() <= type.Category()) return type;
            return number.IsInteger ? ScalarType.Int64 : get_default_dtype();
        }
    }
}
