using TorchSharp.Autograd;
using TorchSharp.Kernels;
using TorchSharp.Storage;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        /// <summary>
        /// A result for an elementwise operation on these inputs: their common shape, laid out in the order in which
        /// the inputs are laid out (as torch does, so that is_contiguous and view behave the same).
        /// </summary>
        private static Tensor ResultFor(string operation, ScalarType dtype, params ReadOnlySpan<Tensor> inputs)
        {
            long[] sizes = inputs[0]._sizes;
            bool contiguous = inputs[0].is_contiguous();
            for (int i = 1; i < inputs.Length; i++)
            {
                contiguous &= inputs[i].is_contiguous();
                if (!sizes.AsSpan().SequenceEqual(inputs[i]._sizes)) sizes = Shapes.Broadcast(operation, sizes, inputs[i]._sizes);
            }

            if (contiguous) return Allocate(sizes, dtype);
            var strides = new long[inputs.Length][];
            for (int i = 0; i < inputs.Length; i++)
                strides[i] = Shapes.Expand(operation, inputs[i]._sizes, inputs[i]._strides, sizes);
            var layout = new long[sizes.Length];
            long step = 1;
            foreach (int d in StridedPlan.MemoryOrder(sizes, strides))
            {
                layout[d] = step;
                step *= Math.Max(sizes[d], 1);
            }

            return AllocateStrided((long[])sizes.Clone(), layout, dtype);
        }

        /// <summary>This tensor in another element type, for use within an operation: untracked, to be disposed.</summary>
        internal Tensor As(ScalarType type)
        {
            ThrowIfInvalid();
            if (type == _dtype) return Untracked();
            Tensor result = AllocateStrided(_sizes, DenseStrides(), type, track: false);
            Kernels.Convert.Copy(this, result);
            return result;
        }

        /// <summary>A contiguous view or copy for use within an operation: untracked, to be disposed.</summary>
        internal Tensor AsContiguous(ScalarType type)
        {
            ThrowIfInvalid();
            if (type == _dtype && is_contiguous()) return Untracked();
            Tensor result = Allocate(_sizes, type, track: false);
            Kernels.Convert.Copy(this, result);
            return result;
        }

        /// <summary>The strides of a dense tensor laid out in the order of this one.</summary>
        private long[] DenseStrides()
        {
            if (is_contiguous()) return Shapes.Contiguous(_sizes);
            var layout = new long[_sizes.Length];
            long step = 1;
            foreach (int d in StridedPlan.MemoryOrder(_sizes, [_strides]))
            {
                layout[d] = step;
                step *= Math.Max(_sizes[d], 1);
            }

            return layout;
        }

        private Tensor Unary<TOp>(Scalar? p = null, Scalar? q = null) where TOp : INumberUnary
        {
            ThrowIfInvalid();
            ScalarType compute = _dtype.Compute();
            using Tensor x = As(compute);
            Tensor y = ResultFor(typeof(TOp).Name, compute, x);
            Dispatch.Unary<TOp>(x, y, p, q);
            return y.Into(_dtype);
        }

        private Tensor FloatUnary<TOp>(double p = 0, double q = 0) where TOp : IFloatUnary
        {
            ThrowIfInvalid();
            ScalarType type = _dtype.Floating();
            using Tensor x = As(type.Compute());
            Tensor y = ResultFor(typeof(TOp).Name, type.Compute(), x);
            Dispatch.FloatUnary<TOp>(x, y, p, q);
            return y.Into(type);
        }

        private Tensor FloatUnary_<TOp>(double p = 0, double q = 0) where TOp : IFloatUnary
        {
            if (_dtype is ScalarType.Float32 or ScalarType.Float64)
            {
                CheckWritable(typeof(TOp).Name);
                Dispatch.FloatUnary<TOp>(this, this, p, q);
                return this;
            }

            return Assign(FloatUnary<TOp>(p, q), typeof(TOp).Name);
        }

        private Tensor Predicate<TOp>() where TOp : IPredicate
        {
            ThrowIfInvalid();
            using Tensor x = As(_dtype.Compute());
            Tensor y = ResultFor(typeof(TOp).Name, ScalarType.Bool, x);
            Dispatch.Predicate<TOp>(x, y);
            return y;
        }

        private static Tensor Binary<TOp>(string operation, Tensor left, Tensor right) where TOp : INumberBinary
        {
            left.ThrowIfInvalid();
            right.ThrowIfInvalid();
            ScalarType type = Dtypes.Result(left, right);
            using Tensor a = left.As(type.Compute()), b = right.As(type.Compute());
            Tensor y = ResultFor(operation, type.Compute(), a, b);
            Dispatch.Binary<TOp>(a, b, y);
            return y.Into(type);
        }

        private static Tensor FloatBinary<TOp>(string operation, Tensor left, Tensor right) where TOp : IFloatBinary
        {
            left.ThrowIfInvalid();
            right.ThrowIfInvalid();
            ScalarType type = Dtypes.Result(left, right).Floating();
            using Tensor a = left.As(type.Compute()), b = right.As(type.Compute());
            Tensor y = ResultFor(operation, type.Compute(), a, b);
            Dispatch.FloatBinary<TOp>(a, b, y);
            return y.Into(type);
        }

        private static Tensor IntegerBinary<TOp>(string operation, Tensor left, Tensor right) where TOp : IIntegerBinary
        {
            left.ThrowIfInvalid();
            right.ThrowIfInvalid();
            ScalarType type = Dtypes.Result(left, right);
            if (type.IsFloat()) throw new TorchException(operation, $"not implemented for {type}");
            using Tensor a = left.As(type), b = right.As(type);
            Tensor y = ResultFor(operation, type, a, b);
            Dispatch.IntegerBinary<TOp>(a, b, y);
            return y;
        }

        private static Tensor Relation<TOp>(string operation, Tensor left, Tensor right) where TOp : IRelation
        {
            left.ThrowIfInvalid();
            right.ThrowIfInvalid();
            ScalarType type = Dtypes.Result(left, right).Compute();
            using Tensor a = left.As(type), b = right.As(type);
            Tensor y = ResultFor(operation, ScalarType.Bool, a, b);
            Dispatch.Relation<TOp>(a, b, y);
            return y;
        }

        /// <summary>Applies the operation and writes the result over this tensor, which keeps its shape and type.</summary>
        private Tensor Binary_<TOp>(string operation, Tensor right) where TOp : INumberBinary
        {
            ThrowIfInvalid();
            right.ThrowIfInvalid();
            CheckInPlace(operation, Dtypes.Result(this, right), right._sizes);

            // An operand of a wider type is not narrowed first: the result is.
            if (_dtype.IsReduced() || _dtype == ScalarType.Bool || Dtypes.Result(this, right) != _dtype || Overlaps(right))
                return Assign(Binary<TOp>(operation, this, right), operation);
            using Tensor b = right.As(_dtype);
            Dispatch.Binary<TOp>(this, b, this);
            return this;
        }

        private Tensor FloatBinary_<TOp>(string operation, Tensor right) where TOp : IFloatBinary
        {
            ThrowIfInvalid();
            right.ThrowIfInvalid();
            CheckInPlace(operation, Dtypes.Result(this, right).Floating(), right._sizes);
            if (_dtype.IsReduced() || Dtypes.Result(this, right) != _dtype || Overlaps(right))
                return Assign(FloatBinary<TOp>(operation, this, right), operation);
            using Tensor b = right.As(_dtype);
            Dispatch.FloatBinary<TOp>(this, b, this);
            return this;
        }

        /// <summary>
        /// An in-place form as its out-of-place form followed by a write: part of the graph if this tensor or one of the
        /// operands is.
        /// </summary>
        private Tensor InPlace(string operation, Func<Tensor, Tensor> compute, params ReadOnlySpan<Tensor?> operands) =>
            Derivative.Wanted(this) || Derivative.Wanted(operands) ? Rewrite(operation, compute) : Assign(compute(this), operation);

        /// <summary>Writes a temporary result over this tensor and disposes it.</summary>
        private Tensor Assign(Tensor result, string operation)
        {
            try
            {
                CheckInPlace(operation, result._dtype, result._sizes);
                Kernels.Convert.Copy(result, this);
                if (Derivative.Wanted(this)) SetHistory(result);
                return this;
            }
            finally
            {
                result.Dispose();
            }
        }

        private void CheckInPlace(string operation, ScalarType result, long[] sizes)
        {
            CheckWritable(operation);
            CheckResult(operation, result, sizes);
        }

        private void CheckResult(string operation, ScalarType result, long[] sizes)
        {
            if (!Dtypes.CanCast(result, _dtype))
                throw new TorchException(operation, $"result type {result} can't be cast to the desired output type {_dtype}");
            if (!Shapes.Broadcast(operation, _sizes, sizes).AsSpan().SequenceEqual(_sizes))
                throw new TorchException(operation, $"output with shape {Shapes.Text(_sizes)} doesn't match the broadcast shape {Shapes.Text(Shapes.Broadcast(operation, _sizes, sizes))}");
        }

        /// <summary>What every write begins with: may it be, and from now on what was saved of this storage is out of date.</summary>
        internal void CheckWritable(string operation)
        {
            ThrowIfInvalid();
            CheckHistoryMayChange(operation);
            if (Shapes.HasOverlap(_sizes, _strides))
                throw new TorchException(operation, $"more than one element of the written-to tensor refers to a single memory location (sizes {Shapes.Text(_sizes)}, strides {Shapes.Text(_strides)}). Please clone() the tensor before performing the operation.");
            Storage.Version++;
        }

        /// <summary>True when writing this tensor could change elements of the other that are still to be read.</summary>
        private bool Overlaps(Tensor other) =>
            ReferenceEquals(Storage, other.Storage) &&
            !(other._offset == _offset && other._sizes.AsSpan().SequenceEqual(_sizes) && other._strides.AsSpan().SequenceEqual(_strides));

        /// <summary>This fresh result in the type that the operation has to give.</summary>
        internal Tensor Into(ScalarType type)
        {
            if (type == _dtype) return this;
            Tensor result = AllocateStrided(_sizes, _strides, type);
            Kernels.Convert.Copy(this, result);
            Dispose();
            return result;
        }
    }
}
