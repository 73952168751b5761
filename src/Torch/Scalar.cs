using System.Globalization;

namespace TorchSharp;

/// <summary>A number of some element type, as the operations with a number take it.</summary>
public sealed class Scalar : IDisposable
{
    private readonly double _real;
    private readonly long _integer;
    private readonly double _imaginary;

    private Scalar(torch.ScalarType type, double real, long integer)
    {
        Type = type;
        _real = real;
        _integer = integer;
    }

    private Scalar(torch.ScalarType type, System.Numerics.Complex value)
        : this(type, value.Real, 0) => _imaginary = value.Imaginary;

    public torch.ScalarType Type { get; }

    internal bool IsInteger => !Type.IsFloat() && !Type.IsComplex();

    internal System.Numerics.Complex Complex => new(_real, _imaginary);

    internal double Real => _real;

    internal long Integer => _integer;

    public static implicit operator Scalar(byte value) => Of(torch.ScalarType.Byte, value);

    public static implicit operator Scalar(sbyte value) => Of(torch.ScalarType.Int8, value);

    public static implicit operator Scalar(short value) => Of(torch.ScalarType.Int16, value);

    public static implicit operator Scalar(int value) => Of(torch.ScalarType.Int32, value);

    public static implicit operator Scalar(long value) => Of(torch.ScalarType.Int64, value);

    public static implicit operator Scalar(bool value) => Of(torch.ScalarType.Bool, value ? 1 : 0);

    public static implicit operator Scalar(Half value) => Of(torch.ScalarType.Float16, (double)value);

    public static implicit operator Scalar(BFloat16 value) => Of(torch.ScalarType.BFloat16, (float)value);

    public static implicit operator Scalar(float value) => Of(torch.ScalarType.Float32, value);

    public static implicit operator Scalar(double value) => Of(torch.ScalarType.Float64, value);

    public static implicit operator Scalar(System.Numerics.Complex value) => Of(torch.ScalarType.ComplexFloat64, value);

    public static implicit operator Scalar((float, float) value) =>
        Of(torch.ScalarType.ComplexFloat32, new System.Numerics.Complex(value.Item1, value.Item2));

    public void Dispose()
    {
        // A managed number holds nothing; TorchSharp's holds a native handle.
    }

    public override string ToString() =>
        IsInteger ? _integer.ToString(CultureInfo.InvariantCulture) :
        Type.IsComplex() ? Complex.ToString(CultureInfo.InvariantCulture) : _real.ToString("R", CultureInfo.InvariantCulture);

    internal static Scalar Of(torch.ScalarType type, long value) => new(type, value, value);

    internal static Scalar Of(torch.ScalarType type, System.Numerics.Complex value) => new(type, value);

    internal static Scalar Of(torch.ScalarType type, double value) =>
        new(type, value, double.IsFinite(value) ? unchecked((long)value) : 0);
}
