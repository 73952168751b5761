namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor zeros_like(ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            TensorFactory.Zeros(shape, dtype ?? _dtype, device, requires_grad);

        public Tensor ones_like(ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            TensorFactory.Ones(shape, dtype ?? _dtype, device, requires_grad);

        public Tensor empty_like(ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            TensorFactory.Empty(shape, dtype ?? _dtype, device, requires_grad);

        public Tensor full_like(Scalar value, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            TensorFactory.Full(shape, value, dtype ?? _dtype, device, requires_grad);

        public Tensor rand_like(ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            TensorFactory.Rand(shape, dtype ?? _dtype, device, requires_grad, null);

        public Tensor randn_like(ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            TensorFactory.Randn(shape, dtype ?? _dtype, device, requires_grad, null);

        public Tensor new_zeros(long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            TensorFactory.Zeros(size, dtype ?? this.dtype, device, requires_grad);

        public Tensor new_empty(long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            TensorFactory.Empty(size, dtype ?? this.dtype, device, requires_grad);

        public Tensor new_full(long[] size, Scalar value, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            TensorFactory.Full(size, value, dtype ?? this.dtype, device, requires_grad);
    }
}
