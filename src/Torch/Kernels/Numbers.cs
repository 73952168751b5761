using System.Numerics;

namespace TorchSharp.Kernels;

internal static class Numbers
{
    /// <summary>The number as an element; integers wrap as in C.</summary>
    public static T To<T>(Scalar value) where T : unmanaged, INumberBase<T> =>
        value.IsInteger ? T.CreateTruncating(value.Integer) : FromDouble<T>(value.Real);

    /// <summary>
    /// The number cut to a whole one as torch's conversion does on x86: what does not fit becomes the smallest int64 or
    /// int32, of which narrower types take the low bits.
    /// </summary>
    public static T FromDouble<T>(double value) where T : unmanaged, INumberBase<T>
    {
        if (typeof(T) == typeof(float) || typeof(T) == typeof(double)) return T.CreateTruncating(value);
        if (typeof(T) == typeof(long) || typeof(T) == typeof(byte))
            return T.CreateTruncating(value is >= long.MinValue and < 9223372036854775808.0 ? (long)value : long.MinValue);
        return T.CreateTruncating(value is > int.MinValue - 1.0 and < int.MaxValue + 1.0 ? (int)value : int.MinValue);
    }
}
