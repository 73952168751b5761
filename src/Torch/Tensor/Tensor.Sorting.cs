using System.Numerics;
using TorchSharp.Autograd;
using TorchSharp.Kernels;

namespace TorchSharp;

public static partial class torch
{
    public unsafe partial class Tensor
    {
        public (Tensor Values, Tensor Indices) sort(long dim = -1, bool descending = false, bool stable = false) =>
            Ordered("sort", dim, descending, count: -1);

        public Tensor argsort(long dim = -1, bool descending = false)
        {
            (Tensor values, Tensor indices) = sort(dim, descending);
            values.Dispose();
            return indices;
        }

        public Tensor msort() => Values(sort(0));

        public (Tensor values, Tensor indexes) topk(int k, int dim = -1, bool largest = true, bool sorted = true)
        {
            int axis = Axis(dim, "topk");
            long n = _sizes.Length == 0 ? 1 : _sizes[axis];
            if (k < 0 || k > n) throw new TorchException("topk", $"selected index k out of range: k = {k}, size of dimension {axis} is {n}");
            return Ordered("topk", dim, largest, k);
        }

        public (Tensor values, Tensor indices) kthvalue(long k, long? dim, bool keepdim = false)
        {
            int axis = Axis(dim ?? -1, "kthvalue");
            long n = _sizes.Length == 0 ? 1 : _sizes[axis];
            if (k < 1 || k > n) throw new TorchException("kthvalue", $"selected number k = {k} out of range for dimension {axis} of size {n}");
            using DisposeScope scope = NewDisposeScope();
            (Tensor values, Tensor indices) = sort(axis);
            if (_sizes.Length == 0) return scope.MoveToOuter(values, indices);
            values = values.narrow(axis, k - 1, 1);
            indices = indices.narrow(axis, k - 1, 1);
            return keepdim
                ? scope.MoveToOuter(values.clone(), indices.clone())
                : scope.MoveToOuter(values.squeeze(axis).clone(), indices.squeeze(axis).clone());
        }

        public Tensor median()
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor flat = reshape(-1);
            if (flat.numel() == 0) return full([], double.NaN, dtype).MoveToOuterDisposeScope();
            if (dtype.IsFloat() && flat.isnan().any().item<bool>()) return full([], double.NaN, dtype).MoveToOuterDisposeScope();
            Tensor result = flat.detach().sort(0).Values[(flat.numel() - 1) / 2].clone();
            if (Derivative.Wanted(this))
            {
                // All elements of that size share the gradient.
                result.From("MedianBackward0", [this], [this, result], static (gradients, n) =>
                {
                    Tensor equal = n[0].eq(n[1]);
                    return [equal.mul(gradients[0]!).div(equal.sum())];
                });
            }

            return result.MoveToOuterDisposeScope();
        }

        public Tensor quantile(Tensor q, long dim = -1, bool keepdim = false)
        {
            if (!dtype.IsFloat() || q.dtype != dtype) throw new TorchException("quantile", $"input tensor and q must be of the same floating type, got {_dtype} and {q._dtype}");
            using DisposeScope scope = NewDisposeScope();
            int axis = Axis(dim, "quantile");
            Tensor x = sort(axis).Values.movedim([axis], [-1]);
            long n = x.shape[^1];
            Tensor at = q.reshape(-1).to_type(ScalarType.Float64).mul(n - 1);
            Tensor low = at.floor().to_type(ScalarType.Int64), high = at.ceil().to_type(ScalarType.Int64);
            Tensor weight = at.sub(low).to_type(dtype);
            Tensor a = x.index_select(-1, low), b = x.index_select(-1, high);
            Tensor result = a.add(b.sub(a).mul(weight)).movedim([-1], [0]);
            if (dtype.IsFloat()) result = torch.where(isnan().any(axis), torch.full([], double.NaN, dtype), result);
            if (keepdim) result = result.unsqueeze(axis + 1);
            if (q.ndim == 0) result = result.squeeze(0);
            return result.MoveToOuterDisposeScope();
        }

        private (Tensor Values, Tensor Indices) Ordered(string operation, long dim, bool descending, long count)
        {
            (Tensor values, Tensor indices) pair;
            using (no_grad()) pair = Sorted(operation, dim, descending, count);
            return (Picked(pair.values, pair.indices, dim, keepdim: true, operation == "sort" ? "SortBackward0" : "TopkBackward0"), pair.indices);
        }

        private static Tensor Values((Tensor Values, Tensor Indices) pair)
        {
            pair.Indices.Dispose();
            return pair.Values;
        }

        /// <summary>Stable order along a dimension; NaN counts as larger than every number.</summary>
        private (Tensor Values, Tensor Indices) Sorted(string operation, long dim, bool descending, long count)
        {
            int axis = Axis(dim, operation);
            using DisposeScope scope = NewDisposeScope();
            using Tensor x = (_sizes.Length == 0 ? reshape(1) : transpose(axis, -1)).AsContiguous(dtype.Compute());
            long n = x._sizes[^1], take = count < 0 ? n : count, rows = n == 0 ? 0 : x.numel() / n;
            long[] sizes = [.. x._sizes[..^1], take];
            Tensor values = Allocate(sizes, x._dtype), indices = Allocate(sizes, ScalarType.Int64);
            switch (x._dtype)
            {
                case ScalarType.Float32: SortRows<float>(x, values, indices, rows, n, take, descending); break;
                case ScalarType.Float64: SortRows<double>(x, values, indices, rows, n, take, descending); break;
                case ScalarType.Int64: SortRows<long>(x, values, indices, rows, n, take, descending); break;
                case ScalarType.Int32: SortRows<int>(x, values, indices, rows, n, take, descending); break;
                case ScalarType.Int16: SortRows<short>(x, values, indices, rows, n, take, descending); break;
                case ScalarType.Int8: SortRows<sbyte>(x, values, indices, rows, n, take, descending); break;
                default: SortRows<byte>(x, values, indices, rows, n, take, descending); break;
            }

            if (_sizes.Length == 0) return scope.MoveToOuter(values.reshape([]).to_type(_dtype), indices.reshape([]));
            values = values.Into(_dtype);
            return axis == _sizes.Length - 1
                ? scope.MoveToOuter(values, indices)
                : scope.MoveToOuter(values.transpose(axis, -1).contiguous(), indices.transpose(axis, -1).contiguous());
        }

        private static void SortRows<T>(Tensor x, Tensor values, Tensor indices, long rows, long n, long take, bool descending) where T : unmanaged, INumber<T>
        {
            var from = (T*)x.Bytes;
            var to = (T*)values.Bytes;
            long* places = (long*)indices.Bytes;
            Reduce.ForRows(rows, n, r =>
            {
                T* row = from + r * n;
                if (sizeof(T) > 4)
                {
                    var keys = new UInt128[n];
                    for (long i = 0; i < n; i++) keys[i] = new UInt128(SortKey(row[i], descending), (ulong)i);
                    SortFirst(keys, (int)take);
                    for (long i = 0; i < take; i++) places[r * take + i] = (long)(ulong)keys[i];
                }
                else
                {
                    var keys = new ulong[n];
                    for (long i = 0; i < n; i++) keys[i] = (SortKey(row[i], descending) & 0xffffffff00000000) | (uint)i;
                    SortFirst(keys, (int)take);
                    for (long i = 0; i < take; i++) places[r * take + i] = (uint)keys[i];
                }

                for (long i = 0; i < take; i++) to[r * take + i] = row[places[r * take + i]];
            }, cost: 16);
            GC.KeepAlive(x);
            GC.KeepAlive(values);
            GC.KeepAlive(indices);
        }

        /// <summary>
        /// A whole number whose order is that of the elements: in the upper half of it for a type of up to 32 bits. With the
        /// position below it no two are alike, which makes the order stable.
        /// </summary>
        private static ulong SortKey<T>(T value, bool descending) where T : unmanaged, INumber<T>
        {
            ulong key;
            if (T.IsNaN(value))
            {
                key = ulong.MaxValue;
            }
            else if (typeof(T) == typeof(float))
            {
                // Both zeros are one.
                uint bits = T.IsZero(value) ? 0 : BitConverter.SingleToUInt32Bits((float)(object)value);
                key = (ulong)((bits & 0x80000000) == 0 ? bits | 0x80000000 : ~bits) << 32;
            }
            else if (typeof(T) == typeof(double))
            {
                ulong bits = T.IsZero(value) ? 0 : BitConverter.DoubleToUInt64Bits((double)(object)value);
                key = (bits & 0x8000000000000000) == 0 ? bits | 0x8000000000000000 : ~bits;
            }
            else
            {
                key = (ulong)long.CreateTruncating(value) ^ 0x8000000000000000;
                if (sizeof(T) <= 4) key = (ulong)(uint)(key ^ 0x80000000) << 32;
            }

            return descending ? ~key : key;
        }

        /// <summary>Puts the smallest first, in order; of few among many by a heap of the best so far.</summary>
        private static void SortFirst<TKey>(TKey[] keys, int take) where TKey : IComparable<TKey>
        {
            if (take > keys.Length / 4)
            {
                Array.Sort(keys);
                return;
            }

            if (take == 0) return;
            for (int i = take / 2 - 1; i >= 0; i--) Sink(keys, i, take);
            for (int i = take; i < keys.Length; i++)
            {
                if (keys[i].CompareTo(keys[0]) >= 0) continue;
                (keys[0], keys[i]) = (keys[i], keys[0]);
                Sink(keys, 0, take);
            }

            Array.Sort(keys, 0, take);
        }

        private static void Sink<TKey>(TKey[] heap, int at, int count) where TKey : IComparable<TKey>
        {
            while (true)
            {
                int child = 2 * at + 1;
                if (child >= count) return;
                if (child + 1 < count && heap[child + 1].CompareTo(heap[child]) > 0) child++;
                if (heap[child].CompareTo(heap[at]) <= 0) return;
                (heap[at], heap[child]) = (heap[child], heap[at]);
                at = child;
            }
        }

        private static int Compare<T>(T a, T b) where T : INumber<T>
        {
            if (T.IsNaN(a)) return T.IsNaN(b) ? 0 : 1;
            if (T.IsNaN(b)) return -1;
            return a < b ? -1 : a > b ? 1 : 0;
        }
    }
}
