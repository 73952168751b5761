using TorchSharp.Autograd;

namespace TorchSharp;

public static partial class torch
{
    public static Tensor cat(IList<Tensor> tensors, long dim = 0) => Cat("cat", [.. tensors], dim);

    public static Tensor cat(Tensor[] tensors, long dim = 0) => Cat("cat", tensors, dim);

    public static Tensor cat(ReadOnlySpan<Tensor> tensors, long dim = 0) => Cat("cat", tensors, dim);

    public static Tensor concat(IList<Tensor> tensors, long dim = 0) => cat(tensors, dim);

    public static Tensor concat(Tensor[] tensors, long dim = 0) => cat(tensors, dim);

    public static Tensor concat(ReadOnlySpan<Tensor> tensors, long dim = 0) => cat(tensors, dim);

    public static Tensor concatenate(IList<Tensor> tensors, long axis = 0) => cat(tensors, axis);

    public static Tensor concatenate(Tensor[] tensors, long axis = 0) => cat(tensors, axis);

    public static Tensor concatenate(ReadOnlySpan<Tensor> tensors, long axis = 0) => cat(tensors, axis);

    public static Tensor stack(IEnumerable<Tensor> tensors, long dim = 0)
    {
        Tensor[] all = [.. tensors];
        if (all.Length == 0) throw new TorchException("stack", "expects a non-empty TensorList");
        long[] sizes = all[0].shape;
        foreach (Tensor t in all)
            if (!t.shape.AsSpan().SequenceEqual(sizes))
                throw new TorchException("stack", $"expects each tensor to be equal size, but got {Shapes.Text(sizes)} at entry 0 and {Shapes.Text(t.shape)} at entry {Array.IndexOf(all, t)}");
        using DisposeScope scope = NewDisposeScope();
        int axis = Shapes.Axis(dim, sizes.Length + 1, "stack");
        return Cat("stack", Array.ConvertAll(all, t => t.unsqueeze(axis)), axis).MoveToOuterDisposeScope();
    }

    public static Tensor hstack(IEnumerable<Tensor> tensors) => Horizontal([.. tensors]);

    public static Tensor hstack(IList<Tensor> tensors) => Horizontal([.. tensors]);

    public static Tensor hstack(ReadOnlySpan<Tensor> tensors) => Horizontal(tensors.ToArray());

    public static Tensor hstack(params Tensor[] tensors) => Horizontal(tensors);

    public static Tensor vstack(IList<Tensor> tensors) => Vertical([.. tensors]);

    public static Tensor vstack(ReadOnlySpan<Tensor> tensors) => Vertical(tensors.ToArray());

    public static Tensor vstack(Tensor[] tensors) => Vertical(tensors);

    public static Tensor where(Tensor condition, Tensor x, Tensor y)
    {
        condition.ThrowIfInvalid();
        x.ThrowIfInvalid();
        y.ThrowIfInvalid();
        return Tensor.Where(condition, x, y);
    }

    public static Tensor[] where(Tensor condition)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor[] places = condition.nonzero().unbind(1);
        return Array.ConvertAll(places, t => t.contiguous().MoveToOuterDisposeScope());
    }

    public static Tensor[] meshgrid(IEnumerable<Tensor> tensors, string indexing = "ij")
    {
        Tensor[] all = [.. tensors];
        if (indexing is not ("ij" or "xy")) throw new TorchException("meshgrid", $"indexing must be one of \"xy\" or \"ij\", but received: {indexing}");
        bool swap = indexing == "xy" && all.Length >= 2;
        if (swap) (all[0], all[1]) = (all[1], all[0]);
        long[] sizes = Array.ConvertAll(all, t => t.numel());
        var grids = new Tensor[all.Length];
        using DisposeScope scope = NewDisposeScope();
        for (int i = 0; i < all.Length; i++)
        {
            var one = new long[all.Length];
            Array.Fill(one, 1);
            one[i] = sizes[i];
            Tensor grid = all[i].reshape(one).expand(sizes);
            if (swap) grid = grid.swapdims(0, 1);
            grids[i] = grid.MoveToOuterDisposeScope();
        }

        if (swap) (grids[0], grids[1]) = (grids[1], grids[0]);
        return grids;
    }

    public static IList<Tensor> broadcast_tensors(params Tensor[] tensors)
    {
        long[] sizes = [];
        foreach (Tensor t in tensors) sizes = Shapes.Broadcast("broadcast_tensors", sizes, t.shape);
        return Array.ConvertAll(tensors, t => t.expand(sizes));
    }

    public static Size broadcast_shapes(params long[][] shapes)
    {
        long[] sizes = [];
        foreach (long[] shape in shapes) sizes = Shapes.Broadcast("broadcast_shapes", sizes, shape);
        return new Size(sizes);
    }

    private static Tensor Cat(string operation, ReadOnlySpan<Tensor> tensors, long dim)
    {
        if (tensors.Length == 0) throw new TorchException(operation, "expected a non-empty list of Tensors");
        ScalarType type = tensors[0].dtype;
        long[]? sizes = null;
        int axis = 0;
        long total = 0;
        foreach (Tensor t in tensors)
        {
            type = Dtypes.Promote(type, t.dtype);

            // An empty vector joins anything, as torch still allows.
            if (t._sizes is [0]) continue;
            if (t._sizes.Length == 0) throw new TorchException(operation, "zero-dimensional tensor cannot be concatenated");
            if (sizes is null)
            {
                sizes = t.shape;
                axis = Shapes.Axis(dim, sizes.Length, operation);
            }

            bool fits = sizes.Length == t._sizes.Length;
            for (int d = 0; fits && d < sizes.Length; d++) fits = d == axis || sizes[d] == t._sizes[d];
            if (!fits) throw new TorchException(operation, $"Sizes of tensors must match except in dimension {axis}: {Shapes.Text(sizes)} and {Shapes.Text(t._sizes)}");
            total += t._sizes[axis];
        }

        if (sizes is null)
        {
            // Only empty vectors: they still join along their one dimension.
            Shapes.Axis(dim, 1, operation);
            sizes = [0];
        }

        sizes[axis] = total;
        Tensor result = Tensor.Allocate(sizes, type);
        long at = 0;
        foreach (Tensor t in tensors)
        {
            if (t._sizes is [0]) continue;
            using Tensor place = result.View(t._sizes, result._strides, result._offset + at * result._strides[axis], track: false);
            Kernels.Convert.Copy(t, place);
            at += t._sizes[axis];
        }

        if (!Derivative.Wanted(tensors!)) return result;
        Tensor[] parts = tensors.ToArray();
        long[][] shapes = Array.ConvertAll(parts, t => t._sizes);
        return result.From("CatBackward0", parts, [], (gradients, n) =>
        {
            var slopes = new Tensor?[shapes.Length];
            long from = 0;
            for (int i = 0; i < shapes.Length; i++)
            {
                if (shapes[i] is [0]) continue;
                if (n.Needs(i)) slopes[i] = gradients[0]!.narrow(axis, from, shapes[i][axis]);
                from += shapes[i][axis];
            }

            return slopes;
        });
    }

    private static Tensor Horizontal(Tensor[] tensors)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor[] all = Array.ConvertAll(tensors, t => t.ndim == 0 ? t.reshape(1) : t);
        return Cat("hstack", all, all.Length > 0 && all[0].ndim > 1 ? 1 : 0).MoveToOuterDisposeScope();
    }

    private static Tensor Vertical(Tensor[] tensors)
    {
        using DisposeScope scope = NewDisposeScope();
        return Cat("vstack", Array.ConvertAll(tensors, t => t.ndim < 2 ? t.reshape(1, -1) : t), 0).MoveToOuterDisposeScope();
    }
}
