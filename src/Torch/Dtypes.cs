using static TorchSharp.torch;

namespace TorchSharp;

/// <summary>What the engine knows about element types: sizes, categories, and torch's promotion of two of them.</summary>
internal static class Dtypes
{
    public static int Size(this ScalarType type) => type switch
    {
        ScalarType.Byte or ScalarType.Int8 or ScalarType.Bool => 1,
        ScalarType.Int16 or ScalarType.Float16 or ScalarType.BFloat16 => 2,
        ScalarType.Int32 or ScalarType.Float32 => 4,
        ScalarType.Int64 or ScalarType.Float64 or ScalarType.ComplexFloat32 => 8,
        ScalarType.ComplexFloat64 => 16,
        _ => throw Unsupported(type),
    };

    public static bool IsFloat(this ScalarType type) =>
        type is ScalarType.Float32 or ScalarType.Float64 or ScalarType.Float16 or ScalarType.BFloat16;

    /// <summary>An element type of two bytes that is computed in float32 and rounded at the end of each operation.</summary>
    public static bool IsReduced(this ScalarType type) => type is ScalarType.Float16 or ScalarType.BFloat16;

    public static bool IsComplex(this ScalarType type) => type is ScalarType.ComplexFloat32 or ScalarType.ComplexFloat64;

    /// <summary>The type of the real and imaginary parts; of another type, the type itself.</summary>
    public static ScalarType Part(this ScalarType type) => type switch
    {
        ScalarType.ComplexFloat32 => ScalarType.Float32,
        ScalarType.ComplexFloat64 => ScalarType.Float64,
        _ => type,
    };

    public static bool IsInteger(this ScalarType type) =>
        type is ScalarType.Byte or ScalarType.Int8 or ScalarType.Int16 or ScalarType.Int32 or ScalarType.Int64;

    /// <summary>The type in which an operation on <paramref name="type"/> is computed.</summary>
    public static ScalarType Compute(this ScalarType type) => type.IsReduced() ? ScalarType.Float32 : type;

    /// <summary>The floating type that exp, mean of logits and the like give for <paramref name="type"/>.</summary>
    public static ScalarType Floating(this ScalarType type) => type.IsFloat() || type.IsComplex() ? type : get_default_dtype();

    /// <summary>Category in torch's lattice: 0 bool, 1 integer, 2 floating point, 3 complex.</summary>
    public static int Category(this ScalarType type) => type == ScalarType.Bool ? 0 : type.IsComplex() ? 3 : type.IsFloat() ? 2 : 1;

    public static ScalarType Promote(ScalarType a, ScalarType b)
    {
        if (a == b) return a;
        int ca = a.Category(), cb = b.Category();
        if (ca == 3 || cb == 3)
            return a.Part() == ScalarType.Float64 || b.Part() == ScalarType.Float64 ? ScalarType.ComplexFloat64 : ScalarType.ComplexFloat32;
        if (ca != cb) return ca > cb ? a : b;
        if (ca == 2)
        {
            if (a.IsReduced() && b.IsReduced()) return ScalarType.Float32;
            return a.Size() > b.Size() ? a : b;
        }

        // uint8 with a signed type: the smallest signed type that holds both.
        if (a == ScalarType.Byte || b == ScalarType.Byte)
        {
            ScalarType other = a == ScalarType.Byte ? b : a;
            return other == ScalarType.Int8 ? ScalarType.Int16 : other;
        }

        return a.Size() > b.Size() ? a : b;
    }

    /// <summary>
    /// torch.result_type: tensors with dimensions decide within a category; a zero-dim tensor, and after it a plain
    /// number, decides only when its category is higher.
    /// </summary>
    public static ScalarType Result(Tensor a, Tensor b)
    {
        int ra = Rank(a), rb = Rank(b);
        if (ra == rb) return Promote(a._dtype, b._dtype);
        (Tensor strong, Tensor weak) = ra > rb ? (a, b) : (b, a);
        if (weak._dtype.Category() <= strong._dtype.Category()) return strong._dtype;
        if (weak._isNumber && weak._dtype.IsComplex()) return Promote(strong._dtype, ScalarType.ComplexFloat32);
        return weak._isNumber ? DefaultOf(weak._dtype) : weak._dtype;
    }

    private static int Rank(Tensor x) => x._isNumber ? 0 : x._sizes.Length == 0 ? 1 : 2;

    private static ScalarType DefaultOf(ScalarType number) => number.Category() switch
    {
        0 => ScalarType.Bool,
        1 => ScalarType.Int64,
        _ => get_default_dtype(),
    };

    public static bool CanCast(ScalarType from, ScalarType to) =>
        from.Category() <= to.Category() || (from.Category() == 1 && to.Category() == 1);

    public static ScalarType Of(Type type)
    {
        if (type == typeof(float)) return ScalarType.Float32;
        if (type == typeof(double)) return ScalarType.Float64;
        if (type == typeof(long)) return ScalarType.Int64;
        if (type == typeof(int)) return ScalarType.Int32;
        if (type == typeof(short)) return ScalarType.Int16;
        if (type == typeof(sbyte)) return ScalarType.Int8;
        if (type == typeof(byte)) return ScalarType.Byte;
        if (type == typeof(bool)) return ScalarType.Bool;
        if (type == typeof(Half)) return ScalarType.Float16;
        if (type == typeof(BFloat16)) return ScalarType.BFloat16;
        if (type == typeof((float, float))) return ScalarType.ComplexFloat32;
        if (type == typeof(System.Numerics.Complex)) return ScalarType.ComplexFloat64;
        throw new NotSupportedException($"A tensor cannot hold elements of type {type}.");
    }

    public static NotSupportedException Unsupported(ScalarType type) => type.IsComplex()
        ? new($"The embedded tensor engine does not compute this on elements of type {type}. Take .real, .imag or .abs() first.")
        : new($"The embedded tensor engine has no elements of type {type}.");
}
