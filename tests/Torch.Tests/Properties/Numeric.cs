using static TorchSharp.torch;

namespace CircuitSpecs.Tests.Properties;

/// <summary>Element types as the reference sees them: rounding, wrapping, and torch's promotion.</summary>
internal static class Numeric
{
    public static readonly ScalarType[] Reals = [ScalarType.Float32, ScalarType.Float64, ScalarType.Float16, ScalarType.BFloat16];

    public static readonly ScalarType[] Integers = [ScalarType.Int64, ScalarType.Int32, ScalarType.Int16, ScalarType.Int8, ScalarType.Byte];

    public static readonly ScalarType[] Numbers = [.. Reals, .. Integers];

    public static readonly ScalarType[] All = [.. Numbers, ScalarType.Bool];

    // torch.promote_types(a, b) of PyTorch 1.13 for every pair, in the order of the row of names.
    private static readonly string[] Promotions =
    [
        "      u8  i8  i16 i32 i64 f16 bf  f32 f64 b",
        "u8    u8  i16 i16 i32 i64 f16 bf  f32 f64 u8",
        "i8    i16 i8  i16 i32 i64 f16 bf  f32 f64 i8",
        "i16   i16 i16 i16 i32 i64 f16 bf  f32 f64 i16",
        "i32   i32 i32 i32 i32 i64 f16 bf  f32 f64 i32",
        "i64   i64 i64 i64 i64 i64 f16 bf  f32 f64 i64",
        "f16   f16 f16 f16 f16 f16 f16 f32 f32 f64 f16",
        "bf    bf  bf  bf  bf  bf  f32 bf  f32 f64 bf",
        "f32   f32 f32 f32 f32 f32 f32 f32 f32 f64 f32",
        "f64   f64 f64 f64 f64 f64 f64 f64 f64 f64 f64",
        "b     u8  i8  i16 i32 i64 f16 bf  f32 f64 b",
    ];

    private static readonly Dictionary<string, ScalarType> Names = new()
    {
        ["u8"] = ScalarType.Byte, ["i8"] = ScalarType.Int8, ["i16"] = ScalarType.Int16, ["i32"] = ScalarType.Int32, ["i64"] = ScalarType.Int64,
        ["f16"] = ScalarType.Float16, ["bf"] = ScalarType.BFloat16, ["f32"] = ScalarType.Float32, ["f64"] = ScalarType.Float64, ["b"] = ScalarType.Bool,
    };

    private static readonly Dictionary<(ScalarType, ScalarType), ScalarType> Promoted = ReadPromotions();

    public static bool IsReal(ScalarType type) => Array.IndexOf(Reals, type) >= 0;

    public static ScalarType Promote(ScalarType a, ScalarType b) => Promoted[(a, b)];

    /// <summary>torch.result_type: a zero-dim tensor decides only when its category is higher.</summary>
    public static ScalarType Result(Elements a, Elements b)
    {
        if ((a.Rank == 0) == (b.Rank == 0)) return Promote(a.Type, b.Type);
        (Elements tensor, Elements single) = a.Rank > 0 ? (a, b) : (b, a);
        return Category(single.Type) > Category(tensor.Type) ? single.Type : tensor.Type;
    }

    public static int Category(ScalarType type) => type == ScalarType.Bool ? 0 : IsReal(type) ? 2 : 1;

    /// <summary>The floating type of exp and the like: integers give the default type.</summary>
    public static ScalarType Floating(ScalarType type) => IsReal(type) ? type : ScalarType.Float32;

    /// <summary>Half the distance between 1 and its neighbour.</summary>
    public static double Precision(ScalarType type) => type switch
    {
        ScalarType.Float64 => Math.Pow(2, -53),
        ScalarType.Float32 => Math.Pow(2, -24),
        ScalarType.Float16 => Math.Pow(2, -11),
        ScalarType.BFloat16 => Math.Pow(2, -8),
        _ => 0,
    };

    /// <summary>The smallest normal number times the precision: what is lost where numbers are subnormal.</summary>
    public static double Smallest(ScalarType type) => type switch
    {
        ScalarType.Float64 => double.Epsilon,
        ScalarType.Float16 => Math.Pow(2, -24),
        _ => Math.Pow(2, -126) * Math.Pow(2, -8),
    };

    /// <summary>The number of the type nearest to a number, ties to even, too large ones infinite.</summary>
    public static double Round(double value, ScalarType type) => type switch
    {
        ScalarType.Float64 => value,
        ScalarType.Float32 => (float)value,
        ScalarType.Float16 => (double)(Half)(float)value,
        ScalarType.BFloat16 => RoundToBrain((float)value),
        _ => value,
    };

    /// <summary>The integer of the type with the same low bits; a bool is "not zero".</summary>
    public static long Wrap(long value, ScalarType type) => type switch
    {
        ScalarType.Int32 => unchecked((int)value),
        ScalarType.Int16 => unchecked((short)value),
        ScalarType.Int8 => unchecked((sbyte)value),
        ScalarType.Byte => unchecked((byte)value),
        ScalarType.Bool => value != 0 ? 1 : 0,
        _ => value,
    };

    public static bool IsUnsigned(ScalarType type) => type is ScalarType.Byte or ScalarType.Bool;

    private static double RoundToBrain(float value)
    {
        if (!float.IsFinite(value)) return value;
        uint bits = BitConverter.SingleToUInt32Bits(value);
        uint down = bits & 0xffff0000, rest = bits & 0xffff;
        if (rest > 0x8000 || (rest == 0x8000 && (down & 0x10000) != 0)) down += 0x10000;
        return BitConverter.UInt32BitsToSingle(down);
    }

    private static Dictionary<(ScalarType A, ScalarType B), ScalarType> ReadPromotions()
    {
        string[][] cells = Array.ConvertAll(Promotions, line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        var result = new Dictionary<(ScalarType, ScalarType), ScalarType>();
        for (int row = 1; row < cells.Length; row++)
            for (int column = 0; column < cells[0].Length; column++)
                result[(Names[cells[row][0]], Names[cells[0][column]])] = Names[cells[row][column + 1]];
        return result;
    }
}
