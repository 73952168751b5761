using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace CircuitSpecs.Tests.NN.Modules;

public sealed class SavingTests
{
    [Test]
    public void The_bytes_are_TorchSharp_s()
    {
        // What TorchSharp 0.107 wrote for nn.Linear(3, 2) with weights of 1.5 and biases of -2.
        const string Expected =
            "0206776569676874060202030000C03F0000C03F0000C03F0000C03F0000C03F0000C03F0462696173060102000000C0000000C0";
        using Linear m = Linear(3, 2);
        init.constant_(m.weight, 1.5);
        init.constant_(m.bias!, -2);
        System.Convert.ToHexString(Bytes(m)).Should().Be(Expected);
    }

    [Test]
    public void A_module_is_read_back_in_every_type()
    {
        foreach (ScalarType type in new[] { ScalarType.Float32, ScalarType.Float64, ScalarType.Float16, ScalarType.BFloat16 })
        {
            using Sequential a = Sequential(Linear(3, 200), LayerNorm(200), Linear(200, 2)).to(type), b = Sequential(Linear(3, 200), LayerNorm(200), Linear(200, 2)).to(type);
            b.load(new BinaryReader(new MemoryStream(Bytes(a)))).Should().BeSameAs(b);
            foreach ((string name, Tensor value) in a.state_dict()) Samples.Values(b.state_dict()[name]).Should().Equal(Samples.Values(value), name);
            b.parameters().Should().OnlyContain(p => p.requires_grad && p.dtype == type);
        }
    }

    [Test]
    public void Files_and_streams_and_a_transposed_weight()
    {
        // TorchSharp 0.107 itself cannot save what is not contiguous.
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            using Linear a = Linear(Parameter(arange(6, dtype: ScalarType.Float32).reshape(3, 2).t())), b = Linear(3, 2, hasBias: false);
            a.save(path);
            b.load(path);
            Samples.Values(b.weight).Should().Equal(0, 2, 4, 1, 3, 5);
            a.load(path);
            Samples.Values(a.weight).Should().Equal(0, 2, 4, 1, 3, 5);
        }
        finally
        {
            File.Delete(path);
        }

        using Linear m = Linear(1, 1);
        Assert.Throws<FileNotFoundException>(() => m.load(path));
    }

    [Test]
    public void What_does_not_fit_is_refused_or_passed_over()
    {
        using Sequential a = Sequential(("x", Linear(2, 3)), ("y", Linear(3, 2))), other = Sequential(("x", Linear(2, 3)), ("z", Linear(3, 2)));
        byte[] bytes = Bytes(a);
        Module Load(Module target, bool strict = true, IList<string>? skip = null, Dictionary<string, bool>? loaded = null) =>
            target.load(new BinaryReader(new MemoryStream(bytes)), strict, skip, loaded);
        Assert.Throws<ArgumentException>(() => Load(Linear(2, 3)))!.Message.Should().Be("Mismatched state_dict sizes: expected 2, but found 4 entries.");
        Assert.Throws<ArgumentException>(() => Load(other))!
            .Message.Should().Be("Mismatched module state names: the target modules does not have a submodule or buffer named 'y.weight'");
        Assert.Throws<ArgumentException>(() => Load(Sequential(("x", Linear(2, 4)), ("y", Linear(4, 2)))))!.Message.Should().StartWith("Mismatched tensor shape while loading");
        Assert.Throws<ArgumentException>(() => Load(Sequential(("x", Linear(2, 3)), ("y", Linear(3, 2))).to(ScalarType.Float64)))!
            .Message.Should().StartWith("Mismatched tensor data types while loading");
        var loaded = new Dictionary<string, bool>();
        double[] before = Samples.Values(other.get_parameter("x.bias")!);
        Load(other, strict: false, ["x.bias"], loaded);
        loaded.Should().Equal(new Dictionary<string, bool> { ["x.weight"] = true, ["x.bias"] = true, ["y.weight"] = false, ["y.bias"] = false });
        Samples.Values(other.get_parameter("x.weight")!).Should().Equal(Samples.Values(a.get_parameter("x.weight")!));
        Samples.Values(other.get_parameter("x.bias")!).Should().Equal(before);
        bytes = bytes[..^3];
        Assert.Catch<Exception>(() => Load(Sequential(("x", Linear(2, 3)), ("y", Linear(3, 2)))));
    }

    [Test]
    public void A_tensor_alone_is_saved_and_read()
    {
        foreach (ScalarType type in new[] { ScalarType.Float32, ScalarType.Int64, ScalarType.Bool, ScalarType.Byte })
        {
            using Tensor t = Samples.Of(new Random(3), [3, 0, 2], type), u = Samples.Of(new Random(4), [4, 300], type);
            foreach (Tensor x in new[] { t, u, tensor(1).to_type(type) })
            {
                using var stream = new MemoryStream();
                x.contiguous().Save(new BinaryWriter(stream));
                stream.Position = 0;
                using Tensor read = Tensor.Load(new BinaryReader(stream));
                read.dtype.Should().Be(type);
                Samples.ShouldBe(read, x.shape, Samples.Values(x), 0);
            }
        }
    }

    private static byte[] Bytes(Module module)
    {
        using var stream = new MemoryStream();
        var writer = new BinaryWriter(stream);
        module.save(writer);
        writer.Flush();
        return stream.ToArray();
    }
}
