using TorchSharp.Kernels.Operations;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor eq(Tensor target) => Relation<Equal>("eq", this, target);

        public Tensor eq(Scalar target)
        {
            using Tensor number = Number(target);
            return eq(number);
        }

        public Tensor ne(Tensor target) => Relation<NotEqual>("ne", this, target);

        public Tensor ne(Scalar target)
        {
            using Tensor number = Number(target);
            return ne(number);
        }

        public Tensor lt(Tensor target) => Relation<Less>("lt", this, target);

        public Tensor lt(Scalar target)
        {
            using Tensor number = Number(target);
            return lt(number);
        }

        public Tensor le(Tensor target) => Relation<LessEqual>("le", this, target);

        public Tensor le(Scalar target)
        {
            using Tensor number = Number(target);
            return le(number);
        }

        public Tensor gt(Tensor target) => Relation<Greater>("gt", this, target);

        public Tensor gt(Scalar target)
        {
            using Tensor number = Number(target);
            return gt(number);
        }

        public Tensor ge(Tensor target) => Relation<GreaterEqual>("ge", this, target);

        public Tensor ge(Scalar target)
        {
            using Tensor number = Number(target);
            return ge(number);
        }

        /// <summary>The elementwise comparison, as TorchSharp has it (torch.equal compares whole tensors).</summary>
        public Tensor equal(Tensor target) => eq(target);

        public Tensor not_equal(Tensor target) => ne(target);

        public Tensor less(Tensor target) => lt(target);

        public Tensor less_equal(Tensor target) => le(target);

        public Tensor greater(Tensor target) => gt(target);

        public Tensor greater_equal(Tensor target) => ge(target);

        public Tensor logical_and(Tensor other) => Relation<LogicalAnd>("logical_and", this, other);

        public Tensor logical_and_(Tensor other) => Assign(logical_and(other), "logical_and_");

        public Tensor logical_or(Tensor other) => Relation<LogicalOr>("logical_or", this, other);

        public Tensor logical_or_(Tensor other) => Assign(logical_or(other), "logical_or_");

        public Tensor logical_xor(Tensor other) => Relation<LogicalXor>("logical_xor", this, other);

        public Tensor logical_xor_(Tensor other) => Assign(logical_xor(other), "logical_xor_");

        public Tensor logical_not() => Predicate<IsZero>();

        public Tensor logical_not_() => Assign(logical_not(), "logical_not_");

        public Tensor isnan() => Predicate<IsNaN>();

        public Tensor isinf() => Predicate<IsInfinite>();

        public Tensor isfinite() => Predicate<IsFinite>();

        public Tensor isposinf() => Predicate<IsPositiveInfinity>();

        public Tensor isneginf() => Predicate<IsNegativeInfinity>();

        public Tensor signbit() => Predicate<IsSigned>();

        public Tensor isclose(Tensor other, double rtol = 1e-05, double atol = 1e-08, bool nanEqual = false)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor a = to(ScalarType.Float64), b = other.to(ScalarType.Float64);
            Tensor close = a.eq(b);
            if (nanEqual) close = close.logical_or(a.isnan().logical_and(b.isnan()));
            Tensor distance = a.sub(b).abs();
            Tensor allowed = b.abs().mul(rtol).add(atol);
            return close.logical_or(distance.le(allowed).logical_and(distance.isfinite())).MoveToOuterDisposeScope();
        }

        public bool allclose(Tensor target, double rtol = 1e-05, double atol = 1e-08, bool equal_nan = false)
        {
            using DisposeScope scope = NewDisposeScope();
            return isclose(target, rtol, atol, equal_nan).all().item<bool>();
        }
    }
}
