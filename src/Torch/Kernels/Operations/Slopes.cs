using System.Numerics;
using System.Numerics.Tensors;

namespace TorchSharp.Kernels.Operations;

// Gradient times derivative in one go, for a backward pass that nobody will differentiate: z = gradient · f'(x).

internal readonly struct GeluTanhSlope : IFloatBinary
{
    public static void Apply<T>(ReadOnlySpan<T> gradient, ReadOnlySpan<T> x, Span<T> z) where T : unmanaged, IBinaryFloatingPointIeee754<T>, IMinMaxValue<T>
    {
        // f = x s, s = sigmoid(v), v = 2√(2/π) (x + 0.044715 x³): f' = s + x s (1 - s) v'.
        T scale = T.CreateTruncating(2 * 0.7978845608028654), cubic = T.CreateTruncating(0.044715), three = T.CreateTruncating(3);
        Span<T> sigmoid = stackalloc T[Block.Size], slope = stackalloc T[Block.Size];
        for (int i = 0; i < x.Length; i += Block.Size)
        {
            int n = Math.Min(Block.Size, x.Length - i);
            ReadOnlySpan<T> part = x.Slice(i, n);
            Span<T> s = sigmoid[..n], v = slope[..n];
            TensorPrimitives.Multiply(part, part, v);
            TensorPrimitives.Multiply(v, cubic, v);
            TensorPrimitives.Add(v, T.One, s);
            TensorPrimitives.Multiply(s, part, s);
            TensorPrimitives.Multiply(s, scale, s);
            TensorPrimitives.Sigmoid<T>(s, s);

            // s + x s (1 - s) scale (1 + 3 · 0.044715 x²)
            TensorPrimitives.Multiply(v, three, v);
            TensorPrimitives.Add(v, T.One, v);
            TensorPrimitives.Multiply(v, scale, v);
            TensorPrimitives.Multiply(v, part, v);
            Finish(gradient.Slice(i, n), s, v, z.Slice(i, n));
        }
    }

    /// <summary>z = gradient · s · (1 + (1 - s) v).</summary>
    internal static void Finish<T>(ReadOnlySpan<T> gradient, Span<T> s, Span<T> v, Span<T> z) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Span<T> rest = stackalloc T[Block.Size];
        rest = rest[..s.Length];
        TensorPrimitives.Subtract(T.One, s, rest);
        TensorPrimitives.Multiply(v, rest, v);
        TensorPrimitives.Add(v, T.One, v);
        TensorPrimitives.Multiply(v, s, v);
        TensorPrimitives.Multiply(v, gradient, z);
    }
}

internal readonly struct GeluSlope : IFloatBinary
{
    public static void Apply<T>(ReadOnlySpan<T> gradient, ReadOnlySpan<T> x, Span<T> z) where T : unmanaged, IBinaryFloatingPointIeee754<T>, IMinMaxValue<T>
    {
        // Φ(x) + x φ(x)
        T root = T.CreateTruncating(Math.Sqrt(0.5)), half = T.CreateTruncating(0.5), density = T.CreateTruncating(1 / Math.Sqrt(2 * Math.PI));
        Span<T> area = stackalloc T[Block.Size], curve = stackalloc T[Block.Size];
        for (int i = 0; i < x.Length; i += Block.Size)
        {
            int n = Math.Min(Block.Size, x.Length - i);
            ReadOnlySpan<T> part = x.Slice(i, n);
            Span<T> a = area[..n], c = curve[..n];
            TensorPrimitives.Multiply(part, root, c);
            ErrorFunction.Erf<T>(c, a);
            TensorPrimitives.Add(a, T.One, a);
            TensorPrimitives.Multiply(a, half, a);
            TensorPrimitives.Multiply(part, part, c);
            TensorPrimitives.Multiply(c, -half, c);
            TensorPrimitives.Exp<T>(c, c);
            TensorPrimitives.Multiply(c, density, c);
            TensorPrimitives.Multiply(c, part, c);
            TensorPrimitives.Add(a, c, a);
            TensorPrimitives.Multiply(a, gradient.Slice(i, n), z.Slice(i, n));
        }
    }
}

internal readonly struct SiluSlope : IFloatBinary
{
    public static void Apply<T>(ReadOnlySpan<T> gradient, ReadOnlySpan<T> x, Span<T> z) where T : unmanaged, IBinaryFloatingPointIeee754<T>, IMinMaxValue<T>
    {
        Span<T> sigmoid = stackalloc T[Block.Size], copy = stackalloc T[Block.Size];
        for (int i = 0; i < x.Length; i += Block.Size)
        {
            int n = Math.Min(Block.Size, x.Length - i);
            Span<T> s = sigmoid[..n], v = copy[..n];
            TensorPrimitives.Sigmoid(x.Slice(i, n), s);
            x.Slice(i, n).CopyTo(v);
            GeluTanhSlope.Finish(gradient.Slice(i, n), s, v, z.Slice(i, n));
        }
    }
}

/// <summary>y is the result: gradient · (1 - y²).</summary>
internal readonly struct TanhSlope : IFloatBinary
{
    public static void Apply<T>(ReadOnlySpan<T> gradient, ReadOnlySpan<T> y, Span<T> z) where T : unmanaged, IBinaryFloatingPointIeee754<T>, IMinMaxValue<T>
    {
        Span<T> square = stackalloc T[Block.Size];
        for (int i = 0; i < y.Length; i += Block.Size)
        {
            int n = Math.Min(Block.Size, y.Length - i);
            Span<T> s = square[..n];
            TensorPrimitives.Multiply(y.Slice(i, n), y.Slice(i, n), s);
            TensorPrimitives.Subtract(T.One, s, s);
            TensorPrimitives.Multiply(s, gradient.Slice(i, n), z.Slice(i, n));
        }
    }
}

/// <summary>y is the result: gradient · y (1 - y).</summary>
internal readonly struct SigmoidSlope : IFloatBinary
{
    public static void Apply<T>(ReadOnlySpan<T> gradient, ReadOnlySpan<T> y, Span<T> z) where T : unmanaged, IBinaryFloatingPointIeee754<T>, IMinMaxValue<T>
    {
        Span<T> rest = stackalloc T[Block.Size];
        for (int i = 0; i < y.Length; i += Block.Size)
        {
            int n = Math.Min(Block.Size, y.Length - i);
            Span<T> s = rest[..n];
            TensorPrimitives.Subtract(T.One, y.Slice(i, n), s);
            TensorPrimitives.Multiply(s, y.Slice(i, n), s);
            TensorPrimitives.Multiply(s, gradient.Slice(i, n), z.Slice(i, n));
        }
    }
}
