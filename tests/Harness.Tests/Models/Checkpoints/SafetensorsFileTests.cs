using CircuitSpecs.Models;
using CircuitSpecs.Models.Checkpoints;
using static TorchSharp.torch;

namespace CircuitSpecs.Tests.Models.Checkpoints;

[TestFixture]
public sealed class SafetensorsFileTests
{
    private TemporaryFolder folder = null!;
    private string file = null!;

    [SetUp]
    public void MakeFolder()
    {
        folder = new TemporaryFolder();
        file = folder.Below("model.safetensors");
    }

    [TearDown]
    public void DeleteFolder() => folder.Dispose();

    // Each message has to say what is wrong: the words that a reader needs are listed here.
    [TestCase("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""", 12, "'b' overlaps 'a'")]
    [TestCase("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}""", 12, "4 unused bytes")]
    [TestCase("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 12, "8 bytes follow the last tensor")]
    [TestCase("""{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}""", 12, "within the 12 bytes")]
    [TestCase("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,12]}}""", 12, "takes 8 bytes")]
    [TestCase("""{"a":{"dtype":"F32","shape":[0,4294967296,4294967296],"data_offsets":[0,0]}}""", 0, "overflows")]
    [TestCase("""{"a":{"dtype":"F33","shape":[3],"data_offsets":[0,12]}}""", 12, "expected one of BF16, BOOL")]
    [TestCase("""{"a":{"dtype":"F32","shape":[-3],"data_offsets":[0,12]}}""", 12, "found -3")]
    [TestCase("""{"a":{"dtype":"F32","shape":[3]}}""", 12, "'a': data_offsets is missing")]
    [TestCase("""{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,12],"order":"F"}}""", 12, "unknown field 'order'")]
    [TestCase("""{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,12]},"a":{"dtype":"F32","shape":[0],"data_offsets":[12,12]}}""", 12, "JSON")]
    [TestCase("""{"\ud800":{"dtype":"F32","shape":[3],"data_offsets":[0,12]}}""", 12, "JSON")]
    [TestCase("""{"__metadata__":{"a":1}}""", 0, "__metadata__")]
    [TestCase("""[1]""", 0, "has to begin with '{'")]
    public void A_wrong_header_is_refused_with_what_is_wrong(string header, int dataBytes, string expected)
    {
        SafetensorsWriter.WriteRaw(file, header, new byte[dataBytes]);
        Refusal().Should().StartWith(file).And.Contain(expected);
    }

    [Test]
    public void Every_truncation_of_a_valid_file_is_refused()
    {
        SafetensorsWriter.Write(file, [("a", [2, 3], new float[6]), ("b", [1], [1f])]);
        byte[] whole = File.ReadAllBytes(file);
        for (int length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(file, whole[..length]);
            Refusal().Should().StartWith(file, "of {0} bytes only {1} are left", whole.Length, length);
        }
    }

    [Test]
    public void Nesting_beyond_any_stack_is_refused()
    {
        SafetensorsWriter.WriteRaw(file, "{\"a\":" + new string('[', 1_000_000) + new string(']', 1_000_000) + "}", []);
        Refusal().Should().Contain("JSON");
    }

    [Test]
    public void A_git_lfs_pointer_is_recognised()
    {
        File.WriteAllText(file, "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n");
        Refusal().Should().Contain("Git LFS");
    }

    [Test]
    public void A_missing_file_is_refused_by_name() => Refusal().Should().StartWith(file).And.Contain("cannot be opened");

    [Test]
    public void Float32_values_are_read_bit_for_bit_also_at_odd_offsets_and_over_many_pieces()
    {
        float[] values = [.. Enumerable.Range(0, 2_500_000).Select(index => MathF.Sin(index))];
        byte[] data = [7, .. System.Runtime.InteropServices.MemoryMarshal.AsBytes(values.AsSpan())];
        SafetensorsWriter.WriteRaw(file, $$$"""{"u":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"f":{"dtype":"F32","shape":[2500,1000],"data_offsets":[1,{{{data.Length}}}]}}""", data);

        using SafetensorsFile checkpoint = SafetensorsFile.Open(file);
        using Tensor tensor = checkpoint.ReadFloat32(checkpoint.Tensors["f"]);

        tensor.shape.Should().Equal(2500, 1000);
        tensor.Values().AsSpan().SequenceEqual(values).Should().BeTrue();
    }

    [Test]
    public void A_tensor_lives_on_after_its_file_is_closed()
    {
        SafetensorsWriter.Write(file, [("a", [2], [1.5f, -2f])]);
        Tensor tensor;
        using (SafetensorsFile checkpoint = SafetensorsFile.Open(file))
        {
            tensor = checkpoint.ReadFloat32(checkpoint.Tensors["a"]);
        }

        using (tensor)
        {
            tensor.Values().Should().Equal(1.5f, -2f);
        }
    }

    [Test]
    public void Bytes_beyond_a_tensor_are_not_given()
    {
        SafetensorsWriter.Write(file, [("a", [1], [1f]), ("b", [1], [2f])]);
        using SafetensorsFile checkpoint = SafetensorsFile.Open(file);
        Action beyond = () => checkpoint.CopyBytes(checkpoint.Tensors["a"], 0, new byte[8]);
        beyond.Should().Throw<ArgumentOutOfRangeException>();
    }

    [Test]
    public void An_integer_tensor_is_no_parameter()
    {
        SafetensorsWriter.WriteRaw(file, """{"n":{"dtype":"I32","shape":[1],"data_offsets":[0,4]}}""", new byte[4]);
        using SafetensorsFile checkpoint = SafetensorsFile.Open(file);
        Action read = () => checkpoint.ReadFloat32(checkpoint.Tensors["n"]);
        read.Should().Throw<ModelLoadException>().WithMessage("*'n' is stored as I32, expected a floating-point type*");
    }

    private string Refusal()
    {
        Action open = () => SafetensorsFile.Open(file).Dispose();
        return open.Should().Throw<ModelLoadException>().Which.Message;
    }
}
