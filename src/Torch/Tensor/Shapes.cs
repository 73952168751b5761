namespace TorchSharp;

/// <summary>Arithmetic on sizes and strides.</summary>
internal static class Shapes
{
    public static string Text(ReadOnlySpan<long> sizes) => "[" + string.Join(", ", sizes.ToArray()) + "]";

    public static long Count(ReadOnlySpan<long> sizes)
    {
        long count = 1;
        foreach (long size in sizes) count *= size;
        return count;
    }

    public static long[] Contiguous(ReadOnlySpan<long> sizes)
    {
        var strides = new long[sizes.Length];
        long step = 1;
        for (int i = sizes.Length - 1; i >= 0; i--)
        {
            strides[i] = step;
            step *= Math.Max(sizes[i], 1);
        }

        return strides;
    }

    public static bool IsContiguous(ReadOnlySpan<long> sizes, ReadOnlySpan<long> strides)
    {
        long step = 1;
        bool contiguous = true;
        for (int i = sizes.Length - 1; i >= 0; i--)
        {
            if (sizes[i] == 0) return true;
            if (sizes[i] == 1) continue;
            contiguous &= strides[i] == step;
            step *= sizes[i];
        }

        return contiguous;
    }

    public static int Axis(long dim, int rank, string operation)
    {
        int range = Math.Max(rank, 1);
        if (dim < -range || dim >= range)
            throw new TorchException(operation, $"Dimension out of range (expected to be in range of [{-range}, {range - 1}], but got {dim})");
        return (int)(dim < 0 ? dim + range : dim);
    }

    public static bool[] Axes(ReadOnlySpan<long> dims, int rank, string operation)
    {
        var chosen = new bool[Math.Max(rank, 1)];
        foreach (long dim in dims)
        {
            int axis = Axis(dim, rank, operation);
            if (chosen[axis]) throw new TorchException(operation, $"dim {axis} appears multiple times in the list of dims");
            chosen[axis] = true;
        }

        return chosen;
    }

    public static long[] Broadcast(string operation, ReadOnlySpan<long> a, ReadOnlySpan<long> b)
    {
        int rank = Math.Max(a.Length, b.Length);
        var sizes = new long[rank];
        for (int i = 0; i < rank; i++)
        {
            int ia = i - (rank - a.Length), ib = i - (rank - b.Length);
            long x = ia < 0 ? 1 : a[ia], y = ib < 0 ? 1 : b[ib];
            if (x != y && x != 1 && y != 1)
                throw new TorchException(operation, $"shapes {Text(a)} and {Text(b)} cannot be broadcast together: sizes {x} and {y} differ at dimension {i}");
            sizes[i] = x == 1 ? y : x;
        }

        return sizes;
    }

    /// <summary>Strides that show a tensor of <paramref name="sizes"/> as one of <paramref name="target"/>; repeated dimensions have stride 0.</summary>
    public static long[] Expand(string operation, ReadOnlySpan<long> sizes, ReadOnlySpan<long> strides, ReadOnlySpan<long> target)
    {
        int lead = target.Length - sizes.Length;
        var result = new long[target.Length];
        if (lead < 0)
            throw new TorchException(operation, $"the number of sizes provided ({target.Length}) must be greater or equal to the number of dimensions in the tensor ({sizes.Length}): {Text(sizes)} to {Text(target)}");
        for (int i = lead; i < target.Length; i++)
        {
            long size = sizes[i - lead];
            if (size == target[i]) result[i] = strides[i - lead];
            else if (size != 1)
                throw new TorchException(operation, $"The expanded size of the tensor ({target[i]}) must match the existing size ({size}) at non-singleton dimension {i}. Target sizes: {Text(target)}. Tensor sizes: {Text(sizes)}");
        }

        return result;
    }

    /// <summary>True if a tensor of the sizes can be broadcast to the target.</summary>
    public static bool CanExpand(ReadOnlySpan<long> sizes, ReadOnlySpan<long> target)
    {
        int lead = target.Length - sizes.Length;
        if (lead < 0) return false;
        for (int d = 0; d < sizes.Length; d++)
            if (sizes[d] != target[d + lead] && sizes[d] != 1) return false;
        return true;
    }

    /// <summary>Fills in a single -1 and checks the number of elements.</summary>
    public static long[] Infer(string operation, ReadOnlySpan<long> shape, long count)
    {
        long[] result = shape.ToArray();
        long known = 1;
        int open = -1;
        for (int i = 0; i < result.Length; i++)
        {
            if (result[i] == -1)
            {
                if (open >= 0) throw new TorchException(operation, "only one dimension can be inferred");
                open = i;
            }
            else if (result[i] < 0)
            {
                throw new TorchException(operation, $"invalid shape dimension {result[i]}");
            }
            else
            {
                known *= result[i];
            }
        }

        if (open >= 0 && known > 0 && count % known == 0) result[open] = count / known;
        else if (open >= 0 && known == 0) throw new TorchException(operation, $"cannot reshape tensor of {count} elements into shape {Text(shape)} because the unspecified dimension size -1 can be any value and is ambiguous");
        else if (open >= 0 || known != count) throw new TorchException(operation, $"shape '{Text(shape)}' is invalid for input of size {count}");
        return result;
    }

    /// <summary>Strides under which a view has the new shape, or null when only a copy can.</summary>
    public static long[]? ViewStrides(ReadOnlySpan<long> sizes, ReadOnlySpan<long> strides, ReadOnlySpan<long> shape)
    {
        if (Count(sizes) == 0) return Contiguous(shape);
        var result = new long[shape.Length];
        int next = shape.Length - 1;
        long baseStride = sizes.Length > 0 ? strides[^1] : 1;
        long chunk = 1, filled = 1;
        for (int i = sizes.Length - 1; i >= 0; i--)
        {
            chunk *= sizes[i];
            bool ends = i == 0 || (sizes[i - 1] != 1 && strides[i - 1] != chunk * baseStride);
            if (!ends) continue;
            while (next >= 0 && (filled < chunk || shape[next] == 1))
            {
                result[next] = filled * baseStride;
                filled *= shape[next--];
            }

            if (filled != chunk) return null;
            if (i > 0)
            {
                baseStride = strides[i - 1];
                chunk = filled = 1;
            }
        }

        while (next >= 0) result[next--] = filled * baseStride;
        return result;
    }

    /// <summary>True when two indices can meet at one element.</summary>
    public static bool HasOverlap(ReadOnlySpan<long> sizes, ReadOnlySpan<long> strides)
    {
        for (int i = 0; i < sizes.Length; i++)
            if (sizes[i] > 1 && strides[i] == 0) return true;
        return false;
    }
}
