using static TorchSharp.torch;

namespace TorchSharp.Autograd;

/// <summary>Where a view lies within the tensor that it was cut from, whatever lay between the two.</summary>
internal sealed class Geometry(long[] originSizes, long[] originStrides, long[] viewSizes, long[] viewStrides, long offset)
{
    private readonly long _extent = 1 + originSizes.Select((n, d) => Math.Max(n - 1, 0) * originStrides[d]).Sum();

    public Geometry(Tensor origin, Tensor view)
        : this(origin._sizes, origin._strides, view._sizes, view._strides, view._offset - origin._offset)
    {
    }

    /// <summary>The gradient of the origin, zero where the view lies.</summary>
    public Tensor Without(Tensor gradient) => Through(gradient, place => place.zero_(), "CopySlicesRestBackward0", Without);

    /// <summary>The part of the origin's gradient that lies where the view does.</summary>
    public Tensor CutOf(Tensor gradient)
    {
        Tensor buffer = Laid(gradient);
        Tensor cut = buffer.View(viewSizes, viewStrides, offset, track: false);
        Tensor result = cut.Copy().AsTracked();
        cut.Dispose();
        return result.Linear("CopySlicesCutBackward0", gradient, Put);
    }

    /// <summary>Zeros in the shape of the origin, with the gradient of the view in its place; elements seen twice get the sum.</summary>
    public Tensor Put(Tensor gradient)
    {
        if (Shapes.HasOverlap(originSizes, originStrides))
            throw new TorchException("as_strided", $"the derivative for an input that has several elements in one place (sizes {Shapes.Text(originSizes)}, strides {Shapes.Text(originStrides)}) is not implemented: make it contiguous() first");
        Tensor zeros = TensorFactory.Zeros(originSizes, gradient.dtype, null, false);
        Tensor result = Through(zeros, place => AddTo(place, gradient), "", g => g);
        return result.Linear("PutBackward0", gradient, CutOf);
    }

    private void AddTo(Tensor place, Tensor gradient)
    {
        if (!Shapes.HasOverlap(viewSizes, viewStrides))
        {
            place.add_(gradient);
            return;
        }

        using DisposeScope scope = NewDisposeScope();
        Tensor positions = arange(_extent).View(viewSizes, viewStrides, offset).reshape(-1);
        Tensor buffer = place.View([_extent], [1], place._offset - offset);
        buffer.scatter_add_(0, positions, gradient.reshape(-1));
    }

    private Tensor Through(Tensor gradient, Action<Tensor> write, string name, Func<Tensor, Tensor> formula)
    {
        Tensor result;
        using (no_grad())
        {
            Tensor buffer = Laid(gradient);
            using (Tensor place = buffer.View(viewSizes, viewStrides, offset, track: false)) write(place);
            Tensor shaped = buffer.View(originSizes, originStrides, 0, track: false);
            result = shaped.Copy().AsTracked();
            shaped.Dispose();
        }

        return result.Linear(name, gradient, formula);
    }

    /// <summary>The gradient's elements, laid out as the origin's were.</summary>
    private Tensor Laid(Tensor gradient)
    {
        Tensor buffer = TensorFactory.Zeros([_extent], gradient.dtype, null, false);
        using Tensor shaped = buffer.View(originSizes, originStrides, 0, track: false);
        Kernels.Convert.Copy(gradient, shaped);
        return buffer;
    }
}
