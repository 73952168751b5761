using System.Runtime.InteropServices;
using System.Text.Json;
using CircuitSpecs.Models;
using CircuitSpecs.Models.Checkpoints;
using CircuitSpecs.Models.Checkpoints.Gguf;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Tests.Models.Checkpoints.Gguf;

public sealed class GgufFileTests
{
    private static IEnumerable<TestCaseData> Quantised() => GoldenFolder.FileCases("formats/gguf", "", "quant_types*.golden.safetensors");

    [TestCaseSource(nameof(Quantised)), Category("Golden")]
    public void Every_tensor_type_gives_the_recorded_numbers_or_is_refused_by_name(string golden)
    {
        string path = GoldenFolder.PathOrIgnore(golden);
        string file = path.Replace(".golden.safetensors", ".gguf", StringComparison.Ordinal);
        JsonElement kinds = GoldenFolder.Json(path.Replace(".golden.safetensors", ".expected.json", StringComparison.Ordinal));
        string[] unread = [.. kinds.EnumerateObject().Select(entry => entry.Value.GetProperty("type").GetString()!).Where(type => GgufTensorType.Read.Values.All(known => known.Name != type))];
        if (unread.Length > 0)
        {
            Action open = () => GgufFile.Open(file).Dispose();
            open.Should().Throw<ModelLoadException>().WithMessage($"{file}: tensor '*': tensor type *({unread[0]}); read are F32, F16, Q4_0, *");
            return;
        }

        using GgufFile container = GgufFile.Open(file);
        IReadOnlyDictionary<string, GoldenTensor> expected = GoldenFolder.Tensors(golden);
        container.Tensors.Keys.Should().BeEquivalentTo(expected.Keys);
        foreach ((string name, GoldenTensor values) in expected)
        {
            container.Tensors[name].Shape.Should().Equal(values.Shape);
            ((GgufTensor)container.Tensors[name]).StoredAs.Name.Should().Be(kinds.GetProperty(name).GetProperty("type").GetString());
            Numbers(container, name).Should().Equal(values.Floats, "those are the numbers of {0}", name);
        }
    }

    [Test, Category("Golden")]
    public void Metadata_have_the_recorded_values()
    {
        using GgufFile file = GgufFile.Open(GoldenFolder.PathOrIgnore("formats", "gguf", "quant_types.gguf"));
        file.Metadata.Values["test.uint8"].Should().BeOfType<byte>();
        file.Metadata.Values["test.int8"].Should().BeOfType<sbyte>();
        file.Metadata.Values["test.string"].Should().BeOfType<string>().Which.Should().Contain("☃");
        file.Metadata.Values["test.float64"].Should().Be(0.1);
        file.Metadata.List<string>("test.array_str").Should().Equal("a", "", "😀");
    }

    [Test]
    public void Metadata_of_every_type_come_back_as_written()
    {
        using var folder = new TemporaryFolder();
        object[] values =
        [
            (byte)200, (sbyte)-100, (ushort)60000, (short)-30000, 4_000_000_000u, -2_000_000_000, ulong.MaxValue, long.MinValue, 0.1f, 0.1, true, false, "snöw☃", "",
            (byte[])[1, 255], (sbyte[])[-1], (ushort[])[9], (short[])[-9], (uint[])[7, 8, 9], (int[])[-1], (ulong[])[ulong.MaxValue], (long[])[-5], (float[])[0.5f], (double[])[], (bool[])[true, false], (string[])["a", "", "😀"],
        ];
        var writer = new GgufWriter { Version = 2 };
        for (int i = 0; i < values.Length; i++)
        {
            writer.Add($"k{i}", values[i]);
        }

        writer.Add("nested", (int[][])[[1, 2], [], [3]]);
        using GgufFile file = GgufFile.Open(writer.Save(folder.Below("m.gguf")));

        file.Version.Should().Be(2);
        for (int i = 0; i < values.Length; i++)
        {
            file.Metadata.Values[$"k{i}"].Should().BeOfType(values[i].GetType()).And.BeEquivalentTo(values[i]);
        }

        file.Metadata.Values["nested"].Should().BeOfType<object[]>().Which.Should().SatisfyRespectively(
            first => first.Should().BeEquivalentTo((int[])[1, 2]), second => ((int[])second).Should().BeEmpty(), third => third.Should().BeEquivalentTo((int[])[3]));
    }

    [Test]
    public void Tensors_lie_at_multiples_of_the_alignment_and_are_read_as_stored()
    {
        using var folder = new TemporaryFolder();
        string path = new GgufWriter { Alignment = 64 }
            .Add("general.alignment", 64u)
            .Tensor("half", 1, [2, 3], MemoryMarshal.AsBytes(((Half[])[(Half)1, (Half)2, (Half)3, (Half)4, (Half)5, (Half)6.5]).AsSpan()).ToArray())
            .Tensor("empty", [0, 4], [])
            .Tensor("number", [], [7])
            .Tensor("whole", 27, [1], BitConverter.GetBytes(-3L)).Save(folder.Below("t.gguf"));
        using GgufFile file = GgufFile.Open(path);

        Numbers(file, "half").Should().Equal(1, 2, 3, 4, 5, 6.5f);
        file.Tensors["half"].Shape.Should().Equal(2, 3);
        file.Tensors["empty"].Shape.Should().Equal(0, 4);
        Numbers(file, "number").Should().Equal(7);
        using Tensor whole = file.ReadAsStored(file.Tensors["whole"]);
        whole.item<long>().Should().Be(-3);
        file.Tensors.Values.Should().OnlyContain(tensor => tensor.Offset % 64 == 0);
    }

    [Test]
    public void The_hash_is_of_the_blocks_not_of_the_numbers_that_they_come_to()
    {
        using var folder = new TemporaryFolder();
        byte[] block = new byte[18];
        block[1] = 0x3C;
        block.AsSpan(2).Fill(0x88);
        using GgufFile quantised = GgufFile.Open(new GgufWriter().Tensor("t", 2, [32], block).Save(folder.Below("q.gguf")));
        using GgufFile plain = GgufFile.Open(new GgufWriter().Tensor("t", [32], new float[32]).Save(folder.Below("f.gguf")));

        Numbers(quantised, "t").Should().Equal(Numbers(plain, "t"));
        CheckpointHash.Of(quantised).Should().NotBe(CheckpointHash.Of(plain));
        CheckpointHash.Of(quantised).Should().Be(CheckpointHash.Of(quantised));
    }

    // The other numbers are compared as float32 too: the goldens have every type widened.
    private static float[] Numbers(GgufFile file, string name)
    {
        using DisposeScope scope = NewDisposeScope();
        return GoldenComparisonValues(file.ReadAsStored(file.Tensors[name]).to(ScalarType.Float32));
    }

    private static float[] GoldenComparisonValues(Tensor tensor) => tensor.contiguous().data<float>().ToArray();
}
