using System.Runtime.InteropServices;
using CircuitSpecs.Models.Checkpoints;
using static TorchSharp.torch;

namespace CircuitSpecs.Tests.Models.Checkpoints;

[TestFixture, Category("Golden")]
public sealed class TensorTypeTests
{
    private static IEnumerable<TestCaseData> Files() => GoldenFolder.FileCases("formats", "tensor-types", "*.safetensors");

    [TestCaseSource(nameof(Files))]
    public void Every_type_is_read_as_stored(string path)
    {
        string file = GoldenFolder.PathOrIgnore(path);
        using SafetensorsFile checkpoint = SafetensorsFile.Open(file);
        foreach ((string name, GoldenTensor golden) in GoldenFolder.Tensors(file))
        {
            StoredTensor stored = checkpoint.Tensors[name];
            using Tensor tensor = checkpoint.ReadAsStored(stored);
            tensor.dtype.Should().Be(stored.Type.Scalar, "that is how {0} is stored", name);
            tensor.shape.Should().Equal(golden.Shape);
            if (golden.Values.Length > 0)
            {
                Numbers(Read(tensor)).Should().Equal(Numbers(golden.Values), "those are the values of {0}", name);
            }
        }
    }

    [TestCaseSource(nameof(Files))]
    public void Floating_point_types_are_widened_to_float32(string path)
    {
        string file = GoldenFolder.PathOrIgnore(path);
        using SafetensorsFile checkpoint = SafetensorsFile.Open(file);
        foreach ((string name, GoldenTensor golden) in GoldenFolder.Tensors(file).Where(pair => checkpoint.Tensors[pair.Key].Type.IsFloatingPoint))
        {
            using Tensor tensor = checkpoint.ReadFloat32(checkpoint.Tensors[name]);
            tensor.dtype.Should().Be(ScalarType.Float32);
            tensor.Values().Should().Equal(Numbers(golden.Values).Select(number => (float)number), "those are the values of {0}", name);
        }
    }

    private static Array Read(Tensor tensor) => tensor.dtype switch
    {
        ScalarType.Float32 => MemoryMarshal.Cast<byte, float>(tensor.bytes).ToArray(),
        ScalarType.Float64 => MemoryMarshal.Cast<byte, double>(tensor.bytes).ToArray(),
        ScalarType.Float16 => MemoryMarshal.Cast<byte, Half>(tensor.bytes).ToArray(),
        ScalarType.BFloat16 => Array.ConvertAll(MemoryMarshal.Cast<byte, ushort>(tensor.bytes).ToArray(), upper => BitConverter.UInt32BitsToSingle((uint)upper << 16)),
        ScalarType.Int64 => MemoryMarshal.Cast<byte, long>(tensor.bytes).ToArray(),
        ScalarType.Int32 => MemoryMarshal.Cast<byte, int>(tensor.bytes).ToArray(),
        ScalarType.Int16 => MemoryMarshal.Cast<byte, short>(tensor.bytes).ToArray(),
        ScalarType.Int8 => MemoryMarshal.Cast<byte, sbyte>(tensor.bytes).ToArray(),
        ScalarType.Byte => tensor.bytes.ToArray(),
        ScalarType.Bool => Array.ConvertAll(tensor.bytes.ToArray(), value => value != 0),
        _ => throw new NotSupportedException($"{tensor.dtype}"),
    };

    private static double[] Numbers(Array values) => [.. values.Cast<object>().Select(value => value is Half half ? (double)half : Convert.ToDouble(value, null))];
}
