using System.IO.Compression;
using CircuitSpecs.Models.Checkpoints;
using CircuitSpecs.Tests.Models.Checkpoints.PyTorch;

namespace CircuitSpecs.Tests.Models.Fuzzing;

/// <summary>Damaged checkpoints: nothing but a refusal, or a load that the file accounts for.</summary>
[TestFixture]
public sealed class CheckpointFuzzTests
{
    private static readonly byte[] Data = TorchWriter.Bytes([.. Enumerable.Range(0, 24).Select(index => (float)index)]);

    private TemporaryFolder folder = null!;
    private string file = null!;

    [SetUp]
    public void MakeFolder()
    {
        folder = TemporaryFolder.InMemory();
        file = folder.Below("checkpoint");
    }

    [TearDown]
    public void DeleteFolder() => folder.Dispose();

    [Test]
    public void Safetensors_headers()
    {
        const string Header = """{"__metadata__":{"format":"pt"},"a.weight":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},"b":{"dtype":"BF16","shape":[2],"data_offsets":[24,28]},"c":{"dtype":"I64","shape":[],"data_offsets":[28,36]},"d":{"dtype":"F16","shape":[0,4],"data_offsets":[36,36]},"e":{"dtype":"U8","shape":[60],"data_offsets":[36,96]}}""";
        (int loaded, int refused) = FuzzRun.Of(1, random => JsonMutations.Of(Header, random), mutated =>
        {
            IReadOnlyDictionary<string, StoredTensor> tensors = SafetensorsHeader.Read(file, mutated.Length == 0 ? "{"u8.ToArray() : mutated, dataStart: 8 + mutated.Length, Data.Length);
            FuzzRun.Require(tensors.Values.Sum(tensor => tensor.ByteCount) == Data.Length, "the tensors cover the data exactly");
            FuzzRun.Require(tensors.Values.All(tensor => tensor.Shape.Aggregate((long)tensor.Type.Size, (product, size) => product * size) == tensor.ByteCount), "the bytes are those of the shape");
        });
        loaded.Should().BePositive("some changes keep the header valid");
        refused.Should().BeGreaterThan(loaded);
    }

    [Test]
    public void Safetensors_files()
    {
        SafetensorsWriter.Write(file, [("a", [2, 3], new float[6]), ("b", [1], [1f])]);
        byte[] whole = File.ReadAllBytes(file);
        (int loaded, int refused) = FuzzRun.Of(2, random => ByteMutations.Of(whole, random), mutated =>
        {
            File.WriteAllBytes(file, mutated);
            using SafetensorsFile checkpoint = SafetensorsFile.Open(file);
            FuzzRun.Require(ReadAll(checkpoint) <= mutated.Length, "the tensors lie in the file");
        }, FuzzRun.Some);
        loaded.Should().BePositive("some changes are to values");
        refused.Should().BePositive();
    }

    // The archive around the changed pickle is whole, so that no checksum hides what the interpreter does.
    [Test]
    public void Pickles_in_whole_archives()
    {
        byte[] pickle = Pickle(legacy: false);
        (int loaded, int refused) = FuzzRun.Of(3, random => ByteMutations.Of(pickle, random), mutated =>
        {
            File.WriteAllBytes(file, TorchWriter.Zip(mutated, [("0", Data), ("1", Data)]));
            LoadPyTorch();
        });
        loaded.Should().BePositive("some changes keep the pickle valid");
        refused.Should().BePositive();
    }

    [TestCase(CompressionLevel.NoCompression)]
    [TestCase(CompressionLevel.Fastest)]
    public void Archives(CompressionLevel compression)
    {
        byte[] whole = TorchWriter.Zip(Pickle(legacy: false), [("0", Data), ("1", Data)], compression);
        FuzzRun.Of(4, random => ByteMutations.Of(whole, random), mutated =>
        {
            File.WriteAllBytes(file, mutated);
            LoadPyTorch();
        }, FuzzRun.Some).Refused.Should().BePositive();
    }

    [Test]
    public void Legacy_files()
    {
        byte[] whole = TorchWriter.Legacy(Pickle(legacy: true), ("0", 24, Data), ("1", 24, Data));
        (int loaded, int refused) = FuzzRun.Of(5, random => ByteMutations.Of(whole, random), mutated =>
        {
            File.WriteAllBytes(file, mutated);
            LoadPyTorch();
        });
        loaded.Should().BePositive("some changes are to values");
        refused.Should().BePositive();
    }

    private static byte[] Pickle(bool legacy) => PickleWriter.Of(root => root.Global("collections", "OrderedDict").Op(')').Op('R').Op((byte)'q', 0).Op('(')
        .Text("a.weight").Tensor("0", "FloatStorage", 24, 2, [2, 3], [3, 1], legacy).Op((byte)'q', 1)
        .Text("b").Tensor("1", "FloatStorage", 24, 0, [4, 6], [1, 4], legacy)
        .Text("tied").Op((byte)'h', 1)
        .Text("c").Global("torch._utils", "_rebuild_parameter").Tuple(arguments => arguments.Tensor("1", "FloatStorage", 24, 5, [], [], legacy).Op(0x88).NoHooks()).Op('R')
        .Op('u').Op('}').Text("_metadata").Op('N').Op('s').Op('b'));

    // The storages hold 24 floats each: whatever a changed view is, its numbers are of theirs.
    private void LoadPyTorch()
    {
        using PyTorchCheckpoint checkpoint = PyTorchCheckpoint.Open(file);
        FuzzRun.Require(ReadAll(checkpoint) <= 1 << 21, "the tensors are in proportion to the file");
    }

    private static long ReadAll(ICheckpoint checkpoint)
    {
        long sum = 0;
        foreach (StoredTensor stored in checkpoint.Tensors.Values)
        {
            byte[] bytes = new byte[stored.ByteCount];
            checkpoint.CopyBytes(stored, 0, bytes);
            FuzzRun.Require(stored.Shape.Aggregate((long)stored.Type.Size, (product, size) => product * size) == bytes.Length, "the bytes are those of the shape");
            sum += bytes.Length;
        }

        return sum;
    }
}
