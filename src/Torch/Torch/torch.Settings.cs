using TorchSharp.Threading;

namespace TorchSharp;

public static partial class torch
{
    private static ScalarType s_defaultType = ScalarType.Float32;

    public static string __version__ => "0.107.0";

    public static int get_num_threads() => ParallelFor.Threads;

    public static void set_num_threads(int num) => ParallelFor.Threads = num;

    public static ScalarType get_default_dtype() => s_defaultType;

    public static void set_default_dtype(ScalarType dtype)
    {
        if (!dtype.IsFloat()) throw new ArgumentException($"Only floating-point types are supported as the default type, got {dtype}.", nameof(dtype));
        s_defaultType = dtype;
    }

    public static ScalarType promote_types(ScalarType type1, ScalarType type2) => Dtypes.Promote(type1, type2);

    public static ScalarType result_type(Tensor tensor1, Tensor tensor2)
    {
        tensor1.ThrowIfInvalid();
        tensor2.ThrowIfInvalid();
        return Dtypes.Result(tensor1, tensor2);
    }

    public static bool can_cast(ScalarType from, ScalarType to) => Dtypes.CanCast(from, to);

    public static bool is_floating_point(ScalarType type) => type.IsFloat();

    public static bool is_integral(ScalarType type) => type.IsInteger() || type == ScalarType.Bool;

    public static bool is_complex(ScalarType type) => type is ScalarType.ComplexFloat32 or ScalarType.ComplexFloat64;

    public static bool is_tensor(object obj) => obj is Tensor;
}
