using System.Runtime.CompilerServices;
using TorchSharp.Utils;

namespace TorchSharp;

public static partial class torch
{
    public unsafe partial class Tensor
    {
        /// <summary>The bytes of a contiguous tensor, without a copy. Setting them needs exactly as many bytes.</summary>
        public Span<byte> bytes
        {
            get
            {
                if (!is_contiguous()) throw new NotImplementedException($"Bytes() called on non-contiguous tensor of shape {Shapes.Text(_sizes)} and strides {Shapes.Text(_strides)}.");
                long length = numel() * ElementSize;
                if (length > int.MaxValue) throw new NotImplementedException($"A span cannot hold {length} bytes.");
                Storage.HandOut();
                return new Span<byte>(Bytes, (int)length);
            }
            set
            {
                if (value.Length != numel() * ElementSize)
                    throw new ArgumentException($"Mismatched data sizes in Tensor.set_bytes(): {value.Length} bytes for {numel() * ElementSize}.");
                value.CopyTo(bytes);
            }
        }

        public TensorAccessor<T> data<T>() where T : unmanaged
        {
            ValidateType(typeof(T));
            Storage.HandOut();
            return new TensorAccessor<T>(this);
        }

        public T item<T>() where T : unmanaged
        {
            if (numel() != 1) throw new ArgumentException($"Number of elements in the tensor must be 1, but the shape is {Shapes.Text(_sizes)}.");
            ValidateType(typeof(T));
            return Unsafe.ReadUnaligned<T>(Bytes);
        }

        public Scalar ToScalar()
        {
            if (numel() != 1) throw new ArgumentException($"Number of elements in the tensor must be 1, but the shape is {Shapes.Text(_sizes)}.");
            return ReadScalar(Bytes);
        }

        public T ReadCpuValue<T>(long i) where T : unmanaged
        {
            ValidateType(typeof(T));
            return *((T*)Bytes + OffsetOf(i));
        }

        public float ReadCpuSingle(long i) => ReadCpuValue<float>(i);

        public double ReadCpuDouble(long i) => ReadCpuValue<double>(i);

        public long ReadCpuInt64(long i) => ReadCpuValue<long>(i);

        public int ReadCpuInt32(long i) => ReadCpuValue<int>(i);

        public short ReadCpuInt16(long i) => ReadCpuValue<short>(i);

        public sbyte ReadCpuSByte(long i) => ReadCpuValue<sbyte>(i);

        public byte ReadCpuByte(long i) => ReadCpuValue<byte>(i);

        public bool ReadCpuBool(long i) => ReadCpuValue<bool>(i);

        public float ReadCpuFloat16(long i) => (float)ReadCpuValue<Half>(i);

        public float ReadCpuBFloat16(long i) => ReadCpuValue<BFloat16>(i).ToSingle();

        public void WriteBytesToStream(Stream stream, int bufferSize = 1024)
        {
            using Tensor all = AsContiguous(dtype);
            byte* data = all.Bytes;
            long length = all.numel() * ElementSize;
            for (long at = 0; at < length; at += bufferSize)
                stream.Write(new ReadOnlySpan<byte>(data + at, (int)Math.Min(bufferSize, length - at)));
            GC.KeepAlive(all);
        }

        public void ReadBytesFromStream(Stream stream, int bufferSize = 1024)
        {
            CheckWritable("ReadBytesFromStream");
            Tensor target = is_contiguous() ? Untracked() : Allocate(_sizes, _dtype, track: false);
            try
            {
                byte* data = target.Bytes;
                long length = target.numel() * ElementSize;
                for (long at = 0; at < length; at += bufferSize)
                    stream.ReadExactly(new Span<byte>(data + at, (int)Math.Min(bufferSize, length - at)));
                if (!is_contiguous()) Kernels.Convert.Copy(target, this);
            }
            finally
            {
                target.Dispose();
            }
        }

        /// <summary>Nested lists of numbers, or for a tensor without dimensions the number itself, as <see cref="Scalar"/>.</summary>
        public object tolist()
        {
            if (ndim == 0) return ToScalar();
            var list = new System.Collections.ArrayList((int)_sizes[0]);
            for (long i = 0; i < _sizes[0]; i++)
            {
                using Tensor part = SelectUntracked(0, i);
                list.Add(part.tolist());
            }

            return list;
        }

        internal void ValidateType(Type type)
        {
            ThrowIfInvalid();
            if (Dtypes.Of(type) != _dtype)
                throw new ArgumentException($"The tensor holds {_dtype}, which cannot be read as {type.Name}.");
        }

        /// <summary>The position of the i-th element, in order of indices, relative to the first.</summary>
        internal long OffsetOf(long i)
        {
            if (i < 0 || i >= numel()) throw new ArgumentOutOfRangeException(nameof(i), i, $"A tensor of shape {Shapes.Text(_sizes)} has {numel()} elements.");
            long offset = 0;
            for (int d = _sizes.Length - 1; d >= 0; d--)
            {
                offset += i % _sizes[d] * _strides[d];
                i /= _sizes[d];
            }

            return offset;
        }

        internal double ReadDouble()
        {
            Scalar value = ReadScalar(Bytes);
            return value.Real;
        }

        internal Scalar ReadScalar(byte* at)
        {
            Scalar value = _dtype switch
            {
                ScalarType.Float32 => *(float*)at,
                ScalarType.Float64 => *(double*)at,
                ScalarType.Int64 => *(long*)at,
                ScalarType.Int32 => *(int*)at,
                ScalarType.Int16 => *(short*)at,
                ScalarType.Int8 => *(sbyte*)at,
                ScalarType.Byte => *at,
                ScalarType.Bool => *at != 0,
                ScalarType.Float16 => *(Half*)at,
                ScalarType.BFloat16 => *(BFloat16*)at,
                ScalarType.ComplexFloat32 => *((float, float)*)at,
                ScalarType.ComplexFloat64 => *(System.Numerics.Complex*)at,
                _ => throw Dtypes.Unsupported(_dtype),
            };
            GC.KeepAlive(this);
            return value;
        }

        internal void WriteNumber(Scalar value)
        {
            byte* at = Bytes;
            switch (_dtype)
            {
                case ScalarType.Float32: *(float*)at = Kernels.Numbers.To<float>(value); break;
                case ScalarType.Float64: *(double*)at = Kernels.Numbers.To<double>(value); break;
                case ScalarType.Int64: *(long*)at = Kernels.Numbers.To<long>(value); break;
                case ScalarType.Int32: *(int*)at = Kernels.Numbers.To<int>(value); break;
                case ScalarType.Int16: *(short*)at = Kernels.Numbers.To<short>(value); break;
                case ScalarType.Int8: *(sbyte*)at = Kernels.Numbers.To<sbyte>(value); break;
                case ScalarType.Byte: *at = Kernels.Numbers.To<byte>(value); break;
                case ScalarType.Bool: *at = (value.IsInteger ? value.Integer != 0 : value.Real != 0) ? (byte)1 : (byte)0; break;
                case ScalarType.Float16: *(Half*)at = (Half)value.Real; break;
                case ScalarType.BFloat16: *(BFloat16*)at = (BFloat16)(float)value.Real; break;
                case ScalarType.ComplexFloat32: *((float, float)*)at = ((float)value.Complex.Real, (float)value.Complex.Imaginary); break;
                case ScalarType.ComplexFloat64: *(System.Numerics.Complex*)at = value.Complex; break;
                default: throw Dtypes.Unsupported(_dtype);
            }

            GC.KeepAlive(this);
        }
    }
}
