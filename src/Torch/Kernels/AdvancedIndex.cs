using static TorchSharp.torch;

namespace TorchSharp.Kernels;

/// <summary>Reading and writing at places that tensors of indices give.</summary>
internal static unsafe class AdvancedIndex
{
    /// <summary>The indices, one array a dimension, of the elements of a mask that hold.</summary>
    public static long[][] Positions(Tensor mask)
    {
        using Tensor flags = mask.AsContiguous(ScalarType.Bool);
        long n = flags.numel();
        var hits = new List<long>();
        byte* data = flags.Bytes;
        for (long i = 0; i < n; i++)
            if (data[i] != 0) hits.Add(i);
        GC.KeepAlive(flags);
        int rank = mask._sizes.Length;
        var result = new long[rank][];
        for (int d = 0; d < rank; d++) result[d] = new long[hits.Count];
        for (int h = 0; h < hits.Count; h++)
        {
            long rest = hits[h];
            for (int d = rank - 1; d >= 0; d--)
            {
                result[d][h] = rest % mask._sizes[d];
                rest /= mask._sizes[d];
            }
        }

        return result;
    }

    public static void Fill(Tensor target, long[] values)
    {
        values.CopyTo(new Span<long>(target.Bytes, values.Length));
        GC.KeepAlive(target);
    }

    public static Tensor Read(Tensor source, Tensor?[] indices)
    {
        Plan plan = MakePlan("index", source, indices);
        Tensor result = Tensor.Allocate(plan.Shape, source._dtype);
        long each = Shapes.Count(plan.InnerSizes);
        if (plan.Lead == 0)
        {
            CopyRows(source, plan, result, each);
            return result;
        }

        // The indexed dimensions come after some others: the result is [lead, picked, rest].
        int leadCount = plan.Lead;
        long picked = plan.Offsets.Length;
        long[] outStrides = Shapes.Contiguous(plan.Shape);
        var viewStrides = new List<long>();
        for (int i = 0; i < leadCount; i++) viewStrides.Add(outStrides[i]);
        for (int i = leadCount; i < plan.InnerSizes.Length; i++) viewStrides.Add(outStrides[i + plan.PickedRank]);
        long step = plan.PickedRank == 0 ? 0 : outStrides[leadCount + plan.PickedRank - 1];
        for (long k = 0; k < picked; k++)
        {
            using Tensor from = source.View(plan.InnerSizes, plan.InnerStrides, source._offset + plan.Offsets[k], track: false);
            using Tensor to = result.View(plan.InnerSizes, viewStrides.ToArray(), k * step, track: false);
            StridedCopy.Run(from, to);
        }

        return result;
    }

    public static void Write(Tensor target, Tensor?[] indices, Tensor value, bool accumulate)
    {
        Plan plan = MakePlan("index_put_", target, indices);
        using Tensor same = value.AsContiguous(target._dtype);
        long[] source = same._sizes;
        int extra = source.Length - plan.Shape.Length;
        long[] sizes = extra > 0 && source[..extra].All(s => s == 1) ? source[extra..] : source;
        long[] strides = Shapes.Expand("index_put_", sizes, Shapes.Contiguous(sizes), plan.Shape);
        var innerStrides = new List<long>();
        for (int i = 0; i < plan.Lead; i++) innerStrides.Add(strides[i]);
        for (int i = plan.Lead; i < plan.InnerSizes.Length; i++) innerStrides.Add(strides[i + plan.PickedRank]);
        var pickedStrides = strides[plan.Lead..(plan.Lead + plan.PickedRank)];
        long[] pickedSizes = plan.Shape[plan.Lead..(plan.Lead + plan.PickedRank)];
        for (long k = 0; k < plan.Offsets.Length; k++)
        {
            long at = 0, rest = k;
            for (int d = pickedSizes.Length - 1; d >= 0; d--)
            {
                at += rest % pickedSizes[d] * pickedStrides[d];
                rest /= pickedSizes[d];
            }

            using Tensor to = target.View(plan.InnerSizes, plan.InnerStrides, target._offset + plan.Offsets[k], track: false);
            using Tensor from = same.View(plan.InnerSizes, innerStrides.ToArray(), same._offset + at, track: false);
            if (accumulate) to.add_(from);
            else StridedCopy.Run(from, to);
        }
    }

    private static void CopyRows(Tensor source, Plan plan, Tensor result, long each)
    {
        bool dense = Shapes.IsContiguous(plan.InnerSizes, plan.InnerStrides);
        int width = source._dtype.Size();
        long bytes = each * width;
        if (dense)
        {
            byte* from = source.Bytes, to = result.Bytes;
            long perPiece = Math.Max(1, (1 << 17) / Math.Max(bytes, 1));
            int pieces = (int)((plan.Offsets.Length + perPiece - 1) / perPiece);
            long[] offsets = plan.Offsets;
            Threading.ParallelFor.Run(pieces, piece =>
            {
                long end = Math.Min(offsets.Length, (piece + 1) * perPiece);
                for (long k = piece * perPiece; k < end; k++)
                    Buffer.MemoryCopy(from + offsets[k] * width, to + k * bytes, bytes, bytes);
            });
            GC.KeepAlive(source);
            GC.KeepAlive(result);
            return;
        }

        long[] strides = Shapes.Contiguous(plan.InnerSizes);
        for (long k = 0; k < plan.Offsets.Length; k++)
        {
            using Tensor from = source.View(plan.InnerSizes, plan.InnerStrides, source._offset + plan.Offsets[k], track: false);
            using Tensor to = result.View(plan.InnerSizes, strides, k * each, track: false);
            StridedCopy.Run(from, to);
        }
    }

    private static Plan MakePlan(string operation, Tensor source, Tensor?[] indices)
    {
        long[] picked = [];
        int first = -1, last = -1, count = 0;
        for (int d = 0; d < indices.Length; d++)
        {
            if (indices[d] is not { } index) continue;
            picked = Shapes.Broadcast(operation, picked, index._sizes);
            if (first < 0) first = d;
            last = d;
            count++;
        }

        // Indices with a gap between them put their dimensions first, as in numpy.
        int lead = last - first + 1 == count ? first : 0;
        var offsets = new long[Shapes.Count(picked)];
        for (int d = 0; d < indices.Length; d++)
        {
            if (indices[d] is not { } index) continue;
            using Tensor wide = index.View(picked, Shapes.Expand(operation, index._sizes, index._strides, picked), index._offset, track: false);
            using Tensor flat = wide.AsContiguous(ScalarType.Int64);
            var values = new ReadOnlySpan<long>(flat.Bytes, offsets.Length);
            long size = source._sizes[d], stride = source._strides[d];
            for (int k = 0; k < values.Length; k++)
            {
                long at = values[k];
                if (at < -size || at >= size)
                    throw new TorchException(operation, $"index {at} is out of bounds for dimension {d} with size {size}");
                offsets[k] += (at < 0 ? at + size : at) * stride;
            }

            GC.KeepAlive(flat);
        }

        var innerSizes = new List<long>();
        var innerStrides = new List<long>();
        for (int d = 0; d < indices.Length; d++)
        {
            if (indices[d] is not null) continue;
            innerSizes.Add(source._sizes[d]);
            innerStrides.Add(source._strides[d]);
        }

        long[] inner = innerSizes.ToArray();
        return new Plan([.. inner[..lead], .. picked, .. inner[lead..]], lead, picked.Length, offsets, inner, innerStrides.ToArray());
    }

    private sealed record Plan(long[] Shape, int Lead, int PickedRank, long[] Offsets, long[] InnerSizes, long[] InnerStrides);
}
