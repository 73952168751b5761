using System.Globalization;

namespace TorchSharp;

/// <summary>A number of some element type, as the operations with a number take it.</summary>
public sealed class Scalar : IDisposable
{
    private readonly double _real;
    private readonly long _integer;

    private Scalar(torch.ScalarType type, double real, long integer)
    {
        Type = type;
        _real = real;
        _integer = integer;
    }

    public torch.ScalarType Type { get; }

    internal bool IsInteger => !Type.IsFloat();

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

    public void Dispose()
    {
        // A managed number holds nothing; TorchSharp's holds a native handle.
    }

    public override string ToString() =>
        IsInteger ? _integer.ToString(CultureInfo.InvariantCulture) : _real.ToString("R", CultureInfo.InvariantCulture);

    internal static Scalar Of(torch.ScalarType type, long value) => new(type, value, value);

    internal static Scalar Of(torch.ScalarType type, double value) =>
        new(type, value, double.IsFinite(value) ? unchecked((long)value) : 0);
}
