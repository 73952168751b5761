using TorchSharp.Autograd;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor T
        {
            get
            {
                ThrowIfInvalid();
                long[] order = new long[_sizes.Length];
                for (int i = 0; i < order.Length; i++) order[i] = order.Length - 1 - i;
                return permute(order);
            }
        }

        public Tensor mT => _sizes.Length >= 2 ? transpose(-2, -1) : throw new TorchException("mT", $"only supported on matrices or batches of matrices. Got {_sizes.Length}-D tensor.");

        public Tensor H => T;

        public Tensor mH => mT;

        public Tensor alias() => Cut(_sizes, _strides, _offset, "AliasBackward0", static g => g);

        public Tensor view(params long[] shape)
        {
            long[] sizes = Shapes.Infer("view", shape, numel());
            long[] strides = Shapes.ViewStrides(_sizes, _strides, sizes)
                ?? throw new TorchException("view", $"view size {Shapes.Text(sizes)} is not compatible with input tensor's size {Shapes.Text(_sizes)} and stride {Shapes.Text(_strides)} (at least one dimension spans across two contiguous subspaces). Use .reshape(...) instead.");
            return Reshaped(sizes, strides);
        }

        public Tensor view_as(Tensor other) => view(other.shape);

        public Tensor reshape(params long[] shape)
        {
            long[] sizes = Shapes.Infer("reshape", shape, numel());
            long[]? strides = Shapes.ViewStrides(_sizes, _strides, sizes);
            if (strides is not null) return Reshaped(sizes, strides);
            using Tensor whole = AsContiguous(_dtype);
            Tensor result = whole.View(sizes, Shapes.Contiguous(sizes), 0);
            long[] from = _sizes;
            return result.Linear("UnsafeViewBackward0", this, g => g.reshape(from));
        }

        public Tensor ravel() => reshape(-1);

        public Tensor flatten(long start_dim = 0, long end_dim = -1)
        {
            int first = Axis(start_dim, "flatten"), last = Axis(end_dim, "flatten");
            if (first > last) throw new TorchException("flatten", "start_dim cannot come after end_dim");
            if (_sizes.Length == 0) return reshape(1);
            if (first == last) return alias();
            var sizes = new List<long>();
            for (int i = 0; i < _sizes.Length; i++)
                if (i <= first || i > last) sizes.Add(_sizes[i]);
                else sizes[^1] *= _sizes[i];
            return reshape(sizes.ToArray());
        }

        public Tensor unflatten(long dim, params long[] sizes)
        {
            int axis = Axis(dim, "unflatten");
            long[] inner = Shapes.Infer("unflatten", sizes, _sizes[axis]);
            return view([.. _sizes[..axis], .. inner, .. _sizes[(axis + 1)..]]);
        }

        public Tensor unflatten(long dim, Size sizes) => unflatten(dim, sizes.Shape);

        public Tensor transpose(long dim0, long dim1)
        {
            int a = Axis(dim0, "transpose"), b = Axis(dim1, "transpose");
            if (_sizes.Length == 0) return alias();
            long[] sizes = size(), strides = stride();
            (sizes[a], sizes[b]) = (sizes[b], sizes[a]);
            (strides[a], strides[b]) = (strides[b], strides[a]);
            return Cut(sizes, strides, _offset, "TransposeBackward0", g => g.transpose(a, b));
        }

        public Tensor swapaxes(long dim0, long dim1) => transpose(dim0, dim1);

        public Tensor swapdims(long dim0, long dim1) => transpose(dim0, dim1);

        public Tensor transpose_(long dim0, long dim1)
        {
            int a = Axis(dim0, "transpose_"), b = Axis(dim1, "transpose_");
            if (_sizes.Length == 0) return this;
            return Become("transpose_", x => x.transpose(a, b));
        }

        public Tensor t()
        {
            if (dim() > 2) throw new TorchException("t", $"expects a tensor with <= 2 dimensions, but self is {_sizes.Length}D");
            return _sizes.Length < 2 ? alias() : transpose(0, 1);
        }

        public Tensor permute(params long[] permutation)
        {
            ThrowIfInvalid();
            if (permutation.Length != _sizes.Length)
                throw new TorchException("permute", $"number of dimensions in the tensor input does not match the length of the desired ordering of dimensions i.e. input.dim() = {_sizes.Length} is not equal to len(dims) = {permutation.Length}");
            Shapes.Axes(permutation, _sizes.Length, "permute");
            var sizes = new long[permutation.Length];
            var strides = new long[permutation.Length];
            for (int i = 0; i < permutation.Length; i++)
            {
                int axis = Axis(permutation[i], "permute");
                (sizes[i], strides[i]) = (_sizes[axis], _strides[axis]);
            }

            return Cut(sizes, strides, _offset, "PermuteBackward0", g => g.permute(Inverse(permutation)));
        }

        public Tensor permute(IEnumerable<long> permutation) => permute(permutation.ToArray());

        public Tensor movedim(long[] source, long[] destination)
        {
            int rank = (int)dim();
            if (source.Length != destination.Length)
                throw new TorchException("movedim", $"Invalid source or destination dims: source ({Shapes.Text(source)} dims) should contain the same number of dims as destination ({Shapes.Text(destination)} dims)");
            Shapes.Axes(source, rank, "movedim");
            Shapes.Axes(destination, rank, "movedim");
            var order = new long[rank];
            Array.Fill(order, -1);
            var moved = new HashSet<int>();
            for (int i = 0; i < source.Length; i++)
            {
                int from = Axis(source[i], "movedim");
                order[Axis(destination[i], "movedim")] = from;
                moved.Add(from);
            }

            int next = 0;
            for (int i = 0; i < rank; i++)
            {
                if (order[i] >= 0) continue;
                while (moved.Contains(next)) next++;
                order[i] = next++;
            }

            return permute(order);
        }

        public Tensor moveaxis(long[] source, long[] destination) => movedim(source, destination);

        public Tensor unsqueeze(long dim)
        {
            ThrowIfInvalid();
            int axis = Shapes.Axis(dim, _sizes.Length + 1, "unsqueeze");
            long stride = axis < _sizes.Length ? _sizes[axis] * _strides[axis] : 1;
            return Cut(
                [.. _sizes[..axis], 1, .. _sizes[axis..]], [.. _strides[..axis], stride, .. _strides[axis..]], _offset,
                "UnsqueezeBackward0", g => g.squeeze(axis));
        }

        public Tensor unsqueeze_(long dim) => Become("unsqueeze_", x => x.unsqueeze(dim));

        public Tensor squeeze(long? dim = null)
        {
            ThrowIfInvalid();
            int only = dim is null ? -1 : Axis(dim.Value, "squeeze");
            var sizes = new List<long>();
            var strides = new List<long>();
            for (int i = 0; i < _sizes.Length; i++)
            {
                if (_sizes[i] == 1 && (only < 0 || only == i)) continue;
                sizes.Add(_sizes[i]);
                strides.Add(_strides[i]);
            }

            long[] from = _sizes;
            return Cut(sizes.ToArray(), strides.ToArray(), _offset, "SqueezeBackward0", g => g.reshape(from));
        }

        public Tensor squeeze_(long? dim = null) => Become("squeeze_", x => x.squeeze(dim));

        public Tensor expand(params long[] sizes) => expand(sizes, isImplicit: false);

        public Tensor expand(ReadOnlySpan<long> sizes, bool isImplicit = false) => expand(sizes.ToArray(), isImplicit);

        public Tensor expand(Size sizes, bool isImplicit = false) => expand(sizes.Shape, isImplicit);

        public Tensor expand(long[] sizes, bool isImplicit = false)
        {
            ThrowIfInvalid();
            long[] target = (long[])sizes.Clone();
            int lead = target.Length - _sizes.Length;
            for (int i = 0; i < target.Length; i++)
            {
                if (target[i] != -1) continue;
                if (i < lead) throw new TorchException("expand", $"The expanded size of the tensor (-1) isn't allowed in a leading, non-existing dimension {i}");
                target[i] = _sizes[i - lead];
            }

            long[] from = _sizes;
            return Cut(target, Shapes.Expand("expand", _sizes, _strides, target), _offset, "ExpandBackward0", g => Engine.SumTo(g, from));
        }

        public Tensor expand_as(Tensor other) => expand(other.shape);

        public Tensor broadcast_to(params long[] shape) => expand(shape);

        public Tensor narrow(long dim, long start, long length)
        {
            int axis = NonScalarAxis(dim, "narrow");
            long size = _sizes[axis];
            long from = start < 0 ? start + size : start;
            if (from < 0 || from > size) throw new TorchException("narrow", $"start out of range (expected to be in range of [{-size}, {size}], but got {start})");
            if (length < 0 || from + length > size) throw new TorchException("narrow", $"start ({from}) + length ({length}) exceeds dimension size ({size}).");
            return slice(axis, from, from + length, 1);
        }

        public Tensor slice(long dim, long start, long finish, long step)
        {
            int axis = NonScalarAxis(dim, "slice");
            if (step <= 0) throw new TorchException("slice", $"step must be positive, got {step}");
            long size = _sizes[axis];
            long from = Math.Clamp(start < 0 ? start + size : start, 0, size);
            long end = Math.Clamp(finish < 0 ? finish + size : finish, from, size);
            long[] sizes = this.size(), strides = stride();
            sizes[axis] = (end - from + step - 1) / step;
            strides[axis] *= step;
            long[] whole = _sizes;
            return Cut(
                sizes, strides, _offset + from * _strides[axis], "SliceBackward0", g => Embed(g, whole, t => t.slice(axis, from, end, step)));
        }

        public Tensor select(long dim, long index)
        {
            int axis = NonScalarAxis(dim, "select");
            long[] whole = _sizes;
            return Cut(
                Without(_sizes, axis), Without(_strides, axis), SelectOffset(axis, index), "SelectBackward0",
                g => Embed(g, whole, t => t.select(axis, index)));
        }

        public Tensor diagonal(long offset = 0, long dim1 = 0, long dim2 = 1)
        {
            int a = Axis(dim1, "diagonal"), b = Axis(dim2, "diagonal");
            if (a == b || _sizes.Length < 2) throw new TorchException("diagonal", $"diagonal dimensions cannot be identical {dim1}, {dim2}");
            long length = offset >= 0 ? Math.Min(_sizes[a], _sizes[b] - offset) : Math.Min(_sizes[a] + offset, _sizes[b]);
            length = Math.Max(length, 0);
            long start = length == 0 ? 0 : offset >= 0 ? offset * _strides[b] : -offset * _strides[a];
            (int high, int low) = a > b ? (a, b) : (b, a);
            long[] whole = _sizes;
            return Cut(
                [.. Without(Without(_sizes, high), low), length],
                [.. Without(Without(_strides, high), low), _strides[a] + _strides[b]],
                _offset + start, "DiagonalBackward0", g => Embed(g, whole, t => t.diagonal(offset, a, b)));
        }

        public Tensor as_strided(long[] size, long[] strides, long storageOffset = 0)
        {
            ThrowIfInvalid();
            long last = storageOffset;
            for (int i = 0; i < size.Length; i++) last += (size[i] - 1) * strides[i];
            if (Shapes.Count(size) > 0 && (last + 1) * ElementSize > Storage.Bytes)
                throw new TorchException("as_strided", $"sizes {Shapes.Text(size)}, strides {Shapes.Text(strides)} and offset {storageOffset} reach beyond a storage of {Storage.Bytes} bytes");
            long[] sizes = (long[])size.Clone(), steps = (long[])strides.Clone();
            var geometry = new Geometry(_sizes, _strides, sizes, steps, storageOffset - _offset);
            return Cut(sizes, steps, storageOffset, "AsStridedBackward0", geometry.Put);
        }

        public Tensor unfold(long dimension, long size, long step)
        {
            int axis = NonScalarAxis(dimension, "unfold");
            if (size < 0 || size > _sizes[axis]) throw new TorchException("unfold", $"maximum size for tensor at dimension {axis} is {_sizes[axis]} but size is {size}");
            if (step <= 0) throw new TorchException("unfold", $"step is {step} but must be > 0");
            long[] sizes = [.. _sizes, size], strides = [.. _strides, _strides[axis]];
            sizes[axis] = (_sizes[axis] - size) / step + 1;
            strides[axis] = step * _strides[axis];
            long[] dense = Shapes.Contiguous(_sizes), steps = [.. dense, dense[axis]];
            steps[axis] = step * dense[axis];
            var geometry = new Geometry(_sizes, dense, sizes, steps, 0);
            return Cut(sizes, strides, _offset, "UnfoldBackward0", geometry.Put);
        }

        public Tensor[] unbind(long dimension = 0)
        {
            int axis = NonScalarAxis(dimension, "unbind");
            var parts = new Tensor[_sizes[axis]];
            for (int i = 0; i < parts.Length; i++) parts[i] = select(axis, i);
            return parts;
        }

        public Tensor[] split(long size, int dim = 0)
        {
            int axis = NonScalarAxis(dim, "split");
            if (size <= 0 && !(size == 0 && _sizes[axis] == 0)) throw new TorchException("split", $"split_size must be positive, but got {size}");
            long count = size == 0 ? 1 : Math.Max((_sizes[axis] + size - 1) / size, 1);
            var parts = new Tensor[count];
            for (long i = 0; i < count; i++) parts[i] = slice(axis, i * size, Math.Min((i + 1) * size, _sizes[axis]), 1);
            return parts;
        }

        public Tensor[] split(params long[] sizes) => split(sizes, dim: 0);

        public Tensor[] split(ReadOnlySpan<long> sizes, long dim = 0) => split(sizes.ToArray(), dim);

        public Tensor[] split(long[] sizes, long dim = 0)
        {
            int axis = NonScalarAxis(dim, "split");
            if (sizes.Sum() != _sizes[axis] || sizes.Any(s => s < 0))
                throw new TorchException("split", $"split_sizes {Shapes.Text(sizes)} must be non-negative and sum to {_sizes[axis]} (input tensor's size at dimension {axis})");
            var parts = new Tensor[sizes.Length];
            long at = 0;
            for (int i = 0; i < sizes.Length; i++, at += sizes[i - 1]) parts[i] = slice(axis, at, at + sizes[i], 1);
            return parts;
        }

        public Tensor[] chunk(long chunks, long dim = 0)
        {
            int axis = NonScalarAxis(dim, "chunk");
            if (chunks <= 0) throw new TorchException("chunk", $"expects `chunks` to be greater than 0, got: {chunks}");
            long each = Math.Max((_sizes[axis] + chunks - 1) / chunks, 1);
            return split(each, axis);
        }

        public Tensor contiguous() => is_contiguous() ? alias() : Copied();

        public Tensor clone()
        {
            ThrowIfInvalid();
            Tensor result = AllocateStrided(_sizes, DenseStrides(), _dtype);
            Kernels.StridedCopy.Run(this, result);
            return result.Linear("CloneBackward0", this, static g => g);
        }

        internal Tensor SelectUntracked(int axis, long index) =>
            View(Without(_sizes, axis), Without(_strides, axis), SelectOffset(axis, index), track: false);

        private Tensor Copied()
        {
            Tensor result = Allocate(_sizes, _dtype);
            Kernels.StridedCopy.Run(this, result);
            return result.Linear("CloneBackward0", this, static g => g);
        }

        private Tensor Reshaped(long[] sizes, long[] strides)
        {
            long[] from = _sizes;
            return Cut(sizes, strides, _offset, "ViewBackward0", g => g.reshape(from));
        }

        private static long[] Inverse(long[] permutation)
        {
            var inverse = new long[permutation.Length];
            for (int i = 0; i < permutation.Length; i++)
                inverse[permutation[i] < 0 ? permutation[i] + permutation.Length : permutation[i]] = i;
            return inverse;
        }

        private long SelectOffset(int axis, long index)
        {
            long size = _sizes[axis];
            if (index < -size || index >= size)
                throw new TorchException("select", $"index {index} out of range for tensor of size {Shapes.Text(_sizes)} at dimension {axis}");
            return _offset + (index < 0 ? index + size : index) * _strides[axis];
        }

        private int NonScalarAxis(long dim, string operation)
        {
            ThrowIfInvalid();
            if (_sizes.Length == 0) throw new TorchException(operation, "cannot be applied to a 0-dim tensor.");
            return Axis(dim, operation);
        }

        private static long[] Without(long[] values, int at) => [.. values[..at], .. values[(at + 1)..]];
    }
}
