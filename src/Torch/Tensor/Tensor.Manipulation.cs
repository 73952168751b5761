using System.Numerics;
using TorchSharp.Autograd;
using TorchSharp.Kernels;

namespace TorchSharp;

public static partial class torch
{
    public unsafe partial class Tensor
    {
        public Tensor copy_(Tensor source, bool nonBlocking = false)
        {
            source.ThrowIfInvalid();
            if (Derivative.Wanted(this, source)) return Rewrite("copy_", _ => source.Assigned(_dtype, _sizes.Length));
            CheckWritable("copy_");
            CopyBroadcast(source, "copy_");
            return this;
        }

        /// <summary>This tensor as the value of an assignment: in the type of the target, without more leading ones than it has dimensions.</summary>
        private Tensor Assigned(ScalarType type, int rank)
        {
            int lead = _sizes.Length - rank;
            Tensor value = lead > 0 && _sizes[..lead].All(s => s == 1) ? reshape(_sizes[lead..]) : this;
            return value.to_type(type);
        }

        public Tensor fill_(Scalar value)
        {
            if (Derivative.Wanted(this)) return Rewrite("fill_", x => x.full_like(value));
            CheckWritable("fill_");
            RequireFits("fill_", value);
            using Tensor one = Allocate([], _dtype, track: false);
            one.WriteNumber(value);
            StridedCopy.Run(one, this);
            return this;
        }

        public Tensor zero_() => fill_(0);

        public Tensor masked_fill_(Tensor mask, Scalar value)
        {
            if (Derivative.Wanted(this)) return Rewrite("masked_fill_", x => x.masked_fill(mask, value));
            CheckWritable("masked_fill_");
            if (mask.dtype != ScalarType.Bool) throw new TorchException("masked_fill_", $"expected self.dtype to be bool for the mask, but got {mask._dtype}");
            Shapes.Expand("masked_fill_", mask._sizes, mask._strides, _sizes);
            RequireFits("masked_fill_", value);
            using Tensor one = Allocate([], _dtype, track: false);
            one.WriteNumber(value);
            Select(mask, one, this, this);
            return this;
        }

        public Tensor masked_fill(Tensor mask, Scalar value)
        {
            long[] sizes = Shapes.Broadcast("masked_fill", shape, mask.shape);
            using Tensor wide = View(sizes, Shapes.Expand("masked_fill", _sizes, _strides, sizes), _offset, track: false);
            Tensor result = wide.clone().masked_fill_(mask, value);
            if (!Derivative.Wanted(this)) return result;
            return result.From("MaskedFillBackward0", [this], [mask], static (gradients, n) => [gradients[0]!.masked_fill(n[0], 0)]);
        }

        public Tensor masked_select(Tensor mask)
        {
            using DisposeScope scope = NewDisposeScope();
            long[] sizes = Shapes.Broadcast("masked_select", shape, mask.shape);
            return expand(sizes).index(mask.expand(sizes)).MoveToOuterDisposeScope();
        }

        public Tensor where(Tensor condition, Tensor y) => torch.where(condition, this, y);

        public Tensor gather(long dim, Tensor index)
        {
            int axis = CheckIndex("gather", dim, index, this);
            Tensor result = Allocate(index._sizes, _dtype);
            using Tensor places = index.AsContiguous(ScalarType.Int64);
            IndexAlong.Gather("gather", this, axis, places, result);
            return Picked(result, index, axis, keepdim: true, "GatherBackward0");
        }

        public Tensor take_along_dim(Tensor indices, long dim)
        {
            using DisposeScope scope = NewDisposeScope();
            int axis = Axis(dim, "take_along_dim");
            long[] a = shape, b = indices.shape;
            if (a.Length != b.Length) throw new TorchException("take_along_dim", $"input and indices should have the same number of dimensions, but got {a.Length} and {b.Length}");
            long[] mine = shape, theirs = indices.shape;
            mine[axis] = theirs[axis] = 1;
            long[] both = Shapes.Broadcast("take_along_dim", mine, theirs);
            long[] ea = (long[])both.Clone(), eb = (long[])both.Clone();
            ea[axis] = a[axis];
            eb[axis] = b[axis];
            return expand(ea).gather(axis, indices.expand(eb)).MoveToOuterDisposeScope();
        }

        public Tensor take_along_dim(Tensor indices)
        {
            using DisposeScope scope = NewDisposeScope();
            return reshape(-1).gather(0, indices.reshape(-1)).MoveToOuterDisposeScope();
        }

        public Tensor take(Tensor index)
        {
            using DisposeScope scope = NewDisposeScope();
            return reshape(-1).gather(0, index.reshape(-1)).reshape(index.shape).MoveToOuterDisposeScope();
        }

        public Tensor scatter_(long dim, Tensor index, Tensor src)
        {
            if (Derivative.Wanted(this, src)) return Rewrite("scatter_", x => x.scatter(dim, index, src));
            CheckWritable("scatter_");
            int axis = CheckIndex("scatter_", dim, index, this);
            SameType("scatter_", src);
            using Tensor places = index.AsContiguous(ScalarType.Int64);
            IndexAlong.Scatter("scatter_", this, axis, places, src, add: false);
            return this;
        }

        public Tensor scatter(long dim, Tensor index, Tensor src)
        {
            Tensor result;
            using (no_grad()) result = clone().scatter_(dim, index, src);
            return Scattered(result, "ScatterBackward0", dim, index, src, (g, at) => g.scatter(dim, at, zeros(at._sizes, g.dtype)));
        }

        public Tensor scatter_add_(long dim, Tensor index, Tensor src)
        {
            if (Derivative.Wanted(this, src)) return Rewrite("scatter_add_", x => x.scatter_add(dim, index, src));
            CheckWritable("scatter_add_");
            int axis = CheckIndex("scatter_add_", dim, index, this);
            SameType("scatter_add_", src);
            using Tensor places = index.AsContiguous(ScalarType.Int64);
            IndexAlong.Scatter("scatter_add_", this, axis, places, src, add: true);
            return this;
        }

        public Tensor scatter_add(long dim, Tensor index, Tensor src)
        {
            Tensor result;
            using (no_grad()) result = clone().scatter_add_(dim, index, src);
            return Scattered(result, "ScatterAddBackward0", dim, index, src, static (g, _) => g);
        }

        private Tensor Scattered(Tensor result, string name, long dim, Tensor index, Tensor src, Func<Tensor, Tensor, Tensor> own)
        {
            if (!Derivative.Wanted(this, src)) return result;
            long[] given = src._sizes;
            return result.From(name, [this, src], [index], (gradients, n) =>
            {
                Tensor g = gradients[0]!;
                return [n.Needs(0) ? own(g, n[0]) : null, n.Needs(1) ? Corner(g.gather(dim, n[0]), given) : null];
            });
        }

        /// <summary>A source may be larger than the index: only its corner was read.</summary>
        private static Tensor Corner(Tensor gradient, long[] sizes)
        {
            long[] read = gradient._sizes;
            return read.AsSpan().SequenceEqual(sizes) ? gradient : Embed(gradient, sizes, t =>
            {
                for (int d = 0; d < read.Length; d++) t = t.narrow(d, 0, read[d]);
                return t;
            });
        }

        public Tensor index_select(long dim, Tensor index)
        {
            int axis = Axis(dim, "index_select");
            if (index.ndim > 1) throw new TorchException("index_select", $"Index is supposed to be a vector, got shape {Shapes.Text(index._sizes)}");
            if (index._dtype is not (ScalarType.Int64 or ScalarType.Int32)) throw new TorchException("index_select", $"Expected dtype int32 or int64 for index, got {index._dtype}");
            using Tensor self = _sizes.Length == 0 ? View([1], [1], _offset, track: false) : Untracked();
            using Tensor wide = index.AsContiguous(ScalarType.Int64);
            using Tensor places = wide._sizes.Length == 0 ? wide.View([1], [1], wide._offset, track: false) : wide.Untracked();
            var indices = new Tensor?[self._sizes.Length];
            indices[axis] = places;
            var values = new ReadOnlySpan<long>(places.Bytes, (int)places.numel());
            foreach (long at in values)
                if (at < 0 || at >= self._sizes[axis])
                    throw new TorchException("index_select", $"index {at} is out of range for dimension {axis} with size {self._sizes[axis]}");
            GC.KeepAlive(places);
            Tensor result = AdvancedIndex.Read(self, indices);
            if (!Derivative.Wanted(this)) return result;
            long[] whole = _sizes;
            return result.From("IndexSelectBackward0", [this], [index], (gradients, n) =>
            {
                Tensor g = gradients[0]!;
                return [whole.Length == 0 ? g.sum() : TensorFactory.Zeros(whole, g.dtype, null, false).index_add(axis, n[0], g, 1)];
            });
        }

        public Tensor index_add_(long dim, Tensor index, Tensor source, Scalar alpha)
        {
            if (Derivative.Wanted(this, source)) return Rewrite("index_add_", x => x.index_add(dim, index, source, alpha));
            CheckWritable("index_add_");
            int axis = Axis(dim, "index_add_");
            SameType("index_add_", source);
            if (index.ndim > 1 || index.numel() != source.shape[axis])
                throw new TorchException("index_add_", $"Number of indices ({index.numel()}) should be equal to source.size(dim) ({source.shape[axis]})");
            using Tensor places = index.AsContiguous(ScalarType.Int64);
            long* at = (long*)places.Bytes;
            for (long i = 0; i < places.numel(); i++)
            {
                if (at[i] < 0 || at[i] >= _sizes[axis]) throw new TorchException("index_add_", $"index {at[i]} out of range for dimension {axis} with size {_sizes[axis]}");
                using Tensor to = SelectUntracked(axis, at[i]), from = source.SelectUntracked(axis, i);
                to.add_(from, alpha);
            }

            GC.KeepAlive(places);
            return this;
        }

        public Tensor index_add(long dim, Tensor index, Tensor source, Scalar alpha)
        {
            Tensor result;
            using (no_grad()) result = clone().index_add_(dim, index, source, alpha);
            if (!Derivative.Wanted(this, source)) return result;
            return result.From("IndexAddBackward0", [this, source], [index], (gradients, n) =>
                [gradients[0], n.Needs(1) ? gradients[0]!.index_select(dim, n[0]).mul(alpha) : null]);
        }

        public Tensor index_copy_(long dim, Tensor index, Tensor source)
        {
            if (Derivative.Wanted(this, source)) return Rewrite("index_copy_", x => x.index_copy(dim, index, source));
            CheckWritable("index_copy_");
            int axis = Axis(dim, "index_copy_");
            SameType("index_copy_", source);
            using Tensor places = index.AsContiguous(ScalarType.Int64);
            long* at = (long*)places.Bytes;
            for (long i = 0; i < places.numel(); i++)
            {
                if (at[i] < 0) throw new TorchException("index_copy_", $"index {at[i]} is out of range");
                using Tensor to = SelectUntracked(axis, at[i]), from = source.SelectUntracked(axis, i);
                StridedCopy.Run(from, to);
            }

            GC.KeepAlive(places);
            return this;
        }

        public Tensor index_copy(long dim, Tensor index, Tensor source)
        {
            Tensor result;
            using (no_grad()) result = clone().index_copy_(dim, index, source);
            if (!Derivative.Wanted(this, source)) return result;
            return result.From("IndexCopyBackward0", [this, source], [index], (gradients, n) =>
                [n.Needs(0) ? gradients[0]!.index_fill(dim, n[0], 0) : null, n.Needs(1) ? gradients[0]!.index_select(dim, n[0]) : null]);
        }

        public Tensor index_fill_(long dim, Tensor index, Scalar value)
        {
            if (Derivative.Wanted(this)) return Rewrite("index_fill_", x => x.index_fill(dim, index, value));
            CheckWritable("index_fill_");
            int axis = Axis(dim, "index_fill_");
            using Tensor places = index.AsContiguous(ScalarType.Int64);
            long* at = (long*)places.Bytes;
            for (long i = 0; i < places.numel(); i++)
            {
                using Tensor to = SelectUntracked(axis, at[i]);
                to.fill_(value);
            }

            GC.KeepAlive(places);
            return this;
        }

        public Tensor index_fill(long dim, Tensor index, Scalar value)
        {
            Tensor result;
            using (no_grad()) result = clone().index_fill_(dim, index, value);
            if (!Derivative.Wanted(this)) return result;
            return result.From("IndexFillBackward0", [this], [index], (gradients, n) => [gradients[0]!.index_fill(dim, n[0], 0)]);
        }

        public Tensor repeat(params long[] sizes)
        {
            ThrowIfInvalid();
            int lead = sizes.Length - _sizes.Length;
            if (lead < 0) throw new TorchException("repeat", $"Number of dimensions of repeat dims {Shapes.Text(sizes)} can not be smaller than number of dimensions of tensor {Shapes.Text(_sizes)}");
            var from = new List<long>();
            var wide = new List<long>();
            var result = new long[sizes.Length];
            for (int d = 0; d < sizes.Length; d++)
            {
                long size = d < lead ? 1 : _sizes[d - lead];
                from.AddRange([1, size]);
                wide.AddRange([sizes[d], size]);
                result[d] = sizes[d] * size;
            }

            using DisposeScope scope = NewDisposeScope();
            return reshape(from.ToArray()).expand(wide.ToArray()).contiguous().view(result).MoveToOuterDisposeScope();
        }

        public Tensor tile(long[] reps)
        {
            long[] all = reps.Length >= ndim ? reps : [.. Enumerable.Repeat(1L, (int)ndim - reps.Length), .. reps];
            return repeat(all);
        }

        public Tensor repeat_interleave(long repeats, long? dim = null, long? output_size = null)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor x = dim is null ? reshape(-1) : this;
            int axis = dim is null ? 0 : Axis(dim.Value, "repeat_interleave");
            if (repeats < 0) throw new TorchException("repeat_interleave", "repeats must be non-negative");
            long[] wide = x.unsqueeze(axis + 1).shape;
            wide[axis + 1] = repeats;
            long[] sizes = x.shape;
            sizes[axis] *= repeats;
            return x.unsqueeze(axis + 1).expand(wide).contiguous().view(sizes).MoveToOuterDisposeScope();
        }

        public Tensor repeat_interleave(Tensor repeats, long? dim = null, long? output_size = null)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor x = dim is null ? reshape(-1) : this;
            int axis = dim is null ? 0 : Axis(dim.Value, "repeat_interleave");
            long[] counts = repeats.to_type(ScalarType.Int64).data<long>().ToArray();
            if (counts.Length == 1) return x.repeat_interleave(counts[0], axis, output_size).MoveToOuterDisposeScope();
            if (counts.Length != x.shape[axis]) throw new TorchException("repeat_interleave", $"repeats must have the same size as input along dim, but got repeats.size(0) = {counts.Length} and input.size({axis}) = {x.shape[axis]}");
            var places = new List<long>();
            for (int i = 0; i < counts.Length; i++)
                for (long k = 0; k < counts[i]; k++) places.Add(i);
            return x.index_select(axis, tensor(places.ToArray())).MoveToOuterDisposeScope();
        }

        public Tensor flip(params long[] dims)
        {
            bool[] chosen = Shapes.Axes(dims, (int)dim(), "flip");
            using DisposeScope scope = NewDisposeScope();
            Tensor result = this;
            for (int d = 0; d < _sizes.Length; d++)
                if (chosen[d]) result = result.index_select(d, arange(_sizes[d] - 1, -1, -1, ScalarType.Int64));
            return (ReferenceEquals(result, this) ? clone() : result).MoveToOuterDisposeScope();
        }

        public Tensor fliplr() => flip(1);

        public Tensor flipud() => flip(0);

        public Tensor roll(long shifts, long? dims = null) => dims is null ? Roll([shifts], []) : Roll([shifts], [dims.Value]);

        public Tensor roll(long[] shifts) => Roll(shifts, []);

        public Tensor roll(long[] shifts, long[] dims) => Roll(shifts, dims);

        public Tensor roll(ReadOnlySpan<long> shifts, ReadOnlySpan<long> dims = default) => Roll(shifts.ToArray(), dims.ToArray());

        public Tensor roll((long, long) shifts, (long, long) dims) => Roll([shifts.Item1, shifts.Item2], [dims.Item1, dims.Item2]);

        public Tensor tril(long diagonal = 0) => Triangle(diagonal, lower: true);

        public Tensor triu(long diagonal = 0) => Triangle(diagonal, lower: false);

        public Tensor tril_(long diagonal = 0) => InPlace("tril_", x => x.tril(diagonal));

        public Tensor triu_(long diagonal = 0) => InPlace("triu_", x => x.triu(diagonal));

        public Tensor diag(long diagonal = 0)
        {
            if (ndim == 2)
            {
                using Tensor view = this.diagonal(diagonal).DetachFromDisposeScope();
                return view.clone();
            }

            RequireRank("diag", this, 1, "self");
            return diag_embed(diagonal);
        }

        public Tensor diagflat(long offset = 0)
        {
            using Tensor flat = reshape(-1).DetachFromDisposeScope();
            return flat.diag_embed(offset);
        }

        public Tensor diag_embed(long offset = 0, long dim1 = -2, long dim2 = -1)
        {
            long n = shape[^1] + Math.Abs(offset);
            using DisposeScope scope = NewDisposeScope();
            Tensor result = torch.zeros([.. _sizes[..^1], n, n], dtype);
            result.diagonal(offset, -2, -1).copy_(this);
            return result.movedim([-2, -1], [dim1, dim2]).MoveToOuterDisposeScope();
        }

        public Tensor nonzero()
        {
            using Tensor flags = Predicate<Kernels.Operations.IsNonzero>().DetachFromDisposeScope();
            long[][] places = AdvancedIndex.Positions(flags);
            long count = _sizes.Length == 0 ? (flags.item<bool>() ? 1 : 0) : places[0].Length;
            Tensor result = Allocate([count, _sizes.Length], ScalarType.Int64);
            long* to = (long*)result.Bytes;
            for (long i = 0; i < count; i++)
                for (int d = 0; d < _sizes.Length; d++) to[i * _sizes.Length + d] = places[d][i];
            GC.KeepAlive(result);
            return result;
        }

        public Tensor argwhere() => nonzero();

        public Tensor isin(Tensor test_elements, bool assumeUnique = false, bool invert = false)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor found = unsqueeze(-1).eq(test_elements.reshape(-1)).any(-1);
            return (invert ? found.logical_not() : found).MoveToOuterDisposeScope();
        }

        public Tensor nan_to_num(double nan = 0, double? posinf = null, double? neginf = null)
        {
            if (!dtype.IsFloat()) return clone();
            (double low, double high) = _dtype switch
            {
                ScalarType.Float64 => (double.MinValue, double.MaxValue),
                ScalarType.Float16 => ((double)Half.MinValue, (double)Half.MaxValue),
                ScalarType.BFloat16 => (-3.3895313892515355e38, 3.3895313892515355e38),
                _ => (float.MinValue, float.MaxValue),
            };
            using DisposeScope scope = NewDisposeScope();
            return clone().masked_fill_(isnan(), nan).masked_fill_(isposinf(), posinf ?? high).masked_fill_(isneginf(), neginf ?? low).MoveToOuterDisposeScope();
        }

        public Tensor diff(long n = 1, long dim = -1, Tensor? prepend = null, Tensor? append = null)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor x = this;
            if (prepend is not null) x = cat([prepend, x], dim);
            if (append is not null) x = cat([x, append], dim);
            for (; n > 0; n--)
            {
                long size = x.shape[Axis(dim, "diff")];
                x = size == 0 ? x : x.narrow(dim, 1, size - 1).sub(x.narrow(dim, 0, size - 1));
            }

            return (ReferenceEquals(x, this) ? clone() : x).MoveToOuterDisposeScope();
        }

        /// <summary>y = condition ? a : b elementwise; all but the condition have the type of y.</summary>
        internal static void Select(Tensor condition, Tensor a, Tensor b, Tensor y)
        {
            switch (y._dtype.Size())
            {
                case 1: Elementwise.Ternary<byte, byte, byte, Chooser<byte>>(condition, a, b, y, default); break;
                case 2: Elementwise.Ternary<byte, ushort, ushort, Chooser<ushort>>(condition, a, b, y, default); break;
                case 4: Elementwise.Ternary<byte, uint, uint, Chooser<uint>>(condition, a, b, y, default); break;
                case 8: Elementwise.Ternary<byte, ulong, ulong, Chooser<ulong>>(condition, a, b, y, default); break;
                default: Elementwise.Ternary<byte, UInt128, UInt128, Chooser<UInt128>>(condition, a, b, y, default); break;
            }
        }

        internal static Tensor Where(Tensor condition, Tensor x, Tensor y)
        {
            if (condition.dtype != ScalarType.Bool) throw new TorchException("where", $"expected condition to be a boolean tensor, but got a tensor with dtype {condition._dtype}");
            ScalarType type = Dtypes.Result(x, y);
            using Tensor a = x.As(type), b = y.As(type);
            Tensor result = ResultFor("where", type, condition, a, b);
            Select(condition, a, b, result);
            if (!Derivative.Wanted(x, y)) return result;
            return result.From("WhereBackward0", [x, y], [condition], static (gradients, n) =>
            {
                Tensor g = gradients[0]!, zero = zeros([], g.dtype);
                return [n.Needs(0) ? Where(n[0], g, zero) : null, n.Needs(1) ? Where(n[0], zero, g) : null];
            });
        }

        private Tensor Triangle(long diagonal, bool lower)
        {
            if (dim() < 2) throw new TorchException(lower ? "tril" : "triu", $"input tensor must have at least 2 dimensions, got shape {Shapes.Text(_sizes)}");
            Tensor result = Allocate(_sizes, _dtype);
            StridedCopy.Run(this, result);
            long rows = _sizes[^2], columns = _sizes[^1], planes = rows * columns == 0 ? 0 : numel() / (rows * columns);
            int width = _dtype.Size();
            byte* data = result.Bytes;
            for (long p = 0; p < planes; p++)
            {
                for (long r = 0; r < rows; r++)
                {
                    byte* row = data + (p * rows + r) * columns * width;
                    long split = Math.Clamp(r + diagonal + (lower ? 1 : 0), 0, columns);
                    (long from, long count) = lower ? (split, columns - split) : (0, split);
                    new Span<byte>(row + from * width, checked((int)(count * width))).Clear();
                }
            }

            GC.KeepAlive(result);
            return result.Linear(lower ? "TrilBackward0" : "TriuBackward0", this, g => g.Triangle(diagonal, lower));
        }

        private Tensor Roll(long[] shifts, long[] dims)
        {
            using DisposeScope scope = NewDisposeScope();
            if (dims.Length == 0)
            {
                if (shifts.Length != 1) throw new TorchException("roll", $"shifts and dimensions must align. shifts: {shifts.Length}, dims:0");
                return reshape(-1).Roll(shifts, [0]).reshape(shape).MoveToOuterDisposeScope();
            }

            if (dims.Length != shifts.Length) throw new TorchException("roll", $"shifts and dimensions must align. shifts: {shifts.Length}, dims:{dims.Length}");
            Tensor x = this;
            for (int i = 0; i < dims.Length; i++)
            {
                int axis = Axis(dims[i], "roll");
                long n = _sizes[axis];
                if (n == 0) continue;
                long shift = ((shifts[i] % n) + n) % n;
                x = shift == 0 ? x.clone() : cat([x.narrow(axis, n - shift, shift), x.narrow(axis, 0, n - shift)], axis);
            }

            return (ReferenceEquals(x, this) ? clone() : x).MoveToOuterDisposeScope();
        }

        private int CheckIndex(string operation, long dim, Tensor index, Tensor target)
        {
            int axis = Axis(dim, operation);
            if (index.dtype is not (ScalarType.Int64 or ScalarType.Int32)) throw new TorchException(operation, $"Expected dtype int64 for index, got {index._dtype}");
            if (Math.Max(index._sizes.Length, 1) != Math.Max(target._sizes.Length, 1))
                throw new TorchException(operation, $"Index tensor must have the same number of dimensions as input tensor: {Shapes.Text(index._sizes)} and {Shapes.Text(target._sizes)}");
            for (int d = 0; d < index._sizes.Length && d < target._sizes.Length; d++)
                if (d != axis && index._sizes[d] > target._sizes[d])
                    throw new TorchException(operation, $"Size does not match at dimension {d} expected index {Shapes.Text(index._sizes)} to be smaller than self {Shapes.Text(target._sizes)} apart from dimension {axis}");
            return axis;
        }

        // Fractions are cut and negative numbers wrap in an unsigned type; a number beyond the type's range is an error.
        private void RequireFits(string operation, Scalar value)
        {
            double size = value.Real, limit = _dtype switch
            {
                ScalarType.Byte => byte.MaxValue,
                ScalarType.Int8 => sbyte.MaxValue,
                ScalarType.Int16 => short.MaxValue,
                ScalarType.Int32 => int.MaxValue,
                ScalarType.Int64 => long.MaxValue,
                ScalarType.Float16 => 65504,
                ScalarType.Float32 or ScalarType.BFloat16 => float.MaxValue,
                _ => double.PositiveInfinity,
            };
            double lowest = _dtype is ScalarType.Byte || _dtype.IsFloat() ? -limit : -limit - 1;
            if ((size > limit || size < lowest) && !(_dtype.IsFloat() && double.IsInfinity(size)))
                throw new TorchException(operation, $"value {value} cannot be converted to type {_dtype} without overflow");
        }

        private void SameType(string operation, Tensor source)
        {
            if (source.dtype != dtype) throw new TorchException(operation, $"Expected self.dtype to be equal to src.dtype, got {_dtype} and {source._dtype}");
        }

        private readonly struct Chooser<T> : ITernaryKernel<byte, T, T> where T : unmanaged, IBinaryInteger<T>
        {
            public void Run(ReadOnlySpan<byte> x, ReadOnlySpan<T> y, ReadOnlySpan<T> z, Span<T> w)
            {
                for (int i = 0; i < w.Length; i++) w[i] = x[i] != 0 ? y[i] : z[i];
            }
        }
    }
}
