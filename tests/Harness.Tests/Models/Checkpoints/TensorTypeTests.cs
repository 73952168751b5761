using System.Runtime.InteropServices;
using System.Text.Json;
using CircuitSpecs.Models.Checkpoints;
using static TorchSharp.torch;

namespace CircuitSpecs.Tests.Models.Checkpoints;

[TestFixture, Category("Golden")]
public sealed class TensorTypeTests
{
    private static IEnumerable<TestCaseData> Files() => GoldenFolder.FileCases("formats", "tensor-types", "*.safetensors");

    private static IEnumerable<TestCaseData> Pickles() => GoldenFolder.FileCases("formats", "tensor-types", "*.bin");

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

    // The values are those of expected.json, which every container repeats; nested.bin has other things beside them.
    [TestCaseSource(nameof(Pickles))]
    public void Every_type_is_read_from_a_pickle_as_it_is_stored(string path)
    {
        string file = GoldenFolder.PathOrIgnore(path);
        JsonElement expected = GoldenFolder.Json(Path.Combine(Path.GetDirectoryName(file)!, "expected.json"));
        using PyTorchCheckpoint checkpoint = PyTorchCheckpoint.Open(file);
        checkpoint.LeftOut.IsEmpty.Should().Be(Path.GetFileName(file).StartsWith("all.", StringComparison.Ordinal));
        checkpoint.Tensors.Keys.Should().BeEquivalentTo(expected.EnumerateObject().Select(tensor => tensor.Name));
        foreach (JsonProperty golden in expected.EnumerateObject())
        {
            using Tensor tensor = checkpoint.ReadAsStored(checkpoint.Tensors[golden.Name]);
            tensor.dtype.Should().Be(TypeOf(golden.Value.GetProperty("dtype").GetString()!));
            tensor.shape.Should().Equal(golden.Value.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64()));
            double[] values = GoldenFolder.Numbers(golden.Value.GetProperty("values"));
            (values.Length == 0 ? [] : Numbers(Read(tensor))).Should().Equal(values, "those are the values of {0}", golden.Name);
        }
    }

    [Test]
    public void One_hash_for_the_three_containers()
    {
        string folder = GoldenFolder.PathOrIgnore("formats", "tensor-types");
        using SafetensorsFile plain = SafetensorsFile.Open(Path.Combine(folder, "all.safetensors"));
        using PyTorchCheckpoint zip = PyTorchCheckpoint.Open(Path.Combine(folder, "all.bin"));
        using PyTorchCheckpoint legacy = PyTorchCheckpoint.Open(Path.Combine(folder, "all.legacy.bin"));
        using PyTorchCheckpoint nested = PyTorchCheckpoint.Open(Path.Combine(folder, "nested.bin"));
        new[] { CheckpointHash.Of(zip), CheckpointHash.Of(legacy), CheckpointHash.Of(nested) }.Should().AllBe(CheckpointHash.Of(plain));
    }

    private static ScalarType TypeOf(string name) => name switch
    {
        "uint8" => ScalarType.Byte,
        _ => Enum.Parse<ScalarType>(name, ignoreCase: true),
    };

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
