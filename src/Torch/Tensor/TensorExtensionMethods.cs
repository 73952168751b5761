using System.Globalization;
using static TorchSharp.torch;

namespace TorchSharp;

public static partial class TensorExtensionMethods
{
    public static bool ToBoolean(this Tensor value)
    {
        Scalar s = value.ToScalar();
        return s.IsInteger ? s.Integer != 0 : s.Real != 0;
    }

    public static byte ToByte(this Tensor value) => Kernels.Numbers.To<byte>(value.ToScalar());

    public static sbyte ToSByte(this Tensor value) => Kernels.Numbers.To<sbyte>(value.ToScalar());

    public static short ToInt16(this Tensor value) => Kernels.Numbers.To<short>(value.ToScalar());

    public static int ToInt32(this Tensor value) => Kernels.Numbers.To<int>(value.ToScalar());

    public static long ToInt64(this Tensor value) => Kernels.Numbers.To<long>(value.ToScalar());

    public static float ToSingle(this Tensor value) => Kernels.Numbers.To<float>(value.ToScalar());

    public static double ToDouble(this Tensor value) => Kernels.Numbers.To<double>(value.ToScalar());

    public static Half ToHalf(this Tensor value) => (Half)value.ToDouble();

    public static BFloat16 ToBFloat16(this Tensor value) => (BFloat16)value.ToSingle();

    public static (float Real, float Imaginary) ToComplexFloat32(this Tensor value)
    {
        System.Numerics.Complex c = value.ToScalar().Complex;
        return ((float)c.Real, (float)c.Imaginary);
    }

    public static (float Real, float Imaginary) ToComplex32(this Tensor value) => value.ToComplexFloat32();

    public static System.Numerics.Complex ToComplexFloat64(this Tensor value) => value.ToScalar().Complex;

    public static System.Numerics.Complex ToComplex64(this Tensor value) => value.ToComplexFloat64();

    public static int ElementSize(this ScalarType type) => type.Size();

    public static long TotalSize(this IEnumerable<long> shape) => shape.Aggregate(1L, (a, b) => a * b);

    public static ReadOnlySpan<int> IntShape(this Tensor tensor) => Array.ConvertAll(tensor.shape, x => checked((int)x));

    public static string str(
        this Tensor tensor, string? fltFormat = null, int? width = null, string? newLine = null, CultureInfo? cultureInfo = null,
        TensorStringStyle style = TensorStringStyle.Default) =>
        tensor.ToString(style, fltFormat, width, cultureInfo, newLine);

    public static string jlstr(this Tensor tensor, string? fltFormat = null, int? width = null, string? newLine = null, CultureInfo? cultureInfo = null) =>
        tensor.ToString(TensorStringStyle.Julia, fltFormat, width, cultureInfo, newLine);

    public static string npstr(this Tensor tensor, string? fltFormat = "g5", int? width = 100, string? newLine = null, CultureInfo? cultureInfo = null) =>
        tensor.ToString(TensorStringStyle.Numpy, fltFormat, width, cultureInfo, newLine);

    public static string cstr(this Tensor tensor, string? fltFormat = "g5", int? width = 100, string? newLine = null, CultureInfo? cultureInfo = null) =>
        tensor.ToString(TensorStringStyle.CSharp, fltFormat, width, cultureInfo, newLine);

    public static string metastr(this Tensor tensor) => tensor.ToString(TensorStringStyle.Metadata);

    public static Tensor print(
        this Tensor t, string? fltFormat = "g5", int? width = 100, string? newLine = null, CultureInfo? cultureInfo = null,
        TensorStringStyle style = TensorStringStyle.Default)
    {
        Console.WriteLine(t.ToString(style, fltFormat, width, cultureInfo, newLine));
        return t;
    }
}
