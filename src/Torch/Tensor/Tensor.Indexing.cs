using System.Runtime.CompilerServices;
using TorchSharp.Autograd;
using TorchSharp.Kernels;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        [IndexerName("TensorItems")]
        public Tensor this[params TensorIndex[] indices]
        {
            get => index(indices);
            set => index_put_(value, indices);
        }

        [IndexerName("TensorItems")]
        public Tensor this[params Tensor[] indices]
        {
            get => index(indices);
            set => index_put_(value, indices);
        }

        [IndexerName("TensorItems")]
        public Tensor this[params long[] indices]
        {
            get => At(indices);
            set => SetAt(value, indices);
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1]
        {
            get => At(i1);
            set => SetAt(value, i1);
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1, long i2]
        {
            get => At(i1, i2);
            set => SetAt(value, i1, i2);
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1, long i2, long i3]
        {
            get => At(i1, i2, i3);
            set => SetAt(value, i1, i2, i3);
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1, long i2, long i3, long i4]
        {
            get => At(i1, i2, i3, i4);
            set => SetAt(value, i1, i2, i3, i4);
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1, long i2, long i3, long i4, long i5]
        {
            get => At(i1, i2, i3, i4, i5);
            set => SetAt(value, i1, i2, i3, i4, i5);
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1, long i2, long i3, long i4, long i5, long i6]
        {
            get => At(i1, i2, i3, i4, i5, i6);
            set => SetAt(value, i1, i2, i3, i4, i5, i6);
        }

        public Tensor index(params TensorIndex[] indices)
        {
            using IndexedView view = Resolve("index", indices);
            long[] whole = _sizes;
            if (view.Advanced is null)
                return Cut(view.Base._sizes, view.Base._strides, view.Base._offset, "SliceBackward0", g => Embed(g, whole, t => t.index(indices)));
            Tensor result = AdvancedIndex.Read(view.Base, view.Advanced);
            if (!Derivative.Wanted(this)) return result;
            return result.From("IndexBackward0", [this], TensorsOf(indices), (gradients, n) => [Spread(gradients[0]!, whole, Kept(indices, n, 0))]);
        }

        public Tensor index(params Tensor[] indices) => index(Array.ConvertAll(indices, OfTensor));

        public Tensor index_put_(Tensor value, params TensorIndex[] indices) => index_put_(value, indices, accumulate: false);

        public Tensor index_put_(Tensor value, TensorIndex[] indices, bool accumulate = false)
        {
            value.ThrowIfInvalid();
            if (Derivative.Wanted(this, value)) return Rewrite("index_put_", x => x.IndexPut(value, indices, accumulate));
            CheckWritable("index_put_");
            using IndexedView view = Resolve("index_put_", indices);
            if (view.Advanced is not null && !value._isNumber && value._dtype != _dtype)
                throw new TorchException("index_put_", $"Index put requires the source and destination dtypes match, got {_dtype} for the destination and {value._dtype} for the source.");
            if (view.Advanced is not null) AdvancedIndex.Write(view.Base, view.Advanced, value, accumulate);
            else if (accumulate) view.Base.add_(value);
            else view.Base.CopyBroadcast(value, "index_put_");
            return this;
        }

        public Tensor index_put_(Tensor value, params Tensor[] indices) => index_put_(value, Array.ConvertAll(indices, OfTensor), accumulate: false);

        public Tensor index_put_(Tensor value, Tensor[] indices, bool accumulate = false) =>
            index_put_(value, Array.ConvertAll(indices, OfTensor), accumulate);

        public Tensor index_put_(Scalar value, params TensorIndex[] indices)
        {
            using Tensor number = Number(value);
            return index_put_(number, indices, accumulate: false);
        }

        public Tensor index_put_(Scalar value, params Tensor[] indices)
        {
            using Tensor number = Number(value);
            return index_put_(number, indices, accumulate: false);
        }

        /// <summary>A copy with the value written into it, as a recorded operation.</summary>
        private Tensor IndexPut(Tensor value, TensorIndex[] indices, bool accumulate)
        {
            Tensor result;
            using (no_grad()) result = clone().index_put_(value, indices, accumulate);
            long[] given = value._sizes;
            return result.From("IndexPutBackward0", [this, value], TensorsOf(indices), (gradients, n) =>
            {
                Tensor g = gradients[0]!;
                TensorIndex[] at = Kept(indices, n, 0);
                Tensor? own = !n.Needs(0) ? null : accumulate ? g : g.IndexPut(zeros([], g.dtype), at, accumulate: false);
                return [own, n.Needs(1) ? Trimmed(g.index(at), given) : null];
            });
        }

        // A value may have more leading ones than the place that it was written to.
        private static Tensor Trimmed(Tensor gradient, long[] sizes)
        {
            int more = sizes.Length - gradient._sizes.Length;
            return more <= 0 ? gradient : Engine.SumTo(gradient, sizes[more..]).reshape(sizes);
        }

        /// <summary>Zeros with the gradient added at the indices: what indexing with tensors was the reading of.</summary>
        private static Tensor Spread(Tensor gradient, long[] sizes, TensorIndex[] indices)
        {
            Tensor result = TensorFactory.Zeros(sizes, gradient.dtype, null, false);
            using (no_grad()) result.index_put_(gradient, indices, accumulate: true);
            return result.Linear("SpreadBackward0", gradient, g => g.index(indices));
        }

        private static Tensor?[] TensorsOf(TensorIndex[] indices) => Array.ConvertAll(indices, i => i._tensor);

        /// <summary>The indices with the tensors that the node keeps in place of the caller's.</summary>
        private static TensorIndex[] Kept(TensorIndex[] indices, FormulaNode node, int first)
        {
            var kept = (TensorIndex[])indices.Clone();
            for (int i = 0; i < kept.Length; i++)
                if (kept[i]._tensor is not null) kept[i] = TensorIndex.Tensor(node[first + i]);
            return kept;
        }

        private static TensorIndex OfTensor(Tensor t) => t is null ? TensorIndex.Colon : TensorIndex.Tensor(t);

        private Tensor At(params ReadOnlySpan<long> indices)
        {
            (long[] sizes, long[] strides, long offset) = Address(indices);
            long[] at = indices.ToArray(), whole = _sizes;
            return Cut(sizes, strides, offset, "SelectBackward0", g => Embed(g, whole, t => t.At(at)));
        }

        private void SetAt(Tensor value, params ReadOnlySpan<long> indices)
        {
            if (Derivative.Wanted(this, value))
            {
                TensorIndex[] at = Array.ConvertAll(indices.ToArray(), i => (TensorIndex)i);
                Rewrite("index_put_", x => x.IndexPut(value, at, accumulate: false));
                return;
            }

            CheckWritable("index_put_");
            (long[] sizes, long[] strides, long offset) = Address(indices);
            using Tensor place = View(sizes, strides, offset, track: false);
            place.CopyBroadcast(value, "index_put_");
        }

        private (long[] Sizes, long[] Strides, long Offset) Address(ReadOnlySpan<long> indices)
        {
            ThrowIfInvalid();
            if (indices.Length > _sizes.Length)
                throw new TorchException("index", $"too many indices for tensor of dimension {_sizes.Length} (got {indices.Length})");
            long offset = _offset;
            for (int d = 0; d < indices.Length; d++)
            {
                long i = indices[d], n = _sizes[d];
                if (i < -n || i >= n) throw new TorchException("index", $"index {i} is out of bounds for dimension {d} with size {n}");
                offset += (i < 0 ? i + n : i) * _strides[d];
            }

            return (_sizes[indices.Length..], _strides[indices.Length..], offset);
        }

        private void CopyBroadcast(Tensor value, string operation)
        {
            long[] source = value._sizes;
            int lead = source.Length - _sizes.Length;

            // Leading ones of the value are dropped, as in an assignment in Python.
            if (lead > 0 && source[..lead].All(s => s == 1))
            {
                using Tensor tail = value.View(source[lead..], value._strides[lead..], value._offset, track: false);
                CopyBroadcast(tail, operation);
                return;
            }

            Shapes.Expand(operation, source, value._strides, _sizes);
            if (Overlaps(value))
            {
                using Tensor copy = value.AsContiguous(_dtype);
                if (copy.Overlaps(this) || ReferenceEquals(copy.Storage, Storage))
                {
                    using Tensor own = value.clone().DetachFromDisposeScope();
                    Kernels.Convert.Copy(own, this);
                    return;
                }

                Kernels.Convert.Copy(copy, this);
                return;
            }

            Kernels.Convert.Copy(value, this);
        }

        /// <summary>Applies the basic indices as a view; what remains are the tensor indices, one a dimension or none.</summary>
        private IndexedView Resolve(string operation, TensorIndex[] indices)
        {
            ThrowIfInvalid();
            int consumed = 0, ellipses = 0;
            foreach (TensorIndex i in indices)
            {
                switch (i._kind)
                {
                    case TensorIndex.Kind.Single or TensorIndex.Kind.Slice: consumed++; break;
                    case TensorIndex.Kind.Ellipsis: ellipses++; break;
                    case TensorIndex.Kind.Tensor: consumed += IsMask(i._tensor!) ? (int)i._tensor!.ndim : 1; break;
                    default: break;
                }
            }

            if (ellipses > 1) throw new TorchException(operation, "an index can only have a single ellipsis ('...')");
            if (consumed > _sizes.Length)
                throw new TorchException(operation, $"too many indices for tensor of dimension {_sizes.Length} (got {consumed})");

            var sizes = new List<long>();
            var strides = new List<long>();
            var advanced = new List<Tensor?>();
            var owned = new List<Tensor>();
            long offset = _offset;
            int d = 0;
            bool any = false;
            foreach (TensorIndex i in indices)
            {
                switch (i._kind)
                {
                    case TensorIndex.Kind.None:
                        Keep(1, 0);
                        break;
                    case TensorIndex.Kind.Bool:
                        Keep(1, 0);
                        any = true;
                        advanced[^1] = Own(Allocate([i._start == 1 ? 1 : 0], ScalarType.Int64, track: false));
                        if (i._start == 1) advanced[^1]!.zero_();
                        break;
                    case TensorIndex.Kind.Ellipsis:
                        for (int skip = _sizes.Length - consumed; skip > 0; skip--, d++) Keep(_sizes[d], _strides[d]);
                        break;
                    case TensorIndex.Kind.Single:
                    {
                        long at = i._start!.Value, n = _sizes[d];
                        if (at < -n || at >= n) throw new TorchException(operation, $"index {at} is out of bounds for dimension {d} with size {n}");
                        offset += (at < 0 ? at + n : at) * _strides[d];
                        d++;
                        break;
                    }

                    case TensorIndex.Kind.Slice:
                    {
                        long n = _sizes[d], step = i._step ?? 1;
                        if (step <= 0) throw new TorchException(operation, $"slice step must be positive, got {step}");
                        long start = i._start ?? 0, stop = i._stop ?? long.MaxValue;
                        start = Math.Clamp(start < 0 ? start + n : start, 0, n);
                        stop = Math.Clamp(stop < 0 ? stop + n : stop, start, n);
                        offset += start * _strides[d];
                        Keep((stop - start + step - 1) / step, _strides[d] * step);
                        d++;
                        break;
                    }

                    default:
                        Tensor t = i._tensor!;
                        any = true;
                        if (!IsMask(t))
                        {
                            if (!t.dtype.IsInteger()) throw new TorchException(operation, $"tensors used as indices must be long, int, byte or bool tensors, got {t.dtype}");
                            Keep(_sizes[d], _strides[d]);
                            advanced[^1] = Own(t.AsContiguous(ScalarType.Int64));
                            d++;
                            break;
                        }

                        for (int k = 0; k < t._sizes.Length; k++)
                            if (t._sizes[k] != _sizes[d + k])
                                throw new TorchException(operation, $"The shape of the mask {Shapes.Text(t._sizes)} at index {k} does not match the shape of the indexed tensor {Shapes.Text(_sizes)} at index {d + k}");
                        if (t._sizes.Length == 0)
                        {
                            bool yes = t.ReadDouble() != 0;
                            Keep(1, 0);
                            advanced[^1] = Own(Allocate([yes ? 1 : 0], ScalarType.Int64, track: false));
                            if (yes) advanced[^1]!.zero_();
                            break;
                        }

                        long[][] positions = AdvancedIndex.Positions(t);
                        for (int k = 0; k < t._sizes.Length; k++, d++)
                        {
                            Keep(_sizes[d], _strides[d]);
                            Tensor place = Own(Allocate([positions[k].Length], ScalarType.Int64, track: false));
                            AdvancedIndex.Fill(place, positions[k]);
                            advanced[^1] = place;
                        }

                        break;
                }
            }

            for (; d < _sizes.Length; d++) Keep(_sizes[d], _strides[d]);
            Tensor view = View(sizes.ToArray(), strides.ToArray(), offset, track: false);
            return new IndexedView(view, any ? advanced.ToArray() : null, owned);

            void Keep(long size, long stride)
            {
                sizes.Add(size);
                strides.Add(stride);
                advanced.Add(null);
            }

            Tensor Own(Tensor t)
            {
                owned.Add(t);
                return t;
            }
        }

        private static bool IsMask(Tensor t) => t.dtype is ScalarType.Bool or ScalarType.Byte;

        private sealed class IndexedView(Tensor view, Tensor?[]? advanced, List<Tensor> owned) : IDisposable
        {
            public Tensor Base => view;

            public Tensor?[]? Advanced => advanced;

            public void Dispose()
            {
                view.Dispose();
                foreach (Tensor t in owned) t.Dispose();
            }
        }
    }
}
