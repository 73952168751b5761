using static TorchSharp.torch;

namespace TorchSharp.Kernels;

/// <summary>Complex elements as pairs of real ones: what is done to them is done to the parts.</summary>
internal static class ComplexParts
{
    /// <summary>The real numbers in memory, with a last dimension of two: untracked, to be disposed.</summary>
    public static Tensor Pairs(Tensor x) => x.Reinterpret(
        [.. x._sizes, 2], [.. Array.ConvertAll(x._strides, s => 2 * s), 1], 2 * x._offset, x._dtype.Part(), track: false);

    /// <summary>The real (0) or imaginary (1) parts: untracked, to be disposed.</summary>
    public static Tensor Part(Tensor x, int which) =>
        x.Reinterpret(x._sizes, Array.ConvertAll(x._strides, s => 2 * s), 2 * x._offset + which, x._dtype.Part(), track: false);

    /// <summary>Copies where one of the two, or both in different precision, is complex; an imaginary part has no place in a real tensor and is left out.</summary>
    public static void Copy(Tensor x, Tensor y)
    {
        if (!x._dtype.IsComplex())
        {
            using Tensor real = Part(y, 0), imaginary = Part(y, 1);
            Convert.Copy(x, real);
            using Tensor zero = Tensor.Number(0);
            Convert.Copy(zero, imaginary);
        }
        else if (y._dtype.IsComplex())
        {
            using Tensor from = Pairs(x), to = Pairs(y);
            Convert.Copy(from, to);
        }
        else if (y._dtype == ScalarType.Bool)
        {
            using Tensor real = Part(x, 0), imaginary = Part(x, 1);
            using Tensor set = real.ne(0).DetachFromDisposeScope(), also = imaginary.ne(0).DetachFromDisposeScope();
            using Tensor any = set.logical_or(also).DetachFromDisposeScope();
            StridedCopy.Run(any, y);
        }
        else
        {
            using Tensor real = Part(x, 0);
            Convert.Copy(real, y);
        }
    }
}
