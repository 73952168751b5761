using System.Numerics;
using TorchSharp.Kernels;

namespace TorchSharp;

/// <summary>
/// Complex tensors hold the eigenvalues of real matrices. They can be made, moved, indexed and printed, added up, added,
/// multiplied and divided, and taken apart; the rest of torch's operations say that they do not compute on them.
/// </summary>
public static partial class torch
{
    public partial class Tensor
    {
        /// <summary>The real parts, sharing storage; of a real tensor, the tensor itself.</summary>
        public Tensor real => dtype.IsComplex() ? Part(0) : alias();

        public Tensor imag => dtype.IsComplex() ? Part(1) : throw new TorchException("imag", "is not implemented for tensors with non-complex dtypes.");

        public Tensor view_as_real()
        {
            if (!dtype.IsComplex()) throw new TorchException("view_as_real", $"is only supported for complex tensors, but got a tensor of type {_dtype}");
            return Reinterpret([.. _sizes, 2], [.. Array.ConvertAll(_strides, s => 2 * s), 1], 2 * _offset, _dtype.Part());
        }

        public Tensor view_as_complex()
        {
            const string operation = "view_as_complex";
            if (dtype is not (ScalarType.Float32 or ScalarType.Float64)) throw new TorchException(operation, $"is only supported for half, float and double tensors, but got a tensor of scalar type: {_dtype}");
            if (_sizes.Length == 0) throw new TorchException(operation, "Input tensor must have one or more dimensions");
            if (_sizes[^1] != 2) throw new TorchException(operation, $"Tensor must have a last dimension of size 2, got shape {Shapes.Text(_sizes)}");
            if (_strides[^1] != 1) throw new TorchException(operation, $"Tensor must have a last dimension with stride 1, got strides {Shapes.Text(_strides)}");
            if (_offset % 2 != 0 || Array.Exists(_strides[..^1], s => s % 2 != 0))
                throw new TorchException(operation, $"Tensor must have a storage_offset divisible by 2, and strides as well for all but last dimension, got {_offset} and {Shapes.Text(_strides)}");
            return Reinterpret(_sizes[..^1], Array.ConvertAll(_strides[..^1], s => s / 2), _offset / 2, _dtype == ScalarType.Float32 ? ScalarType.ComplexFloat32 : ScalarType.ComplexFloat64);
        }

        /// <summary>The angle in the complex plane: 0 or π for a real number.</summary>
        public Tensor angle()
        {
            using DisposeScope scope = NewDisposeScope();
            if (dtype.IsComplex()) return imag.atan2(real).MoveToOuterDisposeScope();
            ScalarType type = _dtype.Floating();
            Tensor x = to_type(type);
            Tensor flat = torch.where(lt(0), full([], Math.PI, type), full([], 0, type));
            return (type.IsFloat() && _dtype.IsFloat() ? torch.where(isnan(), x, flat) : flat).MoveToOuterDisposeScope();
        }

        public Tensor conj() => conj_physical();

        public Tensor conj_physical()
        {
            if (!dtype.IsComplex()) return alias();
            using DisposeScope scope = NewDisposeScope();
            return torch.complex(real, imag.neg()).MoveToOuterDisposeScope();
        }

        public Tensor conj_physical_()
        {
            if (!dtype.IsComplex()) return this;
            using DisposeScope scope = NewDisposeScope();
            imag.neg_();
            return this;
        }

        /// <summary>Conjugation and negation are carried out at once, never put off, so there is nothing to resolve.</summary>
        public Tensor resolve_conj() => alias();

        public Tensor resolve_neg() => alias();

        public bool is_conj()
        {
            ThrowIfInvalid();
            return false;
        }

        public bool is_neg()
        {
            ThrowIfInvalid();
            return false;
        }

        public Tensor isreal()
        {
            if (!dtype.IsComplex()) return torch.ones(shape, ScalarType.Bool);
            using DisposeScope scope = NewDisposeScope();
            return imag.eq(0).MoveToOuterDisposeScope();
        }

        public Tensor adjoint() => _sizes.Length >= 2
            ? mH
            : throw new TorchException("adjoint", $"tensor must have at least two dimensions, got shape {Shapes.Text(_sizes)}");

        public Tensor cfloat() => to_type(ScalarType.ComplexFloat32);

        public Tensor cdouble() => to_type(ScalarType.ComplexFloat64);

        public static implicit operator Tensor(Complex value) => torch.tensor(value);

        public static implicit operator Tensor(Complex[] value) => torch.tensor(value);

        public static implicit operator Tensor((float, float) value) => TensorFactory.Create(value, null, null, false);

        public static implicit operator Tensor((float, float)[] value) => TensorFactory.Create<(float, float)>(value, [value.Length], null, null, false);

        /// <summary>Another view of the same bytes, counted in elements of another type.</summary>
        internal Tensor Reinterpret(long[] sizes, long[] strides, long offset, ScalarType type, bool track = true) =>
            new(Storage.Share(), offset, sizes, strides, type, track);

        private Tensor Magnitude()
        {
            using DisposeScope scope = NewDisposeScope();
            return FloatBinary<Kernels.Operations.Hypotenuse>("abs", real, imag).MoveToOuterDisposeScope();
        }

        private Tensor ComplexSum(ReadOnlySpan<long> dims, bool keepdim, ScalarType type)
        {
            using DisposeScope scope = NewDisposeScope();
            if (!type.IsComplex()) return real.sum(dims, keepdim, type).MoveToOuterDisposeScope();
            Tensor x = to_type(type);
            return torch.complex(x.real.sum(dims, keepdim), x.imag.sum(dims, keepdim)).MoveToOuterDisposeScope();
        }

        private Tensor ComplexMean(ReadOnlySpan<long> dims, bool keepdim, ScalarType type)
        {
            using DisposeScope scope = NewDisposeScope();
            if (!type.IsComplex()) return real.Mean(dims, keepdim, type).MoveToOuterDisposeScope();
            Tensor x = to_type(type);
            return torch.complex(x.real.Mean(dims, keepdim, null), x.imag.Mean(dims, keepdim, null)).MoveToOuterDisposeScope();
        }

        private Tensor Part(int which)
        {
            using DisposeScope scope = NewDisposeScope();
            return view_as_real().select(-1, which).MoveToOuterDisposeScope();
        }
    }
}
