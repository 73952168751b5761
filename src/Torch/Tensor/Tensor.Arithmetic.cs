using TorchSharp.Kernels.Operations;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor add(Tensor target) =>
            BothBool(this, target) ? IntegerBinary<BitOr>("add", this, target) : Binary<Add>("add", this, target);

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
            BothBool(this, target) ? Assign(add(target), "add_") : Binary_<Add>("add_", target);

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

        public Tensor add_(Scalar scalar, Scalar alpha) => Assign(add(scalar, alpha), "add_");

        public Tensor sub(Tensor target)
        {
            if (BothBool(this, target)) throw new TorchException("sub", "Subtraction, the `-` operator, with two bool tensors is not supported. Use the `^` or `logical_xor()` operator instead.");
            return Binary<Subtract>("sub", this, target);
        }

        public Tensor sub(Scalar target)
        {
            using Tensor number = Number(target);
            return sub(number);
        }

        public Tensor sub_(Tensor target)
        {
            if (BothBool(this, target)) throw new TorchException("sub_", "Subtraction, the `-` operator, with two bool tensors is not supported. Use the `^` or `logical_xor()` operator instead.");
            return Binary_<Subtract>("sub_", target);
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
            BothBool(this, target) ? IntegerBinary<BitAnd>("mul", this, target) : Binary<Multiply>("mul", this, target);

        public Tensor mul(Scalar target)
        {
            using Tensor number = Number(target);
            return mul(number);
        }

        public Tensor mul_(Tensor target) =>
            BothBool(this, target) ? Assign(mul(target), "mul_") : Binary_<Multiply>("mul_", target);

        public Tensor mul_(Scalar target)
        {
            using Tensor number = Number(target);
            return mul_(number);
        }

        public Tensor multiply(Tensor target) => mul(target);

        public Tensor multiply(Scalar target) => mul(target);

        public Tensor div(Tensor target, RoundingMode rounding_mode = RoundingMode.None) => rounding_mode switch
        {
            RoundingMode.trunc => Binary<DivideTrunc>("div", this, target),
            RoundingMode.floor => Binary<DivideFloor>("div", this, target),
            _ => FloatBinary<Divide>("div", this, target),
        };

        public Tensor div(Scalar target, RoundingMode rounding_mode = RoundingMode.None)
        {
            using Tensor number = Number(target);
            return div(number, rounding_mode);
        }

        public Tensor div_(Tensor target, RoundingMode rounding_mode = RoundingMode.None) => rounding_mode switch
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

        public Tensor remainder(Tensor target) => Binary<Modulo>("remainder", this, target);

        public Tensor remainder(Scalar scalar)
        {
            using Tensor number = Number(scalar);
            return remainder(number);
        }

        public Tensor remainder_(Tensor target) => Binary_<Modulo>("remainder_", target);

        public Tensor remainder_(Scalar scalar)
        {
            using Tensor number = Number(scalar);
            return remainder_(number);
        }

        public Tensor fmod(Tensor target) => Binary<Fmod>("fmod", this, target);

        public Tensor fmod(Scalar scalar)
        {
            using Tensor number = Number(scalar);
            return fmod(number);
        }

        public Tensor fmod_(Tensor target) => Binary_<Fmod>("fmod_", target);

        public Tensor fmod_(Scalar scalar)
        {
            using Tensor number = Number(scalar);
            return fmod_(number);
        }

        public Tensor pow(Tensor exponent) => Dtypes.Result(this, exponent).IsFloat()
            ? FloatBinary<Power>("pow", this, exponent)
            : IntegerBinary<IntegerPower>("pow", this, exponent);

        public Tensor pow(Scalar exponent)
        {
            if (exponent.IsInteger)
            {
                if (dtype.IsFloat() && exponent.Integer == 1) return clone();
                if (dtype.IsFloat() && exponent.Integer == 2) return Unary<Square>();
                if (!_dtype.IsFloat() && exponent.Integer < 0) throw new TorchException("pow", "Integers to negative integer powers are not allowed.");
                if (!_dtype.IsFloat())
                {
                    using Tensor number = Number(exponent);
                    return pow(number);
                }
            }
        
            return exponent.Real switch
            {
                2 => FloatUnary<SquareOf>(),
                0.5 => FloatUnary<Sqrt>(),
                -0.5 => FloatUnary<Rsqrt>(),
                -1 => FloatUnary<Reciprocal>(),
                double p => FloatUnary<PowerOf>(p),
            };
        }

        public Tensor pow_(Tensor exponent) => Assign(pow(exponent), "pow_");

        public Tensor pow_(Scalar exponent) => Assign(pow(exponent), "pow_");

        public Tensor maximum(Tensor other) => Binary<Maximum>("maximum", this, other);

        public Tensor minimum(Tensor other) => Binary<Minimum>("minimum", this, other);

        public Tensor max(Tensor other) => maximum(other);

        public Tensor min(Tensor other) => minimum(other);

        public Tensor atan2(Tensor other) => FloatBinary<Atan2>("atan2", this, other);

        public Tensor clamp(Scalar? min = null, Scalar? max = null)
        {
            if (min is null && max is null) throw new TorchException("clamp", "At least one of 'min' or 'max' must not be None");
            ScalarType type = NumberResult(NumberResult(dtype, min), max);
            if (type != _dtype)
            {
                using Tensor wide = As(type);
                return wide.clamp(min, max);
            }
        
            if (min is null) return Unary<ClampMax>(max);
            return max is null ? Unary<ClampMin>(min) : Unary<Clamp>(min, max);
        }

        public Tensor clamp(Tensor? min = null, Tensor? max = null)
        {
            if (min is null && max is null) throw new TorchException("clamp", "At least one of 'min' or 'max' must not be None");
            if (min is null) return minimum(max!);
            if (max is null) return maximum(min);
            using Tensor raised = maximum(min).DetachFromDisposeScope();
            return raised.minimum(max);
        }

        public Tensor clamp_(Scalar? min = null, Scalar? max = null) => Assign(clamp(min, max), "clamp_");

        public Tensor clamp_(Tensor? min = null, Tensor? max = null) => Assign(clamp(min, max), "clamp_");

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

        public Tensor lerp_(Tensor end, Tensor weight) => Assign(lerp(end, weight), "lerp_");

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

        private static bool BothBool(Tensor a, Tensor b) => a.dtype == ScalarType.Bool && b.dtype == ScalarType.Bool;

        private static ScalarType NumberResult(ScalarType type, Scalar? number)
        {
            if (number is null || number.Type.Category() <= type.Category()) return type;
            return number.IsInteger ? ScalarType.Int64 : get_default_dtype();
        }
    }
}
