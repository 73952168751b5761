namespace TorchSharp;

public static partial class torch
{
    public static partial class special
    {
        public static Tensor erf(Tensor input) => input.erf();

        public static Tensor erfc(Tensor input) => input.erfc();

        public static Tensor exp2(Tensor input) => input.exp2();

        public static Tensor expit(Tensor input) => input.sigmoid();

        public static Tensor expm1(Tensor input) => input.expm1();

        public static Tensor sigmoid(Tensor input) => input.sigmoid();

        public static Tensor softmax(Tensor input, long dim, ScalarType? dtype = null) => input.softmax(dim, dtype);

        public static Tensor log_softmax(Tensor input, long dim, ScalarType? dtype = null) => input.log_softmax(dim, dtype);

        /// <summary>−x ln x, 0 at 0 and −∞ below.</summary>
        public static Tensor entr(Tensor input)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor inside = input.log().mul(input).neg();
            Tensor atZero = torch.where(input.eq(0), zeros_like(inside), inside);
            return torch.where(input.lt(0), full([], double.NegativeInfinity, atZero.dtype), atZero).MoveToOuterDisposeScope();
        }
    }
}
