using System.Numerics;

namespace TorchSharp.Kernels;

internal static class Numbers
{
    /// <summary>The number as an element; integers wrap as in C.</summary>
    public static T To<T>(Scalar value) where T : unmanaged, INumberBase<T> =>
        value.IsInteger ? T.CreateTruncating(value.Integer) : FromDouble<T>(value.Real);

    public static T FromDouble<T>(double value) where T : unmanaged, INumberBase<T>
    {
        if (typeof(T) == typeof(float) || typeof(T) == typeof(double)) return T.CreateTruncating(value);
        return T.CreateTruncating(double.IsFinite(value) ? (long)value : 0);
    }
}
