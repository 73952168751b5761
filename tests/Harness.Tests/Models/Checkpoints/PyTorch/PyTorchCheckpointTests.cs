using System.IO.Compression;
using CircuitSpecs.Models;
using CircuitSpecs.Models.Checkpoints;
using static TorchSharp.torch;

namespace CircuitSpecs.Tests.Models.Checkpoints.PyTorch;

[TestFixture]
public sealed class PyTorchCheckpointTests
{
    private static readonly (string Name, long[] Shape, float[] Values)[] Small =
    [
        ("a.weight", [2, 3], [1, 2, 3, 4, 5, 6]),
        ("b", [], [0.5f]),
        ("c", [0, 2], []),
        ("d", [4, 1], [float.NaN, float.PositiveInfinity, -0.0f, float.Epsilon]),
    ];

    private TemporaryFolder folder = null!;
    private string file = null!;

    [SetUp]
    public void MakeFolder()
    {
        folder = new TemporaryFolder();
        file = folder.Below("pytorch_model.bin");
    }

    [TearDown]
    public void DeleteFolder() => folder.Dispose();

    [TestCase(false, CompressionLevel.NoCompression)]
    [TestCase(false, CompressionLevel.Optimal)]
    [TestCase(true, CompressionLevel.NoCompression)]
    public void The_same_tensors_and_hash_come_out_as_from_safetensors(bool legacy, CompressionLevel compression)
    {
        File.WriteAllBytes(file, TorchWriter.StateDict(Small.Reverse(), legacy, compression));
        SafetensorsWriter.Write(folder.Below("model.safetensors"), Small);
        using PyTorchCheckpoint pickled = PyTorchCheckpoint.Open(file);
        using SafetensorsFile plain = SafetensorsFile.Open(folder.Below("model.safetensors"));

        CheckpointHash.Of(pickled).Should().Be(CheckpointHash.Of(plain));
        pickled.LeftOut.Should().BeEmpty();
        foreach ((string name, long[] shape, float[] values) in Small)
        {
            using Tensor tensor = pickled.ReadFloat32(pickled.Tensors[name]);
            tensor.shape.Should().Equal(shape);
            tensor.Values().Should().Equal(values);
        }
    }

    // The storage holds 0, 1, …, 23; a view's element is its place in the storage.
    [TestCase(0, new long[] { 4, 6 }, new long[] { 6, 1 })]
    [TestCase(0, new long[] { 6, 4 }, new long[] { 1, 6 })]
    [TestCase(5, new long[] { 3 }, new long[] { 1 })]
    [TestCase(23, new long[] { }, new long[] { })]
    [TestCase(24, new long[] { 0 }, new long[] { 1 })]
    [TestCase(1, new long[] { 2, 3, 2 }, new long[] { 12, 2, 6 })]
    [TestCase(2, new long[] { 3, 1, 4 }, new long[] { 6, 100, 1 })]
    [TestCase(0, new long[] { 2, 3, 4 }, new long[] { 0, 4, 1 })]
    [TestCase(7, new long[] { 5 }, new long[] { 0 })]
    [TestCase(0, new long[] { 2, 2, 2, 3 }, new long[] { 12, 6, 3, 1 })]
    [TestCase(0, new long[] { 3, 4 }, new long[] { 1, 1 })]
    public void A_view_is_read_in_row_major_order_wherever_its_elements_lie(long offset, long[] shape, long[] strides)
    {
        short[] storage = [.. Enumerable.Range(0, 24).Select(index => (short)index)];
        Write(entries => entries.Text("w").Tensor("0", "ShortStorage", 24, offset, shape, strides), ("0", TorchWriter.Bytes(storage)));
        using PyTorchCheckpoint checkpoint = PyTorchCheckpoint.Open(file);
        StoredTensor stored = checkpoint.Tensors["w"];
        byte[] expected = TorchWriter.Bytes(Places(offset, shape, strides));

        stored.ByteCount.Should().Be(expected.Length);
        for (int start = 0; start <= expected.Length; start++)
        {
            for (int end = start; end <= expected.Length; end++)
            {
                byte[] read = new byte[end - start];
                checkpoint.CopyBytes(stored, start, read);
                read.Should().Equal(expected[start..end], "bytes {0} to {1} were asked for", start, end);
            }
        }

        Action beyond = () => checkpoint.CopyBytes(stored, 0, new byte[expected.Length + 1]);
        beyond.Should().Throw<ArgumentOutOfRangeException>();
    }

    [TestCase("DoubleStorage", "F64", 8)]
    [TestCase("FloatStorage", "F32", 4)]
    [TestCase("HalfStorage", "F16", 2)]
    [TestCase("BFloat16Storage", "BF16", 2)]
    [TestCase("LongStorage", "I64", 8)]
    [TestCase("IntStorage", "I32", 4)]
    [TestCase("ShortStorage", "I16", 2)]
    [TestCase("CharStorage", "I8", 1)]
    [TestCase("ByteStorage", "U8", 1)]
    [TestCase("BoolStorage", "BOOL", 1)]
    [TestCase("ComplexFloatStorage", "C64", 8)]
    public void Every_class_of_storages_has_its_type(string storageClass, string type, int size)
    {
        byte[] data = [.. Enumerable.Range(0, 3 * size).Select(index => (byte)(index % 2))];
        Write(entries => entries.Text("w").Tensor("0", storageClass, 3, 1, [2], [1]), ("0", data));
        using PyTorchCheckpoint checkpoint = PyTorchCheckpoint.Open(file);
        checkpoint.Tensors["w"].Type.Name.Should().Be(type);
        byte[] read = new byte[2 * size];
        checkpoint.CopyBytes(checkpoint.Tensors["w"], 0, read);
        read.Should().Equal(data[size..]);
    }

    [Test]
    public void A_type_without_a_storage_class_is_a_view_of_untyped_bytes()
    {
        Write(entries => entries.Text("w").Global("torch._utils", "_rebuild_tensor_v3").Tuple(arguments => arguments
            .Tuple(id => id.Text("storage").Global("torch.storage", "UntypedStorage").Text("0").Text("cpu").Whole(6)).Op('Q')
            .Whole(1).Wholes(2).Wholes(1).Op(0x89).NoHooks().Global("torch", "uint16")).Op('R'), ("0", [9, 9, 1, 2, 3, 4]));
        using PyTorchCheckpoint checkpoint = PyTorchCheckpoint.Open(file);
        checkpoint.Tensors["w"].Type.Name.Should().Be("U16");
        byte[] read = new byte[4];
        checkpoint.CopyBytes(checkpoint.Tensors["w"], 0, read);
        read.Should().Equal(1, 2, 3, 4);
    }

    [Test]
    public void A_parameter_is_its_data_and_a_shared_storage_is_read_under_both_names()
    {
        Write(
            entries => entries.Text("w").Global("torch._utils", "_rebuild_parameter").Tuple(arguments => arguments.Vector("0", 2).Op(0x88).NoHooks()).Op('R').Text("tied").Vector("0", 2),
            ("0", TorchWriter.Bytes(3f, 4f)));
        using PyTorchCheckpoint checkpoint = PyTorchCheckpoint.Open(file);
        foreach (string name in (string[])["w", "tied"])
        {
            using Tensor tensor = checkpoint.ReadFloat32(checkpoint.Tensors[name]);
            tensor.Values().Should().Equal(3, 4);
        }
    }

    [Test]
    public void An_ordered_dictionary_may_carry_attributes_and_pairs_of_Python_2()
    {
        File.WriteAllBytes(file, TorchWriter.Zip(
            PickleWriter.Of(root => root.Global("collections", "OrderedDict").Tuple(arguments => arguments.Op(']').Op('(').Op(']').Op('(').Op([(byte)'U', 1, (byte)'w']).Vector("0", 1).Op('e').Op('e')).Op('R')
                .Dictionary(state => state.Text("_metadata").Op('N')).Op('b')),
            [("0", TorchWriter.Bytes(1f))]));
        using PyTorchCheckpoint checkpoint = PyTorchCheckpoint.Open(file);
        checkpoint.Tensors.Keys.Should().Equal("w");
    }

    [Test]
    public void The_state_dict_of_a_training_run_is_found_and_what_lies_beside_it_is_named()
    {
        Write(entries => entries.Text("epoch").Whole(3).Text("model").Dictionary(inner => inner.Text("w").Vector("0", 1)).Text("rng").Vector("1", 1), ("0", TorchWriter.Bytes(1f)), ("1", TorchWriter.Bytes(2f)));
        using PyTorchCheckpoint checkpoint = PyTorchCheckpoint.Open(file);
        checkpoint.Tensors.Keys.Should().Equal("w");
        checkpoint.LeftOut.Should().Equal("epoch", "rng");
    }

    [Test]
    public void Of_several_dictionaries_of_tensors_the_one_with_the_usual_name_is_taken()
    {
        Write(entries => entries.Text("ema").Dictionary(inner => inner.Text("e").Vector("0", 1)).Text("state_dict").Dictionary(inner => inner.Text("w").Vector("0", 1)), ("0", TorchWriter.Bytes(1f)));
        using (PyTorchCheckpoint checkpoint = PyTorchCheckpoint.Open(file))
        {
            checkpoint.Tensors.Keys.Should().Equal("w");
        }

        Write(entries => entries.Text("ema").Dictionary(inner => inner.Text("e").Vector("0", 1)).Text("swa").Dictionary(inner => inner.Text("w").Vector("0", 1)), ("0", TorchWriter.Bytes(1f)));
        Refusal().Should().Contain("2 dictionaries of tensors: 'ema', 'swa'");
    }

    [Test]
    public void What_is_no_state_dict_is_refused_with_what_it_is()
    {
        RefusalOf(root => root.Op(']')).Should().Contain("holds a list, expected a state dict");
        RefusalOf(root => root.Dictionary(entries => entries.Text("w").Text("text"))).Should().Contain("'w' of the state dict is the text 'text', expected a tensor");
        RefusalOf(root => root.Dictionary(entries => entries.Whole(7).Vector("0", 1))).Should().Contain("a key of the state dict is a whole number");
        RefusalOf(root => root.Dictionary(entries => entries.Text("w").Vector("0", 1).Text("w").Vector("0", 1))).Should().Contain("'w' occurs twice");
    }

    [TestCase(0, new long[] { 5 }, new long[] { 1 }, "reach beyond storage '0', which holds 4 elements")]
    [TestCase(1, new long[] { 4 }, new long[] { 1 }, "reach beyond")]
    [TestCase(0, new long[] { 2, 2 }, new long[] { 3, 1 }, "reach beyond")]
    [TestCase(0, new long[] { 2, 2 }, new long[] { long.MaxValue, long.MaxValue }, "reach beyond")]
    [TestCase(long.MaxValue, new long[] { 2 }, new long[] { long.MaxValue }, "reach beyond")]
    [TestCase(5, new long[] { 0 }, new long[] { 1 }, "reach beyond")]
    [TestCase(-1, new long[] { 2 }, new long[] { 1 }, "none of them may be negative")]
    [TestCase(3, new long[] { 2 }, new long[] { -1 }, "none of them may be negative")]
    [TestCase(0, new long[] { -2 }, new long[] { 1 }, "none of them may be negative")]
    [TestCase(0, new long[] { 2, 2 }, new long[] { 1 }, "expected one stride for each size")]
    [TestCase(0, new long[] { 1L << 62, 4 }, new long[] { 0, 0 }, "overflows")]
    [TestCase(0, new long[] { 0, 1L << 62, 4 }, new long[] { 0, 0, 0 }, "overflows")]
    [TestCase(0, new long[] { 1L << 40 }, new long[] { 0 }, "repeats elements")]
    public void A_view_that_cannot_be_is_refused(long offset, long[] shape, long[] strides, string expected)
    {
        Write(entries => entries.Text("w").Tensor("0", "FloatStorage", 4, offset, shape, strides), ("0", new byte[16]));
        Refusal().Should().Contain(expected);
    }

    [Test]
    public void Sixty_five_dimensions_are_refused()
    {
        long[] ones = [.. Enumerable.Repeat(1L, 65)];
        Write(entries => entries.Text("w").Tensor("0", "FloatStorage", 4, 0, ones, ones), ("0", new byte[16]));
        Refusal().Should().Contain("65 dimensions, expected at most 64");
    }

    [Test]
    public void Many_names_for_one_large_storage_do_not_multiply_it_without_bound()
    {
        Write(entries =>
        {
            for (int name = 0; name < 100; name++)
            {
                entries.Text($"w{name}").Tensor("0", "FloatStorage", 100_000, 0, [100_000], [1]);
            }
        }, ("0", new byte[400_000]));
        Refusal().Should().Contain("64 times");
    }

    [Test]
    public void A_storage_is_one_and_the_same_wherever_it_is_referred_to()
    {
        RefusalOf(root => root.Dictionary(entries => entries.Text("a").Vector("0", 1).Text("b").Tensor("0", "IntStorage", 1, 0, [1], [1]))).Should().Contain("storage '0' of 1 elements I32 was '0' of 1 elements F32 before");
        RefusalOf(root => root.Dictionary(entries => entries.Text("a").Vector("0", -1))).Should().Contain("claims -1 elements");
        RefusalOf(root => root.Dictionary(entries => entries.Text("a").Vector("0", long.MaxValue))).Should().Contain($"claims {long.MaxValue} elements");
    }

    [Test]
    public void Hooks_conjugate_views_and_wrong_arguments_are_refused()
    {
        static PickleWriter Rebuild(PickleWriter pickle, Action<PickleWriter> last) => pickle.Global("torch._utils", "_rebuild_tensor_v2")
            .Tuple(arguments => last(arguments.Storage("0", "FloatStorage", 1).Whole(0).Wholes(1).Wholes(1))).Op('R');

        RefusalOf(root => Rebuild(root, last => last.Op(0x89))).Should().Contain("gets 5 arguments, expected 6 to 7");
        RefusalOf(root => Rebuild(root, last => last.Op('N').NoHooks())).Should().Contain("argument 5 is None, expected true or false");
        RefusalOf(root => Rebuild(root, last => last.Op(0x89).Dictionary(hooks => hooks.Text("h").Whole(1)))).Should().Contain("argument 6 is a dictionary, expected no backward hooks");
        RefusalOf(root => Rebuild(root, last => last.Op(0x89).NoHooks().Dictionary(bits => bits.Text("conj").Op(0x88)))).Should().Contain("conjugate and negative views are not supported");
    }

    [Test]
    public void Files_of_other_kinds_are_recognised()
    {
        Refusal("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n"u8).Should().Contain("Git LFS pointer");
        Refusal("<!DOCTYPE html><html></html>"u8).Should().Contain("web page");
        Refusal("GGUF\u0003\0\0\0"u8).Should().Contain("GGUF");
        Refusal([16, 0, 0, 0, 0, 0, 0, 0, (byte)'{', (byte)'}']).Should().Contain("safetensors");
        Refusal([]).Should().Contain("empty");
        byte[] tar = new byte[512];
        "ustar"u8.CopyTo(tar.AsSpan(257));
        Refusal(tar).Should().Contain("tar archive");
    }

    [Test]
    public void Only_one_pth_file_is_taken_unless_one_is_the_final_one()
    {
        var model = new TinyGpt2();
        model.WriteTo(folder.Path);
        File.Delete(folder.Below("model.safetensors"));
        byte[] bytes = TorchWriter.StateDict(model.Tensors.Select(pair => (pair.Key, pair.Value.Shape, pair.Value.Values)));
        File.WriteAllBytes(folder.Below("step_1.pth"), bytes);
        ModelLoader.Load(folder.Path).Dispose();

        File.WriteAllBytes(folder.Below("step_2.pth"), bytes);
        Action load = () => ModelLoader.Load(folder.Path).Dispose();
        load.Should().Throw<ModelLoadException>().WithMessage("*one of 2 .pth files*");

        File.WriteAllBytes(folder.Below("model_final.pth"), bytes);
        ModelLoader.Load(folder.Path).Dispose();
    }

    [Test]
    public void Shards_are_joined_by_an_index_of_bin_files_only()
    {
        File.WriteAllBytes(folder.Below("a.bin"), TorchWriter.StateDict(Small[..2]));
        File.WriteAllBytes(folder.Below("b.bin"), TorchWriter.StateDict(Small[2..], legacy: true));
        File.WriteAllBytes(folder.Below("whole.bin"), TorchWriter.StateDict(Small));
        string index = folder.Below("pytorch_model.bin.index.json");
        File.WriteAllText(index, """{"metadata":{},"weight_map":{"a.weight":"a.bin","b":"a.bin","c":"b.bin","d":"b.bin"}}""");
        using (ShardedCheckpoint sharded = ShardedCheckpoint.Open(index, ".bin", PyTorchCheckpoint.Open))
        using (PyTorchCheckpoint whole = PyTorchCheckpoint.Open(folder.Below("whole.bin")))
        {
            CheckpointHash.Of(sharded).Should().Be(CheckpointHash.Of(whole));
        }

        File.WriteAllText(index, """{"weight_map":{"a.weight":"a.bin","b":"a.bin","c":"b.pth","d":"b.pth"}}""");
        Action open = () => ShardedCheckpoint.Open(index, ".bin", PyTorchCheckpoint.Open).Dispose();
        open.Should().Throw<ModelLoadException>().WithMessage("*'b.pth', expected the bare name of a .bin file*");
    }

    [Test]
    public async Task Threads_read_the_same_bytes()
    {
        float[] values = [.. Enumerable.Range(0, 100_000).Select(index => MathF.Sin(index))];
        File.WriteAllBytes(file, TorchWriter.StateDict([("w", [100_000], values)], compression: CompressionLevel.Fastest));
        using PyTorchCheckpoint checkpoint = PyTorchCheckpoint.Open(file);
        byte[][] read = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            byte[] bytes = new byte[400_000];
            checkpoint.CopyBytes(checkpoint.Tensors["w"], 0, bytes);
            return bytes;
        })));
        read.Should().AllSatisfy(bytes => bytes.AsSpan().SequenceEqual(TorchWriter.Bytes(values)).Should().BeTrue());
    }

    private static short[] Places(long offset, long[] shape, long[] strides)
    {
        IEnumerable<long> places = [offset];
        for (int dimension = 0; dimension < shape.Length; dimension++)
        {
            (long size, long stride) = (shape[dimension], strides[dimension]);
            places = places.SelectMany(place => Enumerable.Range(0, (int)size).Select(index => place + (index * stride)));
        }

        return [.. places.Select(place => (short)place)];
    }

    private void Write(Action<PickleWriter> entries, params (string Key, byte[] Data)[] storages) =>
        File.WriteAllBytes(file, TorchWriter.Zip(PickleWriter.Of(root => root.Dictionary(entries)), storages));

    private string RefusalOf(Action<PickleWriter> root) => Refusal(TorchWriter.Zip(PickleWriter.Of(root), [("0", new byte[4])]));

    private string Refusal(ReadOnlySpan<byte> content)
    {
        File.WriteAllBytes(file, content);
        return Refusal();
    }

    private string Refusal()
    {
        Action open = () => PyTorchCheckpoint.Open(file).Dispose();
        return open.Should().Throw<ModelLoadException>().Which.Message;
    }
}
