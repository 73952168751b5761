namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor new_zeros(ReadOnlySpan<long> size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            TensorFactory.Zeros(size, dtype ?? this.dtype, device, requires_grad);

        public Tensor new_zeros(long size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            TensorFactory.Zeros([size], dtype ?? this.dtype, device, requires_grad);

        public Tensor new_zeros(long rows, long columns, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            TensorFactory.Zeros([rows, columns], dtype ?? this.dtype, device, requires_grad);

        public Tensor new_zeros(long dim0, long dim1, long dim2, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            TensorFactory.Zeros([dim0, dim1, dim2], dtype ?? this.dtype, device, requires_grad);

        public Tensor new_zeros(long dim0, long dim1, long dim2, long dim3, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            TensorFactory.Zeros([dim0, dim1, dim2, dim3], dtype ?? this.dtype, device, requires_grad);

        public Tensor new_ones(long size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            TensorFactory.Ones([size], dtype ?? this.dtype, device, requires_grad);

        public Tensor new_ones(long rows, long columns, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            TensorFactory.Ones([rows, columns], dtype ?? this.dtype, device, requires_grad);

        public Tensor new_ones(long dim0, long dim1, long dim2, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            TensorFactory.Ones([dim0, dim1, dim2], dtype ?? this.dtype, device, requires_grad);

        public Tensor new_ones(long dim0, long dim1, long dim2, long dim3, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            TensorFactory.Ones([dim0, dim1, dim2, dim3], dtype ?? this.dtype, device, requires_grad);

        public Tensor new_empty(ReadOnlySpan<long> size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            TensorFactory.Empty(size, dtype ?? this.dtype, device, requires_grad);

        public Tensor new_empty(long size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            TensorFactory.Empty([size], dtype ?? this.dtype, device, requires_grad);

        public Tensor new_empty(long rows, long columns, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            TensorFactory.Empty([rows, columns], dtype ?? this.dtype, device, requires_grad);

        public Tensor new_empty(long dim0, long dim1, long dim2, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            TensorFactory.Empty([dim0, dim1, dim2], dtype ?? this.dtype, device, requires_grad);

        public Tensor new_empty(long dim0, long dim1, long dim2, long dim3, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            TensorFactory.Empty([dim0, dim1, dim2, dim3], dtype ?? this.dtype, device, requires_grad);

        public Tensor new_full(ReadOnlySpan<long> size, Scalar value, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            TensorFactory.Full(size, value, dtype ?? this.dtype, device, requires_grad);

        public Tensor new_full(long size, Scalar value, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            TensorFactory.Full([size], value, dtype ?? this.dtype, device, requires_grad);

        public Tensor new_full(long rows, long columns, Scalar value, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            TensorFactory.Full([rows, columns], value, dtype ?? this.dtype, device, requires_grad);

        public Tensor new_full(long dim0, long dim1, long dim2, Scalar value, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            TensorFactory.Full([dim0, dim1, dim2], value, dtype ?? this.dtype, device, requires_grad);

        public Tensor new_full(long dim0, long dim1, long dim2, long dim3, Scalar value, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            TensorFactory.Full([dim0, dim1, dim2, dim3], value, dtype ?? this.dtype, device, requires_grad);

        public Tensor randint_like(long low, long high, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            torch.randint_like(this, low, high, dtype, device, requires_grad);

        /// <summary>The embedded engine's only device is the CPU: this is refused, as by TorchSharp without CUDA.</summary>
        public Tensor cuda(Device? device = null, bool non_blocking = false) => to(device ?? torch.CUDA);

        public Tensor mps(bool non_blocking = false) => to(torch.MPS);

        public Tensor pin_memory() => throw new NotSupportedException("pin_memory(): the embedded tensor engine has no memory to pin, as it has no accelerator.");

        public Tensor to_dense() => alias();

        public bool has_names()
        {
            ThrowIfInvalid();
            return false;
        }
    }
}
