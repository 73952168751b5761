using TorchSharp.Storage;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>
    /// Elements of one type in a shared storage, seen through an offset, sizes and strides (all counted in elements).
    /// </summary>
    public partial class Tensor : IDisposable
    {
        internal readonly ScalarType _dtype;
        internal long[] _sizes;
        internal long[] _strides;
        internal long _offset;
        private TensorStorage? _storage;
        private bool _tracked;

        private Tensor(TensorStorage storage, long offset, long[] sizes, long[] strides, ScalarType dtype, bool track = true)
        {
            _storage = storage;
            _offset = offset;
            _sizes = sizes;
            _strides = strides;
            _dtype = dtype;
            if (track) Track();
        }

        /// <summary>
        /// What <c>Parameter</c> is made of: another handle on the same variable in the current scope, or, with
        /// <paramref name="takeOver"/>, the one handle on it, in the scope of <paramref name="source"/>, which is then invalid.
        /// </summary>
        private protected Tensor(Tensor source, bool takeOver)
            : this(source.Storage.Share(), source._offset, source._sizes, source._strides, source._dtype, track: !takeOver)
        {
            TakePlaceOf(source);
            if (!takeOver) return;
            _tracked = source._tracked;
            source._tracked = false;
            OwningDisposeScope = source.OwningDisposeScope;
            OwningDisposeScope?.Replace(source, this);
            source.DisposeFromScope();
        }

        /// <summary>Stands for a plain number in an operation, so that it does not decide the type of the result.</summary>
        internal bool _isNumber { get; private init; }

        public ScalarType dtype
        {
            get
            {
                ThrowIfInvalid();
                return _dtype;
            }
        }

        public long[] shape => size();

        public long ndim => dim();

        public long Dimensions => dim();

        public long NumberOfElements => numel();

        public long ElementSize => element_size();

        public Device device
        {
            get
            {
                ThrowIfInvalid();
                return CPU;
            }
        }

        public DeviceType device_type => device.type;

        public int device_index => device.index;

        public bool is_cuda => false;

        public bool is_meta => false;

        public bool is_sparse => false;

        internal TensorStorage Storage => _storage ?? throw Disposed();

        internal unsafe byte* Bytes => Storage.Data + _offset * _dtype.Size();

        public long dim()
        {
            ThrowIfInvalid();
            return _sizes.Length;
        }

        public long[] size()
        {
            ThrowIfInvalid();
            return (long[])_sizes.Clone();
        }

        public long size(int dim) => _sizes[Axis(dim, "size")];

        public long[] stride()
        {
            ThrowIfInvalid();
            return (long[])_strides.Clone();
        }

        public long stride(int dim) => _strides[Axis(dim, "stride")];

        public long storage_offset()
        {
            ThrowIfInvalid();
            return _offset;
        }

        public long numel()
        {
            ThrowIfInvalid();
            return Shapes.Count(_sizes);
        }

        public long element_size() => dtype.Size();

        public bool is_contiguous()
        {
            ThrowIfInvalid();
            return Shapes.IsContiguous(_sizes, _strides);
        }

        public bool is_floating_point() => dtype.IsFloat();

        public bool is_integral() => dtype.IsInteger() || _dtype == ScalarType.Bool;

        public bool is_complex() => dtype.IsComplex();

        public bool is_cpu() => device_type == DeviceType.CPU;

        public bool is_pinned() => false;

        public bool is_nonzero()
        {
            if (numel() != 1) throw new TorchException("is_nonzero", $"expected one element, got shape {Shapes.Text(_sizes)}");
            return ReadDouble() != 0;
        }

        public override bool Equals(object? obj) => obj is Tensor other && Equals(other);

        public bool Equals(Tensor target)
        {
            if (target is null || _dtype != target._dtype || !_sizes.AsSpan().SequenceEqual(target._sizes)) return false;
            using DisposeScope scope = NewDisposeScope();
            return eq(target).all().item<bool>();
        }

        public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);

        /// <summary>A new contiguous tensor with undefined contents.</summary>
        internal static Tensor Allocate(ReadOnlySpan<long> sizes, ScalarType dtype, bool track = true)
        {
            long[] own = sizes.ToArray();
            return new Tensor(NewStorage(own, dtype), 0, own, Shapes.Contiguous(own), dtype, track);
        }

        /// <summary>A new tensor with undefined contents whose elements are laid out by the given dense strides.</summary>
        internal static Tensor AllocateStrided(long[] sizes, long[] strides, ScalarType dtype, bool track = true) =>
            new(NewStorage(sizes, dtype), 0, sizes, strides, dtype, track);

        /// <summary>The number as a zero-dim tensor that no scope knows and that does not decide the type of a result.</summary>
        internal static Tensor Number(Scalar value)
        {
            var result = new Tensor(new TensorStorage(16), 0, [], [], value.Type, track: false) { _isNumber = true };
            result.WriteNumber(value);
            return result;
        }

        /// <summary>Another view of the same storage.</summary>
        internal Tensor View(long[] sizes, long[] strides, long offset, bool track = true) =>
            new(Storage.Share(), offset, sizes, strides, _dtype, track);

        internal int Axis(long dim, string operation) => Shapes.Axis(dim, _sizes.Length, operation);

        internal void ThrowIfInvalid()
        {
            if (_storage is null) throw Disposed();
        }

        /// <summary>This view of the storage, for internal use: in no scope and to be released by the caller.</summary>
        internal Tensor Untracked() => View(_sizes, _strides, _offset, track: false);

        private static TensorStorage NewStorage(long[] sizes, ScalarType dtype)
        {
            long bytes = dtype.Size();
            foreach (long size in sizes)
            {
                if (size < 0) throw new TorchException("empty", $"a size cannot be negative: {Shapes.Text(sizes)}");
                bytes = checked(bytes * size);
            }

            return new TensorStorage(bytes);
        }

        private static ObjectDisposedException Disposed() =>
            new(nameof(Tensor), "The tensor was disposed, or its dispose scope ended, before this use.");
    }
}
